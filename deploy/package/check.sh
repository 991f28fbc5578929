#!/bin/sh
# Tests the packages themselves: the sums fit, the .deb and the tarball hold what they should, the OCI layout is valid,
# and what is in them starts as a user that is not root, on a root file system that is read-only, with a writable data
# folder, and answers a request. Run by ./dev test after the packages were made.
set -eu
cd "$(dirname "$0")/../.."
packages=$(cd "${1:-target/packages}" && pwd)
image=$(cd "${2:-modules/launcher/target/image}" && pwd)
work=$(mktemp -d)
chmod 755 "$work"
cleanup() { rm -rf "$work"; }
trap cleanup EXIT
key=package-check-key-0123456789
fail() {
    echo "package check failed: $*" >&2
    tail -n 20 "$work"/*.err >&2 2>/dev/null || true
    exit 1
}
one() { set -- "$packages"/$1 && [ $# -eq 1 ] && [ -f "$1" ] || fail "expected one file $1" && echo "$1"; }

(cd "$packages" && sha256sum --quiet -c SHA256SUMS) || fail "SHA256SUMS"
tarball=$(one '*-linux-*.tar.gz')
deb=$(one '*.deb')
oci=$(one '*.oci.tar')
sbom=$(one '*.cdx.json')
one '*.tgz' >/dev/null

grep -q '"bomFormat" *: *"CycloneDX"' "$sbom" || fail "the SBOM is no CycloneDX document"
for library in helidon-webserver jackson-core snakeyaml sqlite-jdbc bucket4j picocli zstd-jni brotli4j; do
    grep -q "$library" "$sbom" || fail "$library is not in the SBOM"
done

# --- the jars are reproducible: every entry carries the same time -----------------------------------------------------
for jar in modules/launcher/target/app/llm-gateway-*.jar; do
    times=$("$JAVA_HOME/bin/jar" tvf "$jar" | awk '{print $2, $3, $4, $6}' | sort -u | wc -l)
    [ "$times" -eq 1 ] || fail "$jar holds entries of $times different times"
done

# --- tarball ----------------------------------------------------------------------------------------------------------
mkdir "$work/tar" && tar -xzf "$tarball" -C "$work/tar"
home=$(echo "$work"/tar/llm-gateway-*)
for file in bin/llm-gateway lib/llm-gateway.aot LICENSE doc/README.md doc/configuration.md doc/sbom.cdx.json \
    systemd/llm-gateway.service systemd/sysusers.conf systemd/tmpfiles.conf \
    share/man/man1/llm-gateway.1.gz share/bash-completion/completions/llm-gateway; do
    [ -f "$home/$file" ] || fail "$file is not in the tarball"
done
gzip -dc "$home/share/man/man1/llm-gateway.1.gz" | grep -q '^\.SH COMMANDS' || fail "the manual page"
for archive in "$tarball" "$packages"/*.tgz; do
    ! tar -tzf "$archive" | grep -q '^\./' || fail "names in $archive begin with ./, which helm refuses"
done
# with real helm, where there is one: the packed chart lints, renders, and takes a configuration instead of its sample
if command -v helm >/dev/null 2>&1; then
    chart=$(one '*.tgz')
    helm lint "$chart" >"$work/helm.err" 2>&1 || fail "helm lint"
    helm template gateway "$chart" --kube-version 1.30.0 >"$work/helm.out" 2>"$work/helm.err" || fail "helm template"
    printf 'config: {keys: [{name: own, key: {env: K}}], providers: {own: {type: openai, instances: []}}}\n' \
        >"$work/values.yaml"
    helm template gateway "$chart" --kube-version 1.30.0 -f "$work/values.yaml" >"$work/helm.own" 2>"$work/helm.err" || fail "helm template -f"
    grep -q openai-a "$work/helm.out" && ! grep -q openai-a "$work/helm.own" || fail "the sample configuration is merged"
fi

# --- .deb -------------------------------------------------------------------------------------------------------------
if command -v dpkg-deb >/dev/null 2>&1; then
    dpkg-deb --info "$deb" >"$work/deb.info" || fail "dpkg-deb does not read the .deb"
    dpkg-deb --extract "$deb" "$work/deb" && dpkg-deb --control "$deb" "$work/control" || fail "the .deb"
else
    mkdir "$work/deb" "$work/control" "$work/ar" && cp "$deb" "$work/ar/" && (cd "$work/ar" && ar x ./*.deb)
    tar -xzf "$work/ar/data.tar.gz" -C "$work/deb" && tar -xzf "$work/ar/control.tar.gz" -C "$work/control"
fi
for file in usr/lib/llm-gateway/bin/java usr/bin/llm-gateway etc/llm-gateway/gateway.yaml \
    usr/lib/systemd/system/llm-gateway.service usr/lib/sysusers.d/llm-gateway.conf \
    usr/lib/tmpfiles.d/llm-gateway.conf usr/share/doc/llm-gateway/copyright \
    usr/share/man/man1/llm-gateway.1.gz usr/share/bash-completion/completions/llm-gateway; do
    [ -e "$work/deb/$file" ] || fail "$file is not in the .deb"
done
for file in "$work/control"/postinst "$work/control"/prerm "$work/control"/postrm; do
    sh -n "$file" || fail "$file"
done
(cd "$work/deb" && md5sum --quiet -c "$work/control/md5sums") || fail "md5sums of the .deb"
[ "$(stat -c %a "$work/deb/etc/llm-gateway/environment")" = 640 ] || fail "the file for secrets can be read by all"
if command -v lintian >/dev/null 2>&1; then
    lintian --fail-on error --tag-display-limit 0 "$deb" >"$work/lintian.err" 2>&1 || fail "lintian"
fi
if command -v systemd-analyze >/dev/null 2>&1; then
    # the program and the user of the unit are in the package, not on this machine
    sed -e "s|/usr/lib/llm-gateway|$work/deb/usr/lib/llm-gateway|; s|^User=.*|User=$(id -un)|; s|^Group=.*||" \
        -e "s|^Documentation=.*||" deploy/systemd/llm-gateway.service >"$work/llm-gateway.service"
    systemd-analyze verify "$work/llm-gateway.service" >"$work/systemd.err" 2>&1 || fail "systemd-analyze verify"
fi

# --- OCI layout -------------------------------------------------------------------------------------------------------
mkdir "$work/oci" && tar -xf "$oci" -C "$work/oci"
[ "$(cat "$work/oci/oci-layout")" = '{"imageLayoutVersion":"1.0.0"}' ] || fail "oci-layout"
for blob in "$work/oci/blobs/sha256"/*; do
    [ "$(sha256sum "$blob" | cut -d ' ' -f 1)" = "$(basename "$blob")" ] || fail "$blob has another digest"
done
digest() { sed 's/.*"digest":"sha256:\([0-9a-f]*\)".*/\1/' "$1"; }
manifest=$work/oci/blobs/sha256/$(sed 's/.*"manifests":\[{[^}]*"digest":"sha256:\([0-9a-f]*\)".*/\1/' "$work/oci/index.json")
config=$work/oci/blobs/sha256/$(sed 's/.*"config":{[^}]*"digest":"sha256:\([0-9a-f]*\)".*/\1/' "$manifest")
layer=$work/oci/blobs/sha256/$(sed 's/.*"layers":\[{[^}]*"digest":"sha256:\([0-9a-f]*\)".*/\1/' "$manifest")
[ -f "$manifest" ] && [ -f "$config" ] && [ -f "$layer" ] || fail "the layout leads to blobs that are not there"
diff=$(gzip -dc "$layer" | sha256sum | cut -d ' ' -f 1)
grep -q "\"diff_ids\":\[\"sha256:$diff\"\]" "$config" || fail "the layer is not the one of the configuration"
grep -q '"User":"10001:10001"' "$config" || fail "the image runs as root"
grep -q '"io.llmgateway.sbom"' "$config" || fail "the image names no SBOM"
mkdir "$work/rootfs" && tar -xzf "$layer" -C "$work/rootfs"

# --- nothing of this machine, no secret -------------------------------------------------------------------------------
here=$(pwd)
for tree in "$work/tar" "$work/deb" "$work/control" "$work/rootfs"; do
    # the AOT cache and the modules file hold bytes of everything, their own check is below
    if grep -rlE -e "$here" -e 'sk-(proj|ant)-[A-Za-z0-9]{8}' -e 'BEGIN (RSA |EC )?PRIVATE KEY-----[^)]' "$tree" \
        --exclude='*.aot' --exclude=modules --exclude='*.so' >"$work/found"; then
        fail "a path of this machine or a secret is in $(head -n 3 "$work/found" | tr '\n' ' ')"
    fi
done
for file in "$home/lib/modules" "$home/lib/llm-gateway.aot"; do
    ! grep -aq -e "$here/modules" -e 'training-key-0123456789' "$file" || fail "$file holds a path of this machine or a key"
done

# --- it runs: not root, read-only root, writable data -----------------------------------------------------------------
await() { # PID NAME
    tries=0
    until grep -q '^  admin' "$work/$2.out" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -le 300 ] && kill -0 "$1" 2>/dev/null || fail "$2 does not start"
        sleep 0.1
    done
}
asked() { # NAME: one request to what runs
    data=$(sed -n 's/^  listening *\(http:[^ ]*\).*/\1/p' "$work/$1.out")
    metrics=$(sed -n 's/^  admin *\(http:[^ ]*\).*/\1/p' "$work/$1.out")
    "$image/bin/java" -XX:AOTMode=off -m io.llmgateway.launcher/io.llmgateway.launcher.Training \
        "$data" "$metrics" "$key" 1 >"$work/$1.client.err" 2>&1 || fail "a request to $1"
}
if [ "$(id -u)" -eq 0 ] && unshare --mount true 2>/dev/null; then
    # each in a mount namespace of its own, so that nothing stays behind
    confined() { # NAME ROOT DATA COMMAND...: runs on a read-only root as user 10001
        name=$1
        root=$2
        data=$3
        shift 3
        unshare --mount --propagation private sh -euc '
            root=$1; data=$2; shift 2
            mount --bind "$root" "$root"
            mount -t tmpfs -o mode=0750,uid=10001,gid=10001 data "$root$data"
            mount -t proc proc "$root/proc"
            mount -o remount,bind,ro "$root"
            ! touch "$root/writable" 2>/dev/null || exit 97
            exec chroot --userspec=10001:10001 "$root" "$@"' sh "$root" "$data" "$@" \
            >"$work/$name.out" 2>"$work/$name.err" &
        pid=$!
    }
    entry=$(sed 's/.*"Entrypoint":\[\([^]]*\)\].*/\1/; s/","/ /g; s/"//g' "$config")
    # shellcheck disable=SC2086 # the entry point is words
    GATEWAY_USAGE_DATABASE=/var/lib/llm-gateway/usage.db \
        confined oci "$work/rootfs" /var/lib/llm-gateway $entry demo --port 0 --admin-port 0 --key "$key"
    await "$pid" oci
    asked oci
    kill -TERM "$pid"
    wait "$pid" || fail "the OCI image does not stop with 0"

    how="on a read-only root"
    # the contents of the .deb and the tarball where they were unpacked, everything around them read-only
    confined_here() { # DATA COMMAND...
        unshare --mount --propagation private sh -euc '
            data=$1; shift
            mount -t tmpfs -o mode=0750,uid=10001,gid=10001 data "$data"
            mount -o remount,bind,ro /
            around=$(df --output=target "$(dirname "$data")" | tail -n 1)
            [ "$around" = / ] || mount -o remount,bind,ro "$around"
            ! touch "$(dirname "$data")/writable" 2>/dev/null || exit 97
            cd "$data"
            exec setpriv --reuid=10001 --regid=10001 --clear-groups "$@"' sh "$@"
    }
else
    how="without write permission (mount namespaces are not possible here)"
    confined_here() { # DATA COMMAND...
        (
            cd "$1"
            shift
            exec "$@"
        )
    }
fi
chmod -R a-w "$home" "$work/deb"
for name in tarball deb; do
    program=$home/bin/llm-gateway
    [ $name = tarball ] || program=$work/deb/usr/lib/llm-gateway/bin/llm-gateway
    mkdir "$work/data-$name"
    GATEWAY_USAGE_DATABASE=usage.db JAVA_OPTS="-XX:AOTMode=on -Djava.io.tmpdir=/nowhere" \
        confined_here "$work/data-$name" "$program" demo --port 0 --admin-port 0 --key "$key" \
        >"$work/$name.out" 2>"$work/$name.err" &
    pid=$!
    await "$pid" $name
    asked $name
    # the process of the gateway: it took the place of the shell, or is its child
    children=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null || true)
    # shellcheck disable=SC2086 # one number or none
    kill -TERM ${children:-$pid}
    wait "$pid" || fail "the contents of the $name do not stop with 0"
done
chmod -R u+w "$home" "$work/deb"
echo "package check passed: $(wc -l <"$packages/SHA256SUMS") files, started as another user $how"
