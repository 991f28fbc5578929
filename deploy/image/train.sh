#!/bin/sh
# Trains the AOT cache of an image: runs the demo from inside it, with the flags it will run with, and sends it the
# requests of a working day: whole and streamed, both protocols, errors, metrics.
set -eu
image=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
key=training-key-0123456789

rm -f "$image/lib/llm-gateway.aot"
JAVA_OPTS="-XX:AOTCacheOutput=$image/lib/llm-gateway.aot" \
    "$image/bin/llm-gateway" demo --port 0 --admin-port 0 --key "$key" >"$work/out" 2>"$work/err" &
pid=$!

url() { sed -n "s/^  $1 *\(http:[^ ]*\).*/\1/p" "$work/out" | head -n 1; }
tries=0
until [ -n "$(url operators)" ]; do
    tries=$((tries + 1))
    if [ $tries -gt 300 ] || ! kill -0 $pid 2>/dev/null; then
        echo "image: the training run did not start" >&2
        cat "$work/out" "$work/err" >&2
        exit 1
    fi
    sleep 0.1
done
data=$(url applications)
metrics=$(url operators)

"$image/bin/java" -XX:AOTMode=off -m io.llmgateway.launcher/io.llmgateway.launcher.Training "$data" "$metrics" "$key"

kill -TERM $pid
wait $pid || {
    echo "image: the training run did not stop in order" >&2
    cat "$work/err" >&2
    exit 1
}
[ -s "$image/lib/llm-gateway.aot" ] || {
    echo "image: no AOT cache was written" >&2
    cat "$work/err" >&2
    exit 1
}
