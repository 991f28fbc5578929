#!/bin/sh
# Runs benchmarks; called by ./dev bench, which sets JAVA_HOME.
set -eu
cd "$(dirname "$0")/.."

usage() {
    cat <<'TEXT'
usage: ./dev bench COMMAND [OPTIONS]

  load [OPTIONS]   the runtime image from outside, beside nginx: CPU per request, latency, memory; --help lists options
  load --install   installs nginx and wrk (Debian and Ubuntu, needs root or sudo), then measures
  transport        the gateway's transport beside Helidon's WebClient and Apache HttpCore, plain and TLS
  scale            10,000 live streams for 5 minutes in a heap of 512 MiB; --streams N, --minutes N
  soak             every kind of end for 30 minutes, with samples of heap, descriptors, threads; --minutes N
  chaos            good, slow and broken clients and providers, reloads; --minutes N, --seed S; 1 when a rule is broken
  jmh [PATTERN]    micro-benchmarks, with bytes allocated per operation; all of them without a pattern
  compare [OLD [NEW]]   the last jmh run beside the baseline of the repository, as ratios with their errors
TEXT
}

build() {
    echo "building the benchmarks ..." >&2
    mvn -B -ntp -q -pl benchmarks -am -DskipTests -Dspotless.check.skip -Dcheckstyle.skip package >&2
}

# the image is made anew when a source is newer
image() {
    image=modules/launcher/target/image
    if [ ! -x "$image/bin/llm-gateway" ] ||
        [ -n "$(find pom.xml deploy/image modules/*/pom.xml modules/*/src/main -newer "$image/lib/llm-gateway.aot" -print 2>/dev/null | head -n 1)" ]; then
        sh deploy/image/build.sh >&2
    fi
}

run() {
    commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
    exec "$JAVA_HOME/bin/java" -Xmx1g -Dbench.commit="$commit" \
        -cp "benchmarks/target/classes:benchmarks/target/lib/*" "$@"
}

case "${1:-}" in
    load)
        shift
        if [ "${1:-}" = --install ]; then
            shift
            root=
            [ "$(id -u)" = 0 ] || root=sudo
            $root apt-get install -y --no-install-recommends nginx-light wrk >&2
        fi
        image
        build
        run io.llmgateway.benchmarks.load.LoadBench "$@"
        ;;
    smoke)
        # after everything was built: does the harness still work? Its figures mean nothing
        run io.llmgateway.benchmarks.load.LoadBench --quick
        ;;
    scale | soak)
        what=$1
        shift
        image
        build
        run io.llmgateway.benchmarks.load.LongRuns "$what" "$@"
        ;;
    chaos)
        shift
        echo "building the gateway and its integration tests ..." >&2
        path=$(mktemp)
        trap 'rm -f "$path"' EXIT
        mvn -B -ntp -q -pl integration-tests -am -DincludeScope=test -Dmdep.outputFile="$path" -DskipTests \
            -Dspotless.check.skip -Dcheckstyle.skip package \
            org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath >&2
        "$JAVA_HOME/bin/java" -Xmx768m -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
            -cp "integration-tests/target/test-classes:$(cat "$path")" io.llmgateway.it.chaos.ChaosRun "$@"
        ;;
    transport)
        shift
        build
        run io.llmgateway.benchmarks.load.TransportBench "$@"
        ;;
    jmh)
        shift
        build
        exec "$JAVA_HOME/bin/java" -cp "benchmarks/target/classes:benchmarks/target/lib/*" org.openjdk.jmh.Main \
            -prof gc -jvmArgs "-XX:+UseCompactObjectHeaders" -rf json -rff benchmarks/target/jmh.json "$@"
        ;;
    compare)
        shift
        run io.llmgateway.benchmarks.Compare "${1:-benchmarks/results/jmh.json}" "${2:-benchmarks/target/jmh.json}"
        ;;
    '' | help | --help | -h) usage ;;
    *)
        echo "error: unknown benchmark '$1'" >&2
        usage >&2
        exit 2
        ;;
esac
