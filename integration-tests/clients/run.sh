#!/bin/sh
# Clients of all kinds against the runtime image: curl, wrk, ab, h2load, Python, Node, Go and Java. Needs their programs;
# without them the suite is skipped, unless SDK_TESTS=required, as in CI.
set -eu
cd "$(dirname "$0")"
for program in curl wrk ab h2load python3 node go; do
    command -v "$program" >/dev/null && continue
    if [ "${SDK_TESTS:-}" = required ]; then
        echo "error: the tests with clients of all kinds need $program" >&2
        exit 1
    fi
    echo "the tests with clients of all kinds were skipped: they need $program" >&2
    exit 0
done
image=${1:-$(cd ../../modules/launcher/target/image && pwd)}
python=../target/clients-python
[ -x "$python/bin/python" ] || python3 -m venv "$python"
"$python/bin/python" -m pip install -q --disable-pip-version-check -r requirements.txt
key=clients-suite-key-0123456789
said=$(mktemp)
"$image/bin/llm-gateway" demo --port 0 --admin-port 0 --key "$key" >"$said" 2>&1 &
gateway=$!
trap 'kill "$gateway" 2>/dev/null; rm -f "$said"' EXIT
base=
for _ in $(seq 100); do
    base=$(sed -n 's|.*listening *\(http://[^ /]*\).*|\1|p' "$said" | head -n 1)
    [ -z "$base" ] || break
    kill -0 "$gateway" || break
    sleep 0.2
done
if [ -z "$base" ]; then
    cat "$said" >&2
    exit 1
fi
JAVA_HOME=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
export JAVA_HOME
"$python/bin/python" run.py "$base" "$key"
