#!/bin/sh
# Has the official Python SDKs read every answer that the tests of modules/converters wrote. Needs Python 3.10 or newer with
# venv; without it the suite is skipped, unless SDK_TESTS=required, as in CI.
set -eu
cd "$(dirname "$0")"
python=../target/sdk-python
if ! python3 -c 'import sys, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null \
    || ! { [ -x "$python/bin/python" ] || python3 -m venv "$python" >/dev/null 2>&1; }; then
    rm -rf "$python"
    if [ "${SDK_TESTS:-}" = required ]; then
        echo "error: the Python SDK tests need Python 3.10 or newer with venv" >&2
        exit 1
    fi
    echo "the Python SDK tests were skipped: they need Python 3.10 or newer with venv" >&2
    exit 0
fi
"$python/bin/python" -m pip install -q --disable-pip-version-check -r requirements.txt
"$python/bin/python" answers.py ../../modules/converters/target/sdk-answers.jsonl
