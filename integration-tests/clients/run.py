"""What clients of all kinds read from the gateway: whole answers, streams, early errors, uploads, kept connections.
run.py BASE KEY; prints a line for each case and the sums last."""
import asyncio, http.client, json, os, subprocess, sys, tempfile, urllib.parse

import aiohttp
import httpx

BASE, KEY = sys.argv[1], sys.argv[2]
HERE = os.path.dirname(os.path.abspath(__file__))
CHAT = "/v1/chat/completions"
BIG = "x" * (10 << 20)
HEADERS = {"Authorization": "Bearer " + KEY, "Content-Type": "application/json"}
results = []


def body(content="hello", script="echo", stream=False):
    return json.dumps({"model": "gpt-x/" + script, "stream": stream, "messages": [{"role": "user", "content": content}]})


def headers(**more):
    return {**HEADERS, **{name.replace("_", "-"): value for name, value in more.items()}}


def case(name):
    def run(function):
        try:
            function()
            print("ok " + name, flush=True)
            results.append(True)
        except Exception as error:
            print("FAILED %s: %r" % (name, error), flush=True)
            results.append(False)
    return run


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, timeout=120, **more)
    return done.returncode, done.stdout.decode("latin-1"), done.stderr.decode("latin-1")


def files():
    folder = tempfile.mkdtemp()
    names = {"small": body(), "big": body(BIG, "tokens-3"), "huge": body("x" * (33 << 20)), "stream": body("a b", stream=True)}
    for name, text in names.items():
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    return lambda name: "@" + os.path.join(folder, name)


FILE = files()
CURL = ["curl", "-sS", "--max-time", "60"]
JSON = "application/json"


def curl(status, *options, key=KEY, contains="", path=CHAT, kind=JSON):
    kinds = ["-H", "Content-Type: " + kind] if kind else []
    code, out, error = run(*CURL, *kinds, "-H", "Authorization: Bearer " + key, "-w", "\n%{http_code}", *options, BASE + path)
    assert code == 0, (code, error)
    text, got = out.rsplit("\n", 1)
    assert got == str(status), (got, text[:300])
    assert contains in text, text[:300]
    return text


for version in ("--http1.0", "--http1.1"):
    @case("curl %s whole" % version)
    def _():
        curl(200, version, "-d", FILE("small"), contains="hello")

    @case("curl %s streamed" % version)
    def _():
        curl(200, version, "-N", "-d", FILE("stream"), contains="data: [DONE]")

    @case("curl %s upload of 10 MiB" % version)
    def _():
        curl(200, version, "--data-binary", FILE("big"), contains="chat.completion")

    @case("curl %s --head" % version)
    def _():
        for path in ("/health", "/ready"):
            text = curl(200, version, "--head", path=path)
            assert text.rstrip().count("\r\n\r\n") == 0, text
        curl(404, version, "--head", path="/")
        curl(200, version, "--head", path="/v1/models")

    @case("curl %s early errors" % version)
    def _():
        for _ in range(5):
            curl(401, version, "--data-binary", FILE("big"), key="wrong")
            curl(413, version, "--data-binary", FILE("huge"))
            curl(415, version, "--data-binary", FILE("big"), kind="text/plain")
            curl(404, version, "--data-binary", FILE("big"), path="/v1/nothing")
            curl(401, version, "-H", "Expect:", "--data-binary", FILE("big"), key="wrong")
            curl(413, version, "-H", "Expect:", "--data-binary", FILE("huge"))

    @case("curl %s --path-as-is" % version)
    def _():
        curl(404, version, "--path-as-is", "-d", FILE("small"), path="/v1/../v1/chat/completions")
        curl(404, version, "--path-as-is", "-d", FILE("small"), path="//v1/chat/completions")
        curl(404, version, "--path-as-is", "-d", FILE("small"), path="/v1/chat%2fcompletions")


@case("curl Expect: 100-continue")
def _():
    curl(200, "-H", "Expect: 100-continue", "-d", FILE("small"), contains="hello")
    text = curl(200, "-v", "--stderr", "-", "-H", "Expect: 100-continue", "--data-binary", FILE("big"))
    assert "HTTP/1.1 100" in text, text[:500]
    curl(417, "-H", "Expect: something-else", "-d", FILE("small"))


@case("curl chunked upload")
def _():
    curl(200, "-H", "Transfer-Encoding: chunked", "--data-binary", FILE("big"), contains="chat.completion")
    curl(401, "-H", "Transfer-Encoding: chunked", "--data-binary", FILE("big"), key="wrong")


@case("curl multipart")
def _():
    for _ in range(5):
        curl(415, "-F", "a=b", kind="")


@case("curl two on one connection")
def _():
    code, out, error = run("curl", "-sSv", BASE + "/health", BASE + "/health", BASE + "/health")
    assert code == 0 and out.count("up") == 3 and error.count("Re-using existing connection") == 2, error


def tool(name, *command):
    code, out, error = run(*command)
    assert code == 0, (code, error, out)
    return out


LUA = 'wrk.method = "POST"\nwrk.body = [==[%s]==]\nwrk.headers["Content-Type"] = "application/json"\n' \
      'wrk.headers["Authorization"] = "Bearer %s"\n' % (body(), KEY)


@case("wrk")
def _():
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(LUA)
        script.flush()
        out = tool("wrk", "wrk", "-t1", "-c8", "-d2s", "-s", script.name, BASE + CHAT)
        assert "requests in" in out and "Non-2xx" not in out and "Socket errors" not in out, out


