#!/bin/sh
# Makes the static site of the documents, with search, below target/docs: VitePress from npm, by the lock file. Readers
# need no network. Dead links, to pages and to files, fail. usage: build.sh (from anywhere)
set -eu
cd "$(dirname "$0")/../.."
root=$(pwd)
work=$root/target/docs-site
for program in node npm; do
    if ! command -v "$program" >/dev/null; then
        echo "error: the site of the documents needs Node.js 20 or newer with npm" >&2
        exit 3
    fi
done
mkdir -p "$work"
rm -rf "$work/src" "$work/.vitepress"
cp -R docs/site/.vitepress docs/site/package.json docs/site/package-lock.json "$work/"
node docs/site/stage.mjs "$root" "$work/src"
cd "$work"
# installed again only when the lock file has changed
if ! cmp -s package-lock.json .installed; then
    npm ci --silent --no-audit --no-fund
    cp package-lock.json .installed
fi
npx vitepress build . >build.log 2>&1 || { cat build.log >&2; exit 1; }
rm -rf "$root/target/docs"
mv dist "$root/target/docs"
echo "$root/target/docs"
