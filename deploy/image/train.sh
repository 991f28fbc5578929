#!/bin/sh
# Trains the AOT cache of an image: runs a gateway from inside it as it is run in earnest, with the flags it will run
# with, with limits, a ledger and simulated providers, and sends it the requests of a working day: whole and streamed,
# every pair of protocols, errors, metrics.
set -eu
image=$1
work=$(mktemp -d)
started=
trap '[ -z "$started" ] || kill $started 2>/dev/null || true; rm -rf "$work"' EXIT
TRAINING_KEY=training-key-0123456789
export TRAINING_KEY

fail() {
    echo "image: $1" >&2
    cat "$work"/*.out "$work"/*.err >&2
    exit 1
}
await() { # PID COMMAND...: until the command prints something, while the process lives
    process=$1
    shift
    tries=0
    until [ -n "$("$@")" ]; do
        tries=$((tries + 1))
        [ $tries -le 300 ] && kill -0 "$process" 2>/dev/null || fail "the training run did not start"
        sleep 0.1
    done
}

rm -f "$image/lib/llm-gateway.aot"
"$image/bin/llm-gateway" simulate --port 0 >"$work/simulator.out" 2>"$work/simulator.err" &
started=$!
upstream() { sed -n 's/^simulator \(http:[^ ]*\).*/\1/p' "$work/simulator.out"; }
await $started upstream
up=$(upstream)
cat >"$work/gateway.yaml" <<YAML
server: {port: 0}
admin: {port: 0}
usage: {database: usage.db}
limits: {requests-per-minute: 10m, concurrent: 1000}
groups:
  - {name: team, limits: {tokens-per-minute: 900m, budget: {amount: 1000, currency: USD, per: month}}}
keys:
  - {name: training, key: {env: TRAINING_KEY}, group: team, models: ["*"], limits: {requests-per-minute: 10m, tokens-per-day: 900m}}
providers:
  openai:
    type: openai
    instances:
      - {name: o-1, base-url: "$up/v1", api-key: {env: TRAINING_KEY}}
      - {name: o-2, base-url: "$up/v1", api-key: {env: TRAINING_KEY}}
  anthropic: {type: anthropic, instances: [{name: a-1, base-url: "$up", api-key: {env: TRAINING_KEY}}]}
  gemini: {type: gemini, instances: [{name: g-1, base-url: "$up", api-key: {env: TRAINING_KEY}}]}
routing:
  rules: {"gpt-": openai, "claude-": anthropic, "gemini-": gemini}
  models: {fast: {targets: [{provider: openai, model: gpt-5-mini}], fallbacks: [claude-sonnet-4-5]}}
YAML
JAVA_OPTS="-XX:AOTCacheOutput=$image/lib/llm-gateway.aot" \
    "$image/bin/llm-gateway" run -c "$work/gateway.yaml" >"$work/gateway.out" 2>"$work/gateway.err" &
pid=$!
started="$started $pid"

url() { sed -n "s/^  $1 *\(http:[^ ]*\).*/\1/p" "$work/gateway.out" | head -n 1; }
await $pid url admin
data=$(url listening)
metrics=$(url admin)

"$image/bin/java" -XX:AOTMode=off -m io.llmgateway.launcher/io.llmgateway.launcher.Training \
    "$data" "$metrics" "$TRAINING_KEY"

kill -TERM $pid
wait $pid || fail "the training run did not stop in order"
[ -s "$image/lib/llm-gateway.aot" ] || fail "no AOT cache was written"
