#!/bin/sh
# Builds the jars twice, in two folders with different names, and compares their checksums. Takes two whole builds, so it
# is run by hand before a release: sh deploy/package/reproducible.sh
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for build in one another-one; do
    mkdir "$work/$build"
    git ls-files -z | xargs -0 cp --parents -t "$work/$build"
    (cd "$work/$build" && mvn -B -ntp -q -pl modules/launcher -am -DskipTests -Dspotless.check.skip -Dcheckstyle.skip package)
    (cd "$work/$build/modules/launcher/target/app" && sha256sum llm-gateway-*.jar) >"$work/$build.sums"
done
diff "$work/one.sums" "$work/another-one.sums" || {
    echo "the jars of two builds differ" >&2
    exit 1
}
echo "reproducible: $(wc -l <"$work/one.sums") jars are the same in both builds"
