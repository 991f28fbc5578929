#!/bin/sh
# Makes an OCI image layout as one tar file: the runtime image on an empty base with the C library's files, user 10001,
# no shell. usage: oci.sh IMAGE SBOM VERSION ARCH STAMP OUTPUT
set -eu
image=$1
sbom=$2
version=$3
arch=$4
stamp=$5
output=$6
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
home=/usr/lib/llm-gateway
user=10001

mkdir -p "$root$home" "$root/etc/llm-gateway" "$root/var/lib/llm-gateway" "$root/tmp" "$root/proc" \
    "$root/usr/share/doc/llm-gateway"
cp -a "$image/." "$root$home/"
cp "$sbom" "$root/usr/share/doc/llm-gateway/sbom.cdx.json"
cp LICENSE "$root/usr/share/doc/llm-gateway/"

# the C library and its loader, and what the runtime loads by name: resolvers of host names
{
    find "$image" -name '*.so' -print -o -path '*/bin/java' -print | xargs ldd 2>/dev/null |
        sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*ld-linux[^ ]*\) .*/\1/p' | grep -v "^$image"
    libraries=$(dirname "$(ldd "$image/bin/java" | sed -n 's/.*libc.so.6 => \([^ ]*\) .*/\1/p')")
    for library in libnss_files.so.2 libnss_dns.so.2 libresolv.so.2 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1; do
        [ ! -e "$libraries/$library" ] || echo "$libraries/$library"
    done
} | sort -u | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
done
printf 'root:x:0:0::/:\nllm-gateway:x:%s:%s::/var/lib/llm-gateway:\n' $user $user >"$root/etc/passwd"
printf 'root:x:0:\nllm-gateway:x:%s:\n' $user >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
find "$root" -type d -exec chmod 755 {} +
find "$root" -type f -exec chmod u+w,go-w {} +
chmod 750 "$root/var/lib/llm-gateway"
chmod 1777 "$root/tmp"

entries() { (cd "$root" && find . -mindepth 1 "$@" -print0 | LC_ALL=C sort -z); }
tarred() { tar -C "$root" --null --no-recursion -T - --format=gnu --numeric-owner --mtime="$stamp" "$@"; }
entries ! -path './var/lib/llm-gateway' | tarred --owner=0 --group=0 -cf "$work/layer.tar"
entries -path './var/lib/llm-gateway' | tarred --owner=$user --group=$user -rf "$work/layer.tar"

blobs=$work/layout/blobs/sha256
mkdir -p "$blobs"
blob() { # FILE: puts it among the blobs, prints its digest
    digest=$(sha256sum "$1" | cut -d ' ' -f 1)
    mv "$1" "$blobs/$digest"
    echo "$digest"
}
size() { wc -c <"$blobs/$1" | tr -d ' '; }
diff=$(sha256sum "$work/layer.tar" | cut -d ' ' -f 1)
gzip -n -6 <"$work/layer.tar" >"$work/layer.tar.gz"
layer=$(blob "$work/layer.tar.gz")

cat >"$work/config.json" <<JSON
{"created":"$stamp","architecture":"$arch","os":"linux","config":{"User":"$user:$user","ExposedPorts":{"8080/tcp":{},"9090/tcp":{}},"Env":["PATH=$home/bin","LANG=C.UTF-8"],"Entrypoint":["$home/bin/java","-XX:AOTCache=$home/lib/llm-gateway.aot","@$home/lib/llm-gateway.options","-Dorg.sqlite.lib.path=$home/lib","-m","io.llmgateway.launcher/io.llmgateway.launcher.Main"],"Cmd":["run","-c","/etc/llm-gateway/gateway.yaml"],"WorkingDir":"/var/lib/llm-gateway","StopSignal":"SIGTERM","Labels":{"org.opencontainers.image.title":"LLM Gateway","org.opencontainers.image.description":"One server between all applications and all language models","org.opencontainers.image.version":"$version","org.opencontainers.image.licenses":"Apache-2.0","org.opencontainers.image.created":"$stamp","io.llmgateway.sbom":"/usr/share/doc/llm-gateway/sbom.cdx.json","io.llmgateway.sbom.digest":"sha256:$(sha256sum "$sbom" | cut -d ' ' -f 1)"}},"rootfs":{"type":"layers","diff_ids":["sha256:$diff"]},"history":[{"created":"$stamp","created_by":"deploy/package/oci.sh"}]}
JSON
config=$(blob "$work/config.json")
cat >"$work/manifest.json" <<JSON
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:$config","size":$(size "$config")},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:$layer","size":$(size "$layer")}]}
JSON
manifest=$(blob "$work/manifest.json")
cat >"$work/layout/index.json" <<JSON
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:$manifest","size":$(size "$manifest"),"platform":{"architecture":"$arch","os":"linux"},"annotations":{"org.opencontainers.image.ref.name":"$version"}}]}
JSON
printf '{"imageLayoutVersion":"1.0.0"}' >"$work/layout/oci-layout"
(cd "$work/layout" && find . -mindepth 1 -print0 | LC_ALL=C sort -z |
    tar --null --no-recursion -T - --format=gnu --owner=0 --group=0 --numeric-owner --mtime="$stamp" -cf -) >"$output"
