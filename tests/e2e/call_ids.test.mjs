// Tests that a call can be traced by its ids: from the HTTP request through the edge to the service's log.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { get, post } from './http.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

let stack;

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob'], { serviceFlags: ['--access-log'] });
});
after(() => stack?.stop());

const linesOf = (program) => readFileSync(program.logFile, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));

/** Returns the service's log line about the call with that request id. */
async function lineOf(requestId) {
  return waitUntil(`a line about ${requestId}`, () => linesOf(stack.service).find((line) => line.request_id === requestId), 10_000);
}

test('what an HTTP request brings is in the line of the call, and comes back', async () => {
  const traceId = randomBytes(16).toString('hex');
  const headers = { 'x-request-id': 'my-request', traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  const token = await stack.token('ann');
  const answer = await post(stack.edge, '/v1/transactions', { fromAccount: 'ann', toAccount: 'bob', amount: '5' }, { token, headers });
  assert.equal(answer.status, 201);
  assert.equal(answer.headers.get('x-request-id'), 'my-request');
  const line = await lineOf('my-request');
  assert.equal(line.trace_id, traceId);
  assert.equal(line.method, 'ledgercast.v1.TransactionService/CreateTransaction');
  assert.equal(line.code, 'OK');
  assert.equal(line.subject, 'ann');
  assert.ok(line.duration_ms > 0);
});

test('a request without ids gets them, one with bad ones gets others', async () => {
  const token = await stack.token('ann');
  for (const headers of [{}, { 'x-request-id': 'two words', traceparent: '00-nonsense' }]) {
    const answer = await get(stack.edge, '/v1/accounts/ann', { token, headers });
    const id = answer.headers.get('x-request-id');
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.match((await lineOf(id)).trace_id, /^[0-9a-f]{32}$/);
  }
});

test('a refusal is found by the id that its answer carries', async () => {
  const answer = await get(stack.edge, '/v1/accounts/bob', { token: await stack.token('ann') });
  assert.equal(answer.status, 403);
  const line = await lineOf(answer.headers.get('x-request-id'));
  assert.deepEqual([line.code, line.reason, line.level], ['PERMISSION_DENIED', 'NOT_ALLOWED', 'info']);
});

test('every line of both logs is a JSON object, without tokens or passwords', async () => {
  const token = await stack.token('ann');
  for (const program of [stack.service, stack.edge]) {
    for (const line of linesOf(program)) {
      for (const member of ['time', 'level', 'program', 'message']) assert.ok(line[member], JSON.stringify(line));
    }
    const text = readFileSync(program.logFile, 'utf8');
    for (const secret of [token, 'of the tests']) assert.ok(!text.includes(secret));
  }
});

test('each program tells the settings in force as it starts, and no password', async () => {
  const database = `${stack.postgres.conninfo} password='s3cret'`;
  const service = await stack.addService(['--max-watches-per-caller=7'], { database });
  await service.waitUntilReady();
  const settingsOf = (program) => linesOf(program).filter(({ message }) => message === 'settings');
  const [ofService, ...more] = settingsOf(service);
  assert.deepEqual(more, []);
  assert.equal(ofService.level, 'info');
  assert.equal(ofService.max_watches_per_caller, '7');
  assert.equal(ofService.access_log, 'false');
  assert.equal(ofService.issuer, 'ledgercast');
  assert.match(ofService.database, /dbname='\w+'.*password='\*\*\*'|password='\*\*\*'.*dbname='\w+'/);
  assert.ok(!readFileSync(service.logFile, 'utf8').includes('s3cret'));
  const [ofEdge] = settingsOf(stack.edge);
  assert.equal(ofEdge.service, stack.service.address);
  assert.equal(ofEdge.max_sockets, '100000');
});
