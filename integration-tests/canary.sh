#!/bin/sh
# After the integration tests: no key and no prompt of any of them is in what the gateways said at debug level, neither
# plain nor encoded. Run by ./dev test.
set -eu
cd "$(dirname "$0")"
logs=target/surefire-reports
said=$(find "$logs" -name '*-output.txt' | wc -l)
lines=$(cat "$logs"/*-output.txt | grep -c 'io.llmgateway' || true)
if [ "$said" -eq 0 ] || [ "$lines" -lt 100 ]; then
    echo "canary check failed: the tests' debug logs are not there ($said files, $lines lines)" >&2
    exit 1
fi
patterns=$(mktemp)
trap 'rm -f "$patterns"' EXIT
# the keys and prompts that the tests use, as they stand in RunningGateway and in the requests
for secret in test-key-0123456789abcdef other-key-0123456789abcdef provider-key-0123456789abcdef \
    admin-key-0123456789abcdefgh reader-key-0123456789abcdefg daily-key-0123456789ab far-away-key-0123456789 \
    'one two three four five' 'hello there' 'prompt canary'; do
    printf '%s\n' "$secret" >>"$patterns"
    # base64 looks different at each of three offsets; what all of them share is enough
    for shift in '' x xx; do
        encoded=$(printf '%s%s' "$shift" "$secret" | base64 -w 0 | tr -d '=')
        printf '%s\n' "$encoded" | cut -c 5-$((${#encoded} - 2)) >>"$patterns"
    done
    printf '%s\n' "$secret" | sed 's/ /%20/g; s/ /+/g' >>"$patterns"
done
if grep -F -l -f "$patterns" "$logs"/*-output.txt; then
    grep -F -h -m 3 -f "$patterns" "$logs"/*-output.txt | cut -c 1-200 >&2
    echo "canary check failed: a key or a prompt is in the logs above" >&2
    exit 1
fi
echo "canary check passed: $said logs, $lines lines at debug level, no key and no prompt in them"
