#!/bin/sh
# Runs benchmarks; called by ./dev bench, which sets JAVA_HOME.
set -eu
cd "$(dirname "$0")/.."

usage() {
    cat <<'TEXT'
usage: ./dev bench jmh [PATTERN] [JMH OPTIONS]

  jmh [PATTERN]    micro-benchmarks, with bytes allocated per operation; all of them without a pattern
TEXT
}

case "${1:-}" in
    jmh)
        shift
        echo "building the benchmarks ..." >&2
        mvn -B -ntp -q -pl benchmarks -am -DskipTests -Dspotless.check.skip -Dcheckstyle.skip package >&2
        exec "$JAVA_HOME/bin/java" -cp "benchmarks/target/classes:benchmarks/target/lib/*" org.openjdk.jmh.Main \
            -prof gc -jvmArgs "-XX:+UseCompactObjectHeaders" "$@"
        ;;
    '' | help | --help | -h) usage ;;
    *)
        echo "error: unknown benchmark '$1'" >&2
        usage >&2
        exit 2
        ;;
esac