for keep in ((), ("-k",)):
    @case("ab " + " ".join(keep))
    def _():
        out = tool("ab", "ab", "-q", "-l", *keep, "-n", "200", "-c", "4", "-p", FILE("small")[1:], "-T", "application/json",
                   "-H", "Authorization: Bearer " + KEY, BASE + CHAT)
        assert "Complete requests:      200" in out and "Failed requests:        0" in out and "Non-2xx" not in out, out
        assert not keep or "Keep-Alive requests:    200" in out, out


@case("h2load's HTTP/1.1")
def _():
    out = tool("h2load", "h2load", "--h1", "-n", "200", "-c", "4", "-d", FILE("small")[1:], "-H",
               "Content-Type: application/json", "-H", "Authorization: Bearer " + KEY, BASE + CHAT)
    assert "200 succeeded, 0 failed, 0 errored" in out and "status codes: 200 2xx" in out, out


def connection():
    return http.client.HTTPConnection(urllib.parse.urlsplit(BASE).netloc, timeout=30)


@case("http.client kept alive")
def _():
    client = connection()
    client.connect()
    socket = client.sock
    for _ in range(20):
        client.request("POST", CHAT, body(), HEADERS)
        answer = client.getresponse()
        assert answer.status == 200 and "hello" in answer.read().decode()
    assert client.sock is socket


@case("http.client streamed, HEAD, chunked, upload")
def _():
    client = connection()
    client.request("POST", CHAT, body("a b", stream=True), HEADERS)
    assert client.getresponse().read().endswith(b"data: [DONE]\n\n")
    client.request("HEAD", "/health")
    assert client.getresponse().read() == b""
    client.request("POST", CHAT, iter([body(BIG, "tokens-3").encode()]), HEADERS, encode_chunked=True)
    assert client.getresponse().read()
    client.request("POST", CHAT, body(BIG, "tokens-3"), HEADERS)
    assert client.getresponse().status == 200


@case("http.client early errors")
def _():
    for status, text, more in ((401, body(BIG), headers(Authorization="Bearer wrong")), (413, body("x" * (33 << 20)), HEADERS),
                               (415, body(BIG), headers(Content_Type="text/plain"))):
        for _ in range(5):
            client = connection()
            try:
                client.request("POST", CHAT, text, more)
            except (BrokenPipeError, ConnectionResetError) as error:
                raise AssertionError("%d: the answer cannot be read: %r" % (status, error))
            assert client.getresponse().status == status


@case("httpx")
def _():
    with httpx.Client(base_url=BASE, headers=HEADERS, timeout=60) as client:
        for _ in range(20):
            assert client.post(CHAT, content=body()).status_code == 200
        with client.stream("POST", CHAT, content=body("a b", stream=True)) as answer:
            assert list(answer.iter_lines())[-2] == "data: [DONE]"
        assert client.post(CHAT, content=body(BIG, "tokens-3")).status_code == 200
        assert client.post(CHAT, content=iter([body(BIG, "tokens-3").encode()])).status_code == 200
        for _ in range(5):
            assert client.post(CHAT, content=body(BIG), headers={"Authorization": "Bearer wrong"}).status_code == 401
            assert client.post(CHAT, content=body("x" * (33 << 20))).status_code == 413
            assert client.post(CHAT, content=body(BIG), headers={"Content-Type": "text/plain"}).status_code == 415
            assert client.post(CHAT, files={"a": b"b"}, headers={"Content-Type": "multipart/form-data; boundary=x"}).status_code == 415
        assert client.head("/health").status_code == 200


async def with_aiohttp():
    async with aiohttp.ClientSession(headers=HEADERS) as client:
        for _ in range(20):
            async with client.post(BASE + CHAT, data=body()) as answer:
                assert answer.status == 200 and "hello" in await answer.text()
        async with client.post(BASE + CHAT, data=body("a b", stream=True)) as answer:
            assert (await answer.read()).endswith(b"data: [DONE]\n\n")
        async with client.post(BASE + CHAT, data=body(BIG, "tokens-3")) as answer:
            assert answer.status == 200
        async with client.post(BASE + CHAT, data=body(BIG, "tokens-3"), expect100=True) as answer:
            assert answer.status == 200
        for _ in range(5):
            async with client.post(BASE + CHAT, data=body(BIG), headers={"Authorization": "Bearer wrong"}) as answer:
                assert answer.status == 401 and await answer.text()
            async with client.post(BASE + CHAT, data=body("x" * (33 << 20))) as answer:
                assert answer.status == 413 and await answer.text()
        async with client.head(BASE + "/health") as answer:
            assert answer.status == 200 and await answer.read() == b""


@case("aiohttp")
def _():
    asyncio.run(with_aiohttp())


def other(*command):
    code, out, error = run(*command, cwd=HERE)
    for line in out.splitlines():
        print(line, flush=True)
        results.append(line.startswith("ok "))
    if code != 0 or not out:
        print("FAILED %s: %d %s" % (command[0], code, error), flush=True)
        results.append(False)


other("node", "clients.mjs", BASE, KEY)
other("go", "run", "clients.go", BASE, KEY)
other(os.path.join(os.environ["JAVA_HOME"], "bin", "java"), "Clients.java", BASE, KEY)
print("clients: %d passed, %d failed" % (results.count(True), results.count(False)))
sys.exit(1 if False in results else 0)
