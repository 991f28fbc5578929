// The official TypeScript SDKs through the runtime image: their stream accumulators are stricter than those of the Java
// SDKs. Starts the image's demo, whose simulated providers check what the gateway sends them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import Anthropic0 from 'anthropic-sdk-0';
import OpenAI from 'openai';

const KEY = 'typescript-suite-key-0123456789';
const TEXT = 'Grüße, 世界 👋';
let gateway;
let base;

before(async () => {
  gateway = spawn(process.env.LLM_GATEWAY, ['demo', '--port', '0', '--admin-port', '0', '--key', KEY]);
  let out = '';
  gateway.stderr.on('data', (data) => process.stderr.write(data));
  base = await new Promise((resolve, reject) => {
    gateway.once('exit', (code) => reject(new Error(`the gateway stopped with ${code}: ${out}`)));
    gateway.stdout.on('data', (data) => {
      out += data;
      const found = /listening\s+(http:\/\/[^\s/]+)/.exec(out);
      if (found) resolve(found[1]);
    });
  });
});

after(async () => {
  gateway.kill('SIGTERM');
  const [code] = await once(gateway, 'exit');
  assert.equal(code, 0);
});

const openai = () => new OpenAI({ baseURL: `${base}/v1`, apiKey: KEY, maxRetries: 0 });
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

// the part after the slash tells the simulated provider what to do
const providers = { openai: 'gpt-x/', anthropic: 'claude-x/', gemini: 'gemini-x/' };

for (const [name, prefix] of Object.entries(providers)) {
  describe(`openai -> ${name}`, () => {
    const ask = (script, more = {}) => ({
      model: prefix + script, messages: [{ role: 'system', content: 'be brief' }, { role: 'user', content: TEXT }], ...more,
    });

    test('text, whole and streamed', async () => {
      const whole = await openai().chat.completions.create(ask('echo'));
      assert.equal(whole.choices[0].message.content, TEXT);
      assert.ok(whole.usage.total_tokens > 0);
      const stream = openai().chat.completions.stream(ask('echo', { stream_options: { include_usage: true } }));
      const streamed = await stream.finalChatCompletion();
      assert.equal(streamed.choices[0].message.content, TEXT);
      assert.equal(streamed.choices[0].finish_reason, 'stop');
      assert.ok((await stream.totalUsage()).total_tokens > 0);
    });

    test('parallel tool calls and their results', async () => {
      const tools = [{ type: 'function', function: { name: 'get_weather', parameters } }];
      const request = ask('tool-calls-3', { tools });
      const whole = await openai().chat.completions.create(request);
      const streamed = await openai().chat.completions.stream(request).finalChatCompletion();
      for (const completion of [whole, streamed]) {
        const { message, finish_reason } = completion.choices[0];
        assert.equal(finish_reason, 'tool_calls');
        assert.equal(message.tool_calls.length, 3);
        assert.equal(new Set(message.tool_calls.map((call) => call.id)).size, 3);
        for (const call of message.tool_calls) assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Oslo' });
        const results = message.tool_calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'rain' })).reverse();
        const next = await openai().chat.completions.create(
          ask('echo', { tools, messages: [...request.messages, message, ...results, { role: 'user', content: 'so?' }] }));
        assert.ok(next.choices[0].message.content.length > 0);
      }
    });

    test('reasoning does not mix with the answer', async () => {
      const stream = openai().chat.completions.stream(ask('thinking', { reasoning_effort: 'low' }));
      const { message } = (await stream.finalChatCompletion()).choices[0];
      assert.equal(message.content, TEXT);
    });

    test('errors before and inside a stream', async () => {
      await assert.rejects(openai().chat.completions.create(ask('status-429-retry-after-3')), OpenAI.RateLimitError);
      await assert.rejects(
        openai().chat.completions.stream(ask('error-event-after-3')).finalChatCompletion(), OpenAI.APIError);
      await assert.rejects(openai().chat.completions.stream(ask('eof-after-3-events')).finalChatCompletion());
    });
  });
}

for (const [version, Client] of Object.entries({ '0.x': Anthropic0, '1.x': Anthropic })) {
  const anthropic = () => new Client({ baseURL: base, apiKey: KEY, maxRetries: 0 });
  for (const [name, prefix] of Object.entries(providers)) {
    describe(`anthropic ${version} -> ${name}`, () => {
      const ask = (script, more = {}) => ({
        model: prefix + script, max_tokens: 2048, system: 'be brief', messages: [{ role: 'user', content: TEXT }], ...more,
      });

      test('text, whole and streamed', async () => {
        const whole = await anthropic().messages.create(ask('echo'));
        const streamed = await anthropic().messages.stream(ask('echo')).finalMessage();
        for (const message of [whole, streamed]) {
          assert.equal(message.content[0].text, TEXT);
          assert.equal(message.stop_reason, 'end_turn');
          assert.ok(message.usage.input_tokens > 0 && message.usage.output_tokens > 0);
        }
      });

      test('thinking, parallel tool use and results', async () => {
        const request = ask('thinking+tool-calls-2', {
          thinking: { type: 'enabled', budget_tokens: 1024 },
          tools: [{ name: 'get_weather', input_schema: parameters }],
        });
        const whole = await anthropic().messages.create(request);
        const streamed = await anthropic().messages.stream(request).finalMessage();
        for (const message of [whole, streamed]) {
          assert.equal(message.stop_reason, 'tool_use');
          assert.equal(message.content[0].type, 'thinking');
          const uses = message.content.filter((block) => block.type === 'tool_use');
          assert.equal(uses.length, 2);
          for (const use of uses) assert.deepEqual(use.input, { city: 'Oslo' });
          const results = uses.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'rain' }));
          const next = await anthropic().messages.create({
            ...request,
            model: prefix + 'echo',
            messages: [...request.messages, { role: 'assistant', content: message.content }, { role: 'user', content: results }],
          });
          assert.equal(next.content.at(-1).type, 'text');
        }
      });

      test('tokens are counted', async () => {
        const { model, messages } = ask('echo');
        assert.ok((await anthropic().messages.countTokens({ model, messages })).input_tokens > 0);
      });

      test('errors before and inside a stream', async () => {
        await assert.rejects(anthropic().messages.create(ask('status-429-retry-after-3')), Client.RateLimitError);
        await assert.rejects(anthropic().messages.stream(ask('error-event-after-3')).finalMessage(), Client.APIError);
        await assert.rejects(anthropic().messages.stream(ask('eof-after-3-events')).finalMessage());
      });
    });
  }
}
