// Tests a service that is told to stop. What it acknowledged stays, every call is answered, streams are told where to
// continue, and it ends in time.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import grpc from '@grpc/grpc-js';
import { post } from './http.mjs';
import { ServiceFront } from './service_front.mjs';
import { Stack } from './stack.mjs';
import { waitUntil, within } from './waiting.mjs';

const LANES = 32;
const DRAIN_TIMEOUT_MS = 5_000;
// The drain, the last answers, and the delays of a busy machine.
const STOP_MS_MAX = DRAIN_TIMEOUT_MS + 10_000;
const POSTED_BEFORE = 500;
// CANCELLED is gRPC's answer to calls that arrive at the moment it closes
// (https://github.com/grpc/grpc/issues/41785). Such a call was not begun.
const STOPPED_CODES = new Set(['UNAVAILABLE', 'CANCELLED']);

let stack;
let token;

before(async () => {
  stack = await Stack.startWithAccounts(['ann'], { serviceFlags: ['--drain-timeout-ms', String(DRAIN_TIMEOUT_MS)] });
  token = await stack.token('admin');
});
after(() => stack?.stop());

/** Posts one transfer after another until the service stops. */
async function postUntilStopped(client, acknowledged, failures) {
  for (;;) {
    const id = randomUUID();
    try {
      await client.call('createTransaction', { id, fromAccount: 'admin', toAccount: 'ann', amount: '1' }, { token });
      acknowledged.push(id);
    } catch (error) {
      failures.push(error);
      if (error.reason !== 'SHUTTING_DOWN') return;
    }
  }
}

test('SIGTERM under load loses nothing that was acknowledged and leaves no call without an answer', async (t) => {
  const acknowledged = [];
  const failures = [];
  const client = stack.client();
  const lanes = Array.from({ length: LANES }, () => postUntilStopped(client, acknowledged, failures));
  await waitUntil('transfers to be posted', () => acknowledged.length >= POSTED_BEFORE, 60_000);

  const started = Date.now();
  stack.service.child.kill('SIGTERM');
  const [code] = await within('the service to end', stack.service.ended, STOP_MS_MAX);
  t.diagnostic(`ended after ${Date.now() - started} ms, ${acknowledged.length} posted`);
  assert.equal(code, 0, stack.service.lastLog());
  await within('every call to be answered', Promise.all(lanes), 30_000);
  for (const error of failures) assert.ok(STOPPED_CODES.has(error.code), `${error.code} ${error.message}`);
  t.diagnostic(`answers: ${[...new Set(failures.map(({ code, reason }) => `${code} ${reason}`))].join(', ')}`);

  const rows = await stack.postgres.query('SELECT id FROM transactions');
  const kept = new Set(rows.map(([id]) => id));
  assert.deepEqual(acknowledged.filter((id) => !kept.has(id)), []);
  stack.service.start();
  await stack.service.waitUntilReady();
});

test('whoever posts by the edge in that moment is told to try again, as by any stop', async () => {
  const front = await ServiceFront.start(stack.service, { CreateTransaction: grpc.status.CANCELLED });
  const edge = await stack.addEdge(front);
  await edge.waitUntilReady();
  const { status, body } = await post(edge, '/v1/transactions', { fromAccount: 'admin', toAccount: 'ann', amount: '1' }, { token });
  assert.deepEqual([status, body.error.code, body.error.reason], [503, 'UNAVAILABLE', 'SERVICE_UNAVAILABLE']);
  await stack.removeEdge(edge);
  front.stop();
});

test('a stream is told where to go on, and goes on there', async () => {
  const client = stack.client();
  const responses = [];
  const ended = (async () => {
    for await (const response of client.watch({ after: '' }, { token })) responses.push(response);
  })().catch((error) => error);
  await waitUntil('the stream to be live', () => responses.at(-1)?.live, 30_000);
  await stack.service.stop();
  const error = await ended;
  assert.deepEqual([error.code, error.reason], ['UNAVAILABLE', 'SHUTTING_DOWN']);
  assert.equal(error.info.cursor, responses.at(-1).cursor);

  stack.service.start();
  await stack.service.waitUntilReady();
  const { sequence } = await stack.client().call('createTransaction', { fromAccount: 'admin', toAccount: 'ann', amount: '1' }, { token });
  for await (const { transactions } of stack.client().watch({ after: error.info.cursor }, { token })) {
    if (transactions.length === 0) continue;
    assert.deepEqual(transactions.map((transaction) => transaction.sequence), [sequence]);
    break;
  }
});

for (const signal of ['SIGTERM', 'SIGINT']) {
  test(`a second ${signal} ends it at once`, async () => {
    const patient = await stack.addService(['--drain-delay-ms', '600000']);
    await patient.waitUntilReady();
    patient.child.kill(signal);
    await waitUntil('it to say that it is stopping', async () => (await readiness(patient)).startsWith('SHUTTING_DOWN: '), 20_000);
    patient.child.kill(signal);
    const [code, by] = await within('it to end', once(patient.child, 'exit'), 5_000);
    assert.deepEqual([code, by], [null, signal]);
    stack.services.pop();
  });
}

async function readiness(program) {
  const response = await fetch(`http://127.0.0.1:${program.adminPort}/readyz`);
  return response.text();
}

test('readiness says why not', async () => {
  // Warnings may follow, about settings that only a test may have.
  assert.match(await readiness(stack.service), /^ok\n(warning: .+\n)*$/);
  await stack.postgres.kill();
  await waitUntil('it to notice', async () => (await readiness(stack.service)).startsWith('DATABASE_UNAVAILABLE: '), 20_000);
  await stack.postgres.start();
  await stack.service.waitUntilReady();
});
