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

# so that the image works on a read-only file system: libraries would unpack their native parts into the temporary
# folder; once those of this platform lie beside the launcher, those of all platforms inside the jars are only weight
system=$(uname -s)
machine=$(uname -m)
case "$system" in Darwin) os=darwin other=osx ;; *) os=linux other=linux ;; esac
case "$machine" in arm64 | aarch64) cpu=aarch64 brotli=aarch64 ;; *) cpu=amd64 brotli=x86_64 ;; esac
[ "$os-$cpu" != darwin-amd64 ] || cpu=x86_64
natives=$(mktemp -d)
without=
# takes the native part of a jar of the module path: its file's pattern, its module, the folder, then what to leave out
native() {
    jar=$(pwd)/$(ls "$path"/$1)
    module=$2
    (cd "$natives" && "$JAVA_HOME/bin/jar" xf "$jar" "$3")
    [ -d "$natives/$3" ] || return 0
    shift 3
    for folder in "$@"; do
        without="$without${without:+,}glob:/$module/$folder/**"
    done
}
native 'sqlite-jdbc-*.jar' org.xerial.sqlitejdbc "org/sqlite/native/$system/$machine" org/sqlite/native
native 'zstd-jni-*.jar' com.github.luben.zstd_jni "$os/$cpu" aix darwin freebsd linux win
# brotli's lie in a jar of their own for each platform: none of them is a module of the image
for jar in "$path"/native-*.jar; do
    case "$jar" in */native-"$other-$brotli"-*) (cd "$natives" && "$JAVA_HOME/bin/jar" xf "$OLDPWD/$jar" lib) ;; esac
    rm "$jar"
done

say "linking"
"$JAVA_HOME/bin/jlink" -p "$path" \
    --add-modules ALL-MODULE-PATH,java.logging,jdk.management,jdk.management.agent,jdk.jcmd,jdk.jfr,jdk.crypto.cryptoki,jdk.naming.dns,jdk.unsupported \
    ${without:+--exclude-resources="$without"} --strip-debug --no-header-files --no-man-pages --compress zip-0 --output "$image"
cp deploy/image/launcher.sh "$image/bin/llm-gateway"
chmod 755 "$image/bin/llm-gateway"
cp deploy/image/options "$image/lib/llm-gateway.options"

find "$natives" \( -name '*sqlitejdbc*' -o -name '*zstd-jni*' -o -name '*brotli*' \) -type f -exec cp {} "$image/lib/" \;
rm -rf "$natives"

say "training the AOT cache on real requests"
sh deploy/image/train.sh "$image" >&2

size=$(du -sm "$image" | cut -f 1)
say "$size MB, of which $(du -m "$image/lib/llm-gateway.aot" | cut -f 1) MB AOT cache"
(cd "$image" && pwd)
