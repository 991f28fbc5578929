#!/bin/sh
# Starts LLM Gateway from its runtime image. JAVA_OPTS adds options for the JVM, for example a larger heap.
# The options must be those the AOT cache was trained with, or the cache is not used and the start is slower.
set -eu
self=$0
while [ -L "$self" ]; do
    link=$(readlink "$self")
    case "$link" in
        /*) self=$link ;;
        *) self=$(dirname "$self")/$link ;;
    esac
done
home=$(cd "$(dirname "$self")/.." && pwd)

# the cache belongs to one collector: with another one the JVM would not start, so it goes without
collector=-XX:+UseG1GC
cache=
case " ${JAVA_OPTS:-} " in
    *" -XX:+Use"*"GC "*) collector= ;;
    *) [ ! -r "$home/lib/llm-gateway.aot" ] || cache="-XX:AOTCache=$home/lib/llm-gateway.aot" ;;
esac

# shellcheck disable=SC2086 # the options are words on purpose
exec "$home/bin/java" $cache $collector @"$home/lib/llm-gateway.options" -Dorg.sqlite.lib.path="$home/lib" ${JAVA_OPTS:-} \
    -m io.llmgateway.launcher/io.llmgateway.launcher.Main "$@"
