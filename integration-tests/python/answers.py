"""What the official Python SDKs make of every answer that the converters' tests wrote: answers.py FILE.

A server on a free port answers each request by the name in its header. Whole answers and every event must keep the SDKs'
own types as well: the SDKs themselves do not check them. Prints what is wrong and the sums last."""
import collections, http.server, json, sys, threading

import anthropic
import openai
import pydantic
from anthropic.types import Message, RawMessageStreamEvent
from openai.types.chat import ChatCompletion, ChatCompletionChunk

with open(sys.argv[1], encoding="utf-8") as file:
    ANSWERS = {answer["name"]: answer for answer in map(json.loads, file)}
EVENT = pydantic.TypeAdapter(RawMessageStreamEvent)
CHAT = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
MESSAGE = {"model": "m", "max_tokens": 4096, "messages": [{"role": "user", "content": "hi"}],
           "tools": [{"name": "f", "input_schema": {"type": "object"}}]}


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body in one packet

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        answer = ANSWERS[self.headers["x-answer"]]
        body = answer["body"].encode()
        streamed = answer["stream"] and answer["status"] == 200
        self.send_response(answer["status"])
        self.send_header("content-type", "text/event-stream" if streamed else "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def openai_read(client, answer):
    headers = {"x-answer": answer["name"]}
    if not answer["stream"]:
        completion = client.chat.completions.create(**CHAT, extra_headers=headers)
    else:
        try:
            with client.chat.completions.stream(**CHAT, extra_headers=headers) as stream:
                completion = stream.get_final_completion()
        except (openai.LengthFinishReasonError, openai.ContentFilterFinishReasonError):
            # what this helper makes of every answer with these reasons, OpenAI's own as well
            assert answer["stop"] in ("length", "content_filter"), answer["stop"]
            return pieces(client, headers)
    choice, usage = completion.choices[0], completion.usage
    return {"text": choice.message.content or "", "stop": choice.finish_reason,
            "calls": [{"id": call.id, "name": call.function.name, "arguments": call.function.arguments}
                      for call in choice.message.tool_calls or []],
            **({"input": usage.prompt_tokens, "output": usage.completion_tokens} if usage else {})}


def pieces(client, headers):
    """Chunk by chunk, as programs without the helper read a stream."""
    got, calls = {"text": ""}, {}
    for chunk in client.chat.completions.create(**CHAT, stream=True, extra_headers=headers):
        if chunk.usage:
            got.update(input=chunk.usage.prompt_tokens, output=chunk.usage.completion_tokens)
        for choice in chunk.choices[:1]:
            got["text"] += choice.delta.content or ""
            got["stop"] = choice.finish_reason
            for piece in choice.delta.tool_calls or []:
                call = calls.setdefault(piece.index, {"id": piece.id, "name": piece.function.name, "arguments": ""})
                call["arguments"] += piece.function.arguments or ""
    return {**got, "calls": list(calls.values())}


def anthropic_read(client, answer):
    headers = {"x-answer": answer["name"]}
    if answer["stream"]:
        with client.messages.stream(**MESSAGE, extra_headers=headers) as stream:
            message = stream.get_final_message()
    else:
        message = client.messages.create(**MESSAGE, extra_headers=headers)
    message.model_dump_json()
    return {"text": "".join(block.text for block in message.content if block.type == "text"), "stop": message.stop_reason,
            "calls": [{"id": block.id, "name": block.name, "arguments": json.dumps(block.input)}
                      for block in message.content if block.type == "tool_use"],
            "input": message.usage.input_tokens, "output": message.usage.output_tokens}


def typed(answer):
    """Whether the bytes keep the SDK's types."""
    if answer["status"] != 200:
        return
    if not answer["stream"]:
        (ChatCompletion if answer["client"] == "openai" else Message).model_validate_json(answer["body"])
        return
    for line in answer["body"].split("\n"):
        if line.startswith("data: {") and '"error":{' not in line[:40]:
            if answer["client"] == "openai":
                ChatCompletionChunk.model_validate_json(line[6:])
            elif line != 'data: {"type":"ping"}':
                EVENT.validate_json(line[6:])


def wanted(answer):
    calls = [dict(call) for call in answer["calls"]]
    cut = answer.get("stop") in ("length", "max_tokens")
    for call in calls:
        call["arguments"] = None if cut else json.loads(call["arguments"])
    return {**{field: answer[field] for field in ("text", "stop", "input", "output") if field in answer}, "calls": calls}, cut


def check(clients, answer):
    typed(answer)
    read = openai_read if answer["client"] == "openai" else anthropic_read
    sdk = openai if answer["client"] == "openai" else anthropic
    try:
        got = read(clients[answer["client"]], answer)
    except sdk.APIError as error:
        assert "error" in answer, repr(error)
        body = error.body["error"] if "error" in error.body else error.body
        assert body["message"] == answer["error"], (answer["error"], error.body)
        assert answer["status"] in (200, getattr(error, "status_code", None)), error
        return
    assert "error" not in answer, "the error was not seen"
    want, cut = wanted(answer)
    for call in got["calls"]:
        call["arguments"] = None if cut else json.loads(call["arguments"] or "{}")
    assert got == want, "%s is not %s" % (got, want)


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = "http://127.0.0.1:%d" % server.server_port
    clients = {"openai": openai.OpenAI(base_url=base + "/v1", api_key="k", max_retries=0),
               "anthropic": anthropic.Anthropic(base_url=base, api_key="k", max_retries=0)}
    sums = collections.Counter()
    for answer in ANSWERS.values():
        try:
            check(clients, answer)
            sums["passed"] += 1
        except Exception as error:
            sums["failed"] += 1
            print("FAILED %s: %s: %s" % (answer["name"], type(error).__name__, error), flush=True)
    print("Python SDKs: %d passed, %d failed" % (sums["passed"], sums["failed"]))
    sys.exit(1 if sums["failed"] or sums["passed"] < 1000 else 0)


main()
