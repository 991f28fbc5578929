// Node's fetch (undici) and its http module: node clients.mjs BASE KEY
import assert from 'node:assert/strict';
import http from 'node:http';

const [base, key] = process.argv.slice(2);
const url = `${base}/v1/chat/completions`;
const headers = (more = {}) => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json', ...more });
const body = (content = 'hello', stream = false, script = 'echo') =>
  JSON.stringify({ model: `gpt-x/${script}`, stream, messages: [{ role: 'user', content }] });
const big = 'x'.repeat(10 << 20);

const post = (data, more, target = url) => fetch(target, { method: 'POST', headers: headers(more), body: data });

function request(data, more, agent) {
  return new Promise((resolve, reject) => {
    const req = http.request(url, { method: 'POST', headers: headers(more), agent }, (res) => {
      const parts = [];
      res.on('data', (part) => parts.push(part));
      res.on('end', () => resolve({ status: res.statusCode, text: Buffer.concat(parts).toString(), reused: req.reusedSocket }));
      res.on('error', reject);
    });
    req.on('error', reject);
    req.end(data);
  });
}

const cases = {
  'fetch whole, kept alive': async () => {
    for (let i = 0; i < 30; i++) {
      const answer = await post(body(`n ${i}`));
      assert.equal(answer.status, 200);
      assert.equal((await answer.json()).choices[0].message.content, `n ${i}`);
    }
  },
  'fetch streamed': async () => {
    const answer = await post(body('one two three', true));
    assert.match(await answer.text(), /data: \[DONE\]\n\n$/);
  },
  'fetch early errors': async () => {
    assert.equal((await post(body(big), { authorization: 'Bearer wrong' })).status, 401);
    assert.equal((await post(body(big), { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await post(body(), {}, `${base}/v1/nothing`)).status, 404);
    const form = new FormData();
    form.append('a', 'b');
    assert.equal((await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: form })).status, 415);
    assert.equal((await fetch(url, { headers: headers() })).status, 405);
  },
  'fetch too large': async () => assert.equal((await post(body('x'.repeat(33 << 20)))).status, 413),
  'fetch upload of 10 MiB': async () => {
    const answer = await post(body(big, false, 'tokens-3'));
    assert.equal(answer.status, 200);
    await answer.json();
  },
  'fetch chunked upload': async () => {
    const stream = new Blob([body(big, false, 'tokens-3')]).stream();
    const answer = await fetch(url, { method: 'POST', headers: headers(), body: stream, duplex: 'half' });
    assert.equal(answer.status, 200);
  },
  'fetch HEAD': async () => {
    const answer = await fetch(`${base}/health`, { method: 'HEAD' });
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), '');
  },
  'http module, kept alive': async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    let reused = 0;
    for (let i = 0; i < 20; i++) {
      const answer = await request(body(), {}, agent);
      assert.equal(answer.status, 200);
      reused += answer.reused ? 1 : 0;
    }
    agent.destroy();
    assert.equal(reused, 19);
  },
  'http module, chunked and early': async () => {
    assert.equal((await request(body(big, false, 'tokens-3'), { 'transfer-encoding': 'chunked' })).status, 200);
    assert.equal((await request(body(big), { authorization: 'Bearer wrong' })).status, 401);
  },
};
for (const [name, run] of Object.entries(cases)) {
  try {
    await run();
    console.log(`ok node ${name}`);
  } catch (error) {
    console.log(`FAILED node ${name}: ${error} ${error.cause ?? ''}`);
  }
}
