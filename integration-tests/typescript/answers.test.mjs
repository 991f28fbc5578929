// What the official TypeScript SDKs make of every answer that the converters' tests wrote. Their `fetch` answers each
// request by the name in its header.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import Anthropic0 from 'anthropic-sdk-0';
import OpenAI from 'openai';

const FILE = new URL('../../modules/converters/target/sdk-answers.jsonl', import.meta.url);
const answers = readFileSync(FILE, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
const byName = new Map(answers.map((answer) => [answer.name, answer]));
const utf8 = new TextEncoder();

// a body in two pieces, cut where a program would not expect it
async function fetch(_, { headers }) {
  const { status, stream, body } = byName.get(new Headers(headers).get('x-answer'));
  const bytes = utf8.encode(body);
  const cut = bytes.length >> 1;
  const pieces = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.subarray(0, cut));
      controller.enqueue(bytes.subarray(cut));
      controller.close();
    },
  });
  const type = stream && status === 200 ? 'text/event-stream' : 'application/json';
  return new Response(pieces, { status, headers: { 'content-type': type } });
}

const messages = [{ role: 'user', content: 'hi' }];
const options = { apiKey: 'k', baseURL: 'http://gateway.example/v1', maxRetries: 0, fetch };

async function openai(client, { name, stream }) {
  const ask = { model: 'm', messages };
  const request = { headers: { 'x-answer': name } };
  const completions = client.chat.completions;
  const whole = stream ? await completions.stream(ask, request).finalChatCompletion() : await completions.create(ask, request);
  const { message, finish_reason } = whole.choices[0];
  return {
    text: message.content ?? '',
    stop: finish_reason,
    calls: (message.tool_calls ?? []).map(({ id, function: { name: called, arguments: json } }) => [id, called, json]),
    input: whole.usage?.prompt_tokens,
    output: whole.usage?.completion_tokens,
  };
}

async function anthropic(client, { name, stream }) {
  const ask = { model: 'm', max_tokens: 4096, messages };
  const request = { headers: { 'x-answer': name } };
  const whole = stream ? await client.messages.stream(ask, request).finalMessage() : await client.messages.create(ask, request);
  return {
    text: whole.content.filter((block) => block.type === 'text').map((block) => block.text).join(''),
    stop: whole.stop_reason,
    calls: whole.content.filter((block) => block.type === 'tool_use').map(({ id, name: called, input }) => [id, called, JSON.stringify(input)]),
    input: whole.usage.input_tokens,
    output: whole.usage.output_tokens,
  };
}

// arguments that were cut are not compared: each SDK closes them in its own way
const compared = (calls, cut) => calls.map(([id, name, json]) => [id, name, cut ? null : JSON.parse(json || '{}')]);

async function check(read, client, answer) {
  let got;
  try {
    got = await read(client, answer);
  } catch (error) {
    if (answer.error === undefined) throw error;
    const said = error.error?.error ?? error.error;
    const message = said?.message ?? error.message;
    assert.ok(message.includes(answer.error), `${answer.error} is not in ${message}`);
    if (answer.status !== 200) assert.equal(error.status, answer.status);
    return;
  }
  assert.equal(answer.error, undefined, 'the error was not seen');
  const cut = ['length', 'max_tokens'].includes(answer.stop);
  got.calls = compared(got.calls, cut);
  const calls = compared(answer.calls.map((call) => [call.id, call.name, call.arguments]), cut);
  for (const field of ['text', 'stop', 'input', 'output']) {
    if (answer[field] !== undefined) assert.equal(got[field], answer[field], field);
  }
  assert.deepEqual(got.calls, calls);
}

const clients = [
  ['openai', 'openai', openai, new OpenAI(options)],
  ['@anthropic-ai/sdk', 'anthropic', anthropic, new Anthropic(options)],
  ['@anthropic-ai/sdk 0', 'anthropic', anthropic, new Anthropic0(options)],
];
for (const [sdk, protocol, read, client] of clients) {
  test(`${sdk} reads every answer`, async () => {
    const failed = [];
    let count = 0;
    for (const answer of answers.filter((each) => each.client === protocol)) {
      count++;
      await check(read, client, answer).catch((error) => failed.push(`${answer.name}: ${error.message}`));
    }
    assert.ok(count > 1000, `only ${count} answers`);
    assert.equal(failed.length, 0, `${failed.length} of ${count}:\n${failed.slice(0, 50).join('\n')}`);
  });
}
