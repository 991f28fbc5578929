#!/bin/sh
# Makes every package out of the runtime image: tar.gz, .deb, OCI image, Helm chart, SBOM, checksums. Needs no container
# engine and no packaging tools beyond GNU tar, gzip, sha256sum and the C library's ldd. The same image gives the same
# packages, byte for byte. Prints the folder last. Called by ./dev package, which sets JAVA_HOME and builds the image.
set -eu
cd "$(dirname "$0")/../.."
image=$(cd "${1:-modules/launcher/target/image}" && pwd)
out=${2:-target/packages}
version=$(sed -n '0,/<version>/s/.*<version>\(.*\)<\/version>.*/\1/p' pom.xml)
stamp=$(sed -n 's/.*<project.build.outputTimestamp>\(.*\)<\/project.build.outputTimestamp>.*/\1/p' pom.xml)
case "$(uname -m)" in
    x86_64) arch=amd64 ;;
    aarch64) arch=arm64 ;;
    *) arch=$(uname -m) ;;
esac
name=llm-gateway-$version-linux-$arch
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say() { echo "package: $*" >&2; }
# what names in archives begin with: nothing, since helm refuses ./, which dpkg is used to
names=
pack() { # FOLDER FILE [MORE]: a tar that depends on nothing but its contents
    folder=$1
    file=$2
    shift 2
    (cd "$folder" && find . -mindepth 1 -printf "$names%P\0" | LC_ALL=C sort -z |
        tar --null --no-recursion -T - --format=gnu --owner=0 --group=0 --numeric-owner --mtime="$stamp" "$@" -cf -) >"$file.tar"
    gzip -n -6 <"$file.tar" >"$file"
}
mkdir -p "$out"
out=$(cd "$out" && pwd)
rm -rf "${out:?}"/*

say "SBOM"
cp modules/launcher/target/sbom.json "$out/llm-gateway-$version.cdx.json"

documents() { # FOLDER: what people read
    mkdir -p "$1"
    cp docs/*.md "$1/"
    # after docs, whose index has the same name
    cp README.md CHANGELOG.md SECURITY.md LICENSE "$1/"
    cp config/gateway.yaml "$1/gateway.reference.yaml"
    cp config/schema.json config/prices.yaml "$1/"
    cp "$out/llm-gateway-$version.cdx.json" "$1/sbom.cdx.json"
    for more in deploy/grafana deploy/prometheus; do
        [ ! -d "$more" ] || cp -r "$more" "$1/"
    done
    find "$1" -type d -exec chmod 755 {} + && find "$1" -type f -exec chmod 644 {} +
}

say "manual page and completion"
"$image/bin/llm-gateway" man >"$work/llm-gateway.1"
gzip -n -9 "$work/llm-gateway.1"
"$image/bin/llm-gateway" completion | sed '1{/^#!/d}' >"$work/completion"

say "$name.tar.gz"
tree=$work/tar/llm-gateway-$version
mkdir -p "$tree"
cp -a "$image/." "$tree/"
documents "$tree/doc"
mkdir -p "$tree/systemd" "$tree/share/man/man1" "$tree/share/bash-completion/completions"
cp "$work/llm-gateway.1.gz" "$tree/share/man/man1/"
cp "$work/completion" "$tree/share/bash-completion/completions/llm-gateway"
cp deploy/systemd/* "$tree/systemd/"
cp LICENSE "$tree/"
chmod -R go-w "$work/tar"
pack "$work/tar" "$work/tarball"
mv "$work/tarball" "$out/$name.tar.gz"

say "llm-gateway_${version}_$arch.deb"
root=$work/deb/root
mkdir -p "$root/usr/lib/llm-gateway" "$root/usr/bin" "$root/usr/lib/systemd/system" "$root/usr/lib/sysusers.d" \
    "$root/usr/lib/tmpfiles.d" "$root/etc/llm-gateway" "$work/deb/control"
cp -a "$image/." "$root/usr/lib/llm-gateway/"
ln -s ../lib/llm-gateway/bin/llm-gateway "$root/usr/bin/llm-gateway"
cp deploy/systemd/llm-gateway.service "$root/usr/lib/systemd/system/"
cp deploy/systemd/sysusers.conf "$root/usr/lib/sysusers.d/llm-gateway.conf"
cp deploy/systemd/tmpfiles.conf "$root/usr/lib/tmpfiles.d/llm-gateway.conf"
cp deploy/systemd/gateway.yaml deploy/systemd/environment "$root/etc/llm-gateway/"
chmod 640 "$root/etc/llm-gateway/environment"
mkdir -p "$root/usr/share/man/man1" "$root/usr/share/bash-completion/completions"
cp "$work/llm-gateway.1.gz" "$root/usr/share/man/man1/"
cp "$work/completion" "$root/usr/share/bash-completion/completions/llm-gateway"
documents "$root/usr/share/doc/llm-gateway"
rm "$root/usr/share/doc/llm-gateway/LICENSE"
cp deploy/package/copyright "$root/usr/share/doc/llm-gateway/copyright"
{
    printf 'llm-gateway (%s) stable; urgency=medium\n\n  * What changed is in CHANGELOG.md beside this file.\n\n' "$version"
    printf ' -- LLM Gateway <noreply@llmgateway.invalid>  %s\n' "$(LC_ALL=C date -u -R -d "$stamp")"
} | gzip -n -9 >"$root/usr/share/doc/llm-gateway/changelog.gz"
mkdir -p "$root/usr/share/lintian/overrides"
cp deploy/package/lintian-overrides "$root/usr/share/lintian/overrides/llm-gateway"
chmod -R go-w "$root"
sed -e "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@SIZE@/$(du -sk "$root" | cut -f 1)/" deploy/package/control \
    >"$work/deb/control/control"
printf '/etc/llm-gateway/gateway.yaml\n/etc/llm-gateway/environment\n' >"$work/deb/control/conffiles"
(cd "$root" && find . -type f ! -path './etc/*' | LC_ALL=C sort | cut -c 3- | xargs md5sum) >"$work/deb/control/md5sums"
cp deploy/package/postinst deploy/package/prerm deploy/package/postrm "$work/deb/control/"
chmod 755 "$work/deb/control"/p* && chmod 644 "$work/deb/control"/[cm]*
names=./
pack "$work/deb/control" "$work/deb/control.tar.gz"
pack "$root" "$work/deb/data.tar.gz"
names=
printf '2.0\n' >"$work/deb/debian-binary"
seconds=$(date -u -d "$stamp" +%s)
{
    printf '!<arch>\n'
    for member in debian-binary control.tar.gz data.tar.gz; do
        size=$(wc -c <"$work/deb/$member")
        printf '%-16s%-12s%-6s%-6s%-8s%-10s`\n' "$member" "$seconds" 0 0 100644 "$size"
        cat "$work/deb/$member"
        [ $((size % 2)) -eq 0 ] || printf '\n'
    done
} >"$out/llm-gateway_${version}_$arch.deb"

say "$name.oci.tar"
sh deploy/package/oci.sh "$image" "$out/llm-gateway-$version.cdx.json" "$version" "$arch" "$stamp" "$out/$name.oci.tar"

say "Helm chart"
mkdir -p "$work/helm"
cp -r deploy/helm/llm-gateway "$work/helm/"
sed -i "s/^version: .*/version: $version/; s/^appVersion: .*/appVersion: \"$version\"/" "$work/helm/llm-gateway/Chart.yaml"
chmod -R u=rwX,go=rX "$work/helm"
pack "$work/helm" "$work/chart"
mv "$work/chart" "$out/llm-gateway-$version.tgz"

(cd "$out" && sha256sum -- * >"$work/sums" && mv "$work/sums" SHA256SUMS)
say "$(du -sm "$out" | cut -f 1) MB in all"
echo "$out"
