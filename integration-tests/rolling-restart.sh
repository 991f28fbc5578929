#!/bin/sh
# Restarts two gateways behind a real HAProxy, one after the other, under load, and counts what clients notice. Needs
# HAProxy (package haproxy); about a minute. Not part of ./dev test.
set -eu
cd "$(dirname "$0")/.."
command -v haproxy >/dev/null 2>&1 || {
    echo "error: HAProxy was not found; fix: install the package haproxy" >&2
    exit 3
}
: "${JAVA_HOME:?set JAVA_HOME to a JDK 25}"
mvn -B -ntp -q -pl integration-tests -am -DskipTests -Dspotless.check.skip -Dcheckstyle.skip package >&2
path=$(mktemp)
trap 'rm -f "$path"' EXIT
mvn -B -ntp -q -pl integration-tests -am -DincludeScope=test -Dmdep.outputFile="$path" package \
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath -DskipTests -Dspotless.check.skip \
    -Dcheckstyle.skip >&2
"$JAVA_HOME/bin/java" -cp "integration-tests/target/test-classes:$(cat "$path")" io.llmgateway.it.RollingRestart
