#!/bin/sh
# Tests the runtime image itself, not the classes it was made of: its modules are those expected, the AOT cache is really
# used, a request is answered from inside it, and it stops in order. Run by ./dev test after the image was built.
set -eu
cd "$(dirname "$0")/../.."
image=${1:-modules/launcher/target/image}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "image check failed: $*" >&2
    cat "$work"/* >&2 2>/dev/null || true
    exit 1
}

"$image/bin/java" --list-modules | sed 's/@.*//' | sort >"$work/modules"
diff -u deploy/image/modules.expected "$work/modules" ||
    fail "the module list differs; if that is wanted: copy the new list to deploy/image/modules.expected"

"$image/bin/llm-gateway" version >"$work/version" || fail "the version command"
grep -q '^llm-gateway 0' "$work/version" || fail "the version is not printed"
"$image/bin/llm-gateway" config schema >"$work/schema" || fail "the schema command"
cmp -s "$work/schema" config/schema.json || fail "the schema is another one than config/schema.json"
OPENAI_API_KEY=a CLIENT_KEY=image-check-key-0123456789 "$image/bin/llm-gateway" explain -c config/examples/minimal.yaml \
    --model gpt-5-mini --protocol anthropic >"$work/explained" || fail "the explain command"
grep -q 'dropped:top_k' "$work/explained" || fail "explain does not know what conversion weakens"

# what decodes answers of providers finds its native part although there is no temporary folder
cat >"$work/Decoders.java" <<'TEXT'
public class Decoders {
    public static void main(String[] arguments) {
        com.aayushatharva.brotli4j.Brotli4jLoader.ensureAvailability();
        com.github.luben.zstd.util.Native.load();
        System.out.println("decoders load");
    }
}
TEXT
"$JAVA_HOME/bin/javac" -p modules/launcher/target/modulepath --add-modules com.aayushatharva.brotli4j,com.github.luben.zstd_jni \
    -d "$work" "$work/Decoders.java" || fail "the probe of the decoders does not compile"
"$image/bin/java" -Djava.io.tmpdir=/nowhere -XX:AOTMode=off --enable-native-access=com.aayushatharva.brotli4j,com.github.luben.zstd_jni \
    --add-modules com.aayushatharva.brotli4j,com.github.luben.zstd_jni -cp "$work" Decoders >"$work/decoders" 2>&1 || fail "the decoders"
grep -q '^decoders load' "$work/decoders" || fail "the decoders do not load"

# with AOTMode=on the JVM refuses to start when the cache cannot be used
export GATEWAY_USAGE_DATABASE="$work/usage.db"
# nobody listens there: that the attempt to export spans fails shows that it was made
export GATEWAY_TRACING_ENDPOINT=http://127.0.0.1:1
JAVA_OPTS="-XX:AOTMode=on -Djava.io.tmpdir=/nowhere" "$image/bin/llm-gateway" demo --port 0 --admin-port 0 --key image-check-key-0123456789 \
    >"$work/out" 2>"$work/err" &
pid=$!
tries=0
until grep -q '^  admin' "$work/out"; do
    tries=$((tries + 1))
    [ $tries -le 200 ] && kill -0 $pid 2>/dev/null || fail "it does not start with its AOT cache"
    sleep 0.1
done
data=$(sed -n 's/^  listening *\(http:[^ ]*\).*/\1/p' "$work/out")
metrics=$(sed -n 's/^  admin *\(http:[^ ]*\).*/\1/p' "$work/out")
"$image/bin/java" -XX:AOTMode=off -m io.llmgateway.launcher/io.llmgateway.launcher.Training \
    "$data" "$metrics" image-check-key-0123456789 1 >"$work/client" 2>&1 || fail "requests to the image"
"$image/bin/jcmd" $pid Thread.vthread_scheduler >"$work/scheduler" 2>&1 || fail "the scheduler cannot be asked"
"$image/bin/jcmd" $pid VM.system_properties >"$work/properties" 2>&1 || fail "the properties cannot be asked"
carriers=$(sed -n 's/^jdk.virtualThreadScheduler.parallelism=//p' "$work/properties")
grep -q "parallelism = ${carriers:-unset}," "$work/scheduler" || fail "the carriers were set too late"
"$image/bin/jcmd" $pid Thread.print >"$work/threads" 2>&1 || fail "the threads cannot be asked"
grep -q '"Read-Poller"' "$work/threads" || fail "sockets are not watched by a thread of the system (jdk.pollerMode)"
JAVA_OPTS="-XX:+UseSerialGC -XX:+PrintCommandLineFlags" "$image/bin/llm-gateway" version >"$work/serial" 2>&1 ||
    fail "it does not start with another collector"
grep -q -e '-XX:+UseSerialGC' "$work/serial" || fail "another collector is not taken"
kill -TERM $pid
wait $pid || fail "it does not stop with 0"
grep -q '"type":"request"' "$work/err" || fail "requests leave no line in the log"
grep -q '"logger":"io.opentelemetry.exporter' "$work/err" || fail "spans are not exported from inside the image"
"$image/bin/llm-gateway" usage --database "$work/usage.db" --csv >"$work/usage" || fail "the report of usage"
[ "$(wc -l <"$work/usage")" -eq 2 ] || fail "the usage of the requests is not in the database"
echo "image check passed: $(wc -l <"$work/modules") modules, AOT cache in use"
