#!/bin/sh
# Runs the official TypeScript SDKs against the runtime image, and has them read every answer that the tests of
# modules/converters wrote. Needs Node.js 20 or newer with npm; without it the suite is skipped, unless
# SDK_TESTS=required, as in CI.
set -eu
cd "$(dirname "$0")"
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    if [ "${SDK_TESTS:-}" = required ]; then
        echo "error: the TypeScript SDK tests need Node.js 20 or newer with npm" >&2
        exit 1
    fi
    echo "the TypeScript SDK tests were skipped: they need Node.js 20 or newer with npm" >&2
    exit 0
fi
image=$(cd ../../modules/launcher/target/image && pwd)
npm ci --silent --no-audit --no-fund
LLM_GATEWAY="$image/bin/llm-gateway" npm test --silent
