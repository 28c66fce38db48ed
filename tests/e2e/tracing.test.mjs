// Tests spans: one request is one trace through both programs, down to the database. A build without
// opentelemetry-cpp says that it has none.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Collector } from './collector.mjs';
import { get, post } from './http.mjs';
import { binaries } from './processes.mjs';
import { Socket } from './socket.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const run = promisify(execFile);
const PROGRAMS = {
  'ledgercast-transaction-service': ['--database', 'host=/nowhere', '--signing-key-file', '/nowhere'],
  'ledgercast-edge': ['--service', '127.0.0.1:1', '--relay-key-file', '/nowhere'],
};
const { stdout: help } = await run(join(binaries, 'ledgercast-edge'), ['--help']);
const isBuiltIn = !help.replaceAll(/\s+/g, ' ').includes('not in this build');

describe('a wrong flag is explained', () => {
  for (const [program, args] of Object.entries(PROGRAMS)) {
    test(`by ${program}`, async () => {
      const refusal = async (...flags) => {
        const { stderr, code } = await run(join(binaries, program), [...args, ...flags]).catch((error) => error);
        assert.notEqual(code, 0);
        return stderr;
      };
      assert.match(await refusal('--otlp-endpoint', 'collector:4317'), /--otlp-endpoint must be http:/);
      assert.match(await refusal('--trace-permille', '1001'), /--trace-permille must be 0 to 1000/);
      const rightOne = await refusal('--otlp-endpoint', 'http://127.0.0.1:4317');
      if (isBuiltIn) assert.doesNotMatch(rightOne, /otlp-endpoint/);
      else assert.match(rightOne, /this build cannot export spans.*opentelemetry-cpp-dev/);
    });
  }
});

if (isBuiltIn) {
  describe('spans', () => {
    let collector;
    let stack;

    before(async () => {
      collector = await new Collector().start();
      const flags = ['--otlp-endpoint', collector.endpoint, '--trace-permille', '0'];
      stack = await Stack.startWithAccounts(['ann', 'bob'], { serviceFlags: flags, edgeFlags: flags });
    });
    after(async () => {
      await stack?.stop();
      collector?.stop();
    });

    test('an HTTP request that is traced is one trace: edge, service, batch and statements, each within the other', async () => {
      const traceId = randomBytes(16).toString('hex');
      const caller = '00f067aa0ba902b7';
      const transfer = { id: randomUUID(), fromAccount: 'ann', toAccount: 'bob', amount: '5', description: 'nobody else’s business' };
      const headers = { traceparent: `00-${traceId}-${caller}-01` };
      const { status } = await post(stack.edge, '/v1/transactions', transfer, { token: await stack.token('ann'), headers });
      assert.equal(status, 201);
      const chain = ['POST /v1/transactions', 'call CreateTransaction', 'ledgercast.v1.TransactionService/CreateTransaction', 'posting batch', 'postgresql COMMIT'];
      const spans = await collector.trace(traceId, ...chain);
      let parent = caller;
      for (const name of chain) {
        const span = spans.get(name);
        assert.equal(span.parent, parent, name);
        assert.ok(span.tookNs > 0n && !span.isError, name);
        parent = span.id;
      }
      assert.deepEqual(chain.map((name) => spans.get(name).program), ['ledgercast-edge', 'ledgercast-edge', ...Array(3).fill('ledgercast-transaction-service')]);
      assert.equal(spans.get(chain[0]).attributes['http.response.status_code'], '201');
      assert.equal(spans.get('posting batch').attributes['ledgercast.transactions'], '1');
      const texts = JSON.stringify([...spans.values()], (key, value) => (typeof value === 'bigint' ? String(value) : value));
      assert.ok(!texts.includes('business') && !texts.includes(transfer.id), 'spans hold nothing that callers wrote');
    });

    test('a read that fails is an error only where it is ours, and its statements are spans', async () => {
      const traceId = randomBytes(16).toString('hex');
      const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
      const { status } = await get(stack.edge, `/v1/transactions/${randomUUID()}`, { token: await stack.token('ann'), headers });
      assert.equal(status, 404);
      const spans = await collector.trace(traceId, 'GET /v1/transactions/', 'postgresql SELECT');
      assert.equal(spans.get('GET /v1/transactions/').isError, false);
      assert.match(spans.get('postgresql SELECT').attributes['db.query.text'], /\$1/);
    });

    test('what nobody traces is not exported at 0 of 1,000', async () => {
      const before = collector.spans.length;
      await get(stack.edge, '/v1/accounts/ann', { token: await stack.token('ann') });
      const traceId = randomBytes(16).toString('hex');
      const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
      await get(stack.edge, '/v1/accounts/ann', { token: await stack.token('ann'), headers });
      await collector.trace(traceId, 'GET /v1/accounts/');
      assert.deepEqual([...new Set(collector.spans.slice(before).map((span) => span.traceId))], [traceId]);
    });

    test('requests of sockets begin traces, and a collector that is away holds up nobody', async () => {
      const flags = ['--otlp-endpoint', 'http://127.0.0.1:9'];
      const deaf = await stack.addEdge(stack.service, flags);
      const all = await stack.addEdge(stack.service, ['--otlp-endpoint', collector.endpoint]);
      for (const edge of [deaf, all]) {
        await edge.waitUntilReady();
        const socket = await new Socket(edge, { token: await stack.token('ann') }).opened();
        await socket.next('authenticated');
        socket.send('watch', { after: 'now' }, 1);
        await socket.next('watching');
        socket.send('createTransaction', { fromAccount: 'ann', toAccount: 'bob', amount: '1' }, 2);
        await socket.next('transactionCreated');
        await socket.close();
      }
      const begun = (name) => collector.spans.find((span) => span.name === name && span.parent === '');
      await waitUntil('the spans of the socket', () => begun('socket watch') && begun('socket createTransaction'), 10_000);
      const { traceId } = begun('socket createTransaction');
      await collector.trace(traceId, 'call CreateTransaction', 'posting batch');
    });
  });
}
