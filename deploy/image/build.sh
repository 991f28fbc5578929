#!/bin/sh
# Builds the runtime image: a jlink image with every jar an explicit module, a launcher script, and an AOT cache that was
# trained inside the image on real requests. Prints the image's path last. Called by ./dev image, which sets JAVA_HOME.
set -eu
cd "$(dirname "$0")/../.."
launcher=modules/launcher/target
image=${1:-$launcher/image}
say() { echo "image: $*" >&2; }

say "compiling and packaging"
rm -rf "$launcher/app" "$launcher/descriptors"
mvn -B -ntp -q -Pimage -pl modules/launcher -am -DskipTests -Dspotless.check.skip -Dcheckstyle.skip package >&2

say "collecting modules"
path=$launcher/modulepath
rm -rf "$path" "$image"
mkdir -p "$path"
cp "$launcher"/app/*.jar "$path"
cp "$launcher"/descriptors/*.jar "$path"

# so that the image works on a read-only file system: the driver would unpack its library into the temporary folder;
# once it lies beside the launcher, those of all platforms inside the driver are only weight
native="org/sqlite/native/$(uname -s)/$(uname -m)"
unpacked=$(mktemp -d)
driver=$(pwd)/$(ls "$path"/sqlite-jdbc-*.jar)
(cd "$unpacked" && "$JAVA_HOME/bin/jar" xf "$driver" "$native")
without=
if [ -d "$unpacked/$native" ]; then
    without="--exclude-resources=glob:/org.xerial.sqlitejdbc/org/sqlite/native/**"
fi

say "linking"
# shellcheck disable=SC2086 # no option, or one
"$JAVA_HOME/bin/jlink" -p "$path" \
    --add-modules ALL-MODULE-PATH,java.logging,jdk.management,jdk.management.agent,jdk.jcmd,jdk.jfr,jdk.crypto.cryptoki,jdk.naming.dns,jdk.unsupported \
    $without --strip-debug --no-header-files --no-man-pages --compress zip-0 --output "$image"
cp deploy/image/launcher.sh "$image/bin/llm-gateway"
chmod 755 "$image/bin/llm-gateway"
cp deploy/image/options "$image/lib/llm-gateway.options"

[ -z "$without" ] || cp "$unpacked/$native"/*sqlitejdbc* "$image/lib/"
rm -rf "$unpacked"

say "training the AOT cache on real requests"
sh deploy/image/train.sh "$image" >&2

size=$(du -sm "$image" | cut -f 1)
say "$size MB, of which $(du -m "$image/lib/llm-gateway.aot" | cut -f 1) MB AOT cache"
(cd "$image" && pwd)
