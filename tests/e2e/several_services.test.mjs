// Tests one edge with two replicas of the service, either of which may end.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readMetrics } from './exposition.mjs';
import { checkHistory, checkRecord, readHistory } from './history.mjs';
import { post } from './http.mjs';
import { byHttp, postAll } from './posters.mjs';
import { runProgram } from './processes.mjs';
import { SocketReader } from './readers.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const ROUND_TRANSFERS = 40;
const LANES = 16;
// Number of requests; each replica gets every second one.
const ASKED_IN_TURN = 6;
// Time that a load balancer would need to notice. The edge is told at once.
const DRAIN_DELAY_MS = 4_000;
const CATCH_UP_TIMEOUT_MS = 60_000;

let stack;

before(async () => {
  stack = await Stack.start();
  const services = [];
  for (const delayMs of [DRAIN_DELAY_MS, 0]) services.push(await stack.addService(['--drain-delay-ms', String(delayMs)]));
  for (const service of services) await service.waitUntilReady();
  await stack.makeAdmin();
  await stack.makeAccounts(['ann', 'bob'], 1000);
  const edge = await stack.addEdge({ address: services.map(({ address }) => address).join(',') });
  await edge.waitUntilReady();
});
after(() => stack?.stop());

async function postSome() {
  const way = byHttp(stack.edge, await stack.token('ann'));
  const next = () => ({ fromAccount: 'ann', toAccount: 'bob', amount: '1' });
  await postAll({ count: ROUND_TRANSFERS, width: 4, way, next, acknowledged: () => {} });
}

test('transfers and watches go on while either service is away', async () => {
  const token = await stack.token('admin');
  const reader = new SocketReader(stack.edge, { name: 'socket of admin', token: async () => token }).start();
  await postSome();
  for (const service of stack.services) {
    await service.kill();
    await postSome();
    const { length } = await readHistory(stack.postgres);
    await reader.record.waitForSequence(length, CATCH_UP_TIMEOUT_MS);
    service.start();
    await service.waitUntilReady();
  }
  const history = await readHistory(stack.postgres);
  checkHistory(history);
  assert.equal(history.length, 2 + 3 * ROUND_TRANSFERS);
  await reader.stop();
  checkRecord(reader.record, history, { viewer: 'admin', isAdmin: true });
  assert.equal(reader.connections, 1, 'the socket stayed');
});

/** Posts over HTTP until `service` has ended by itself, starts it again, and returns how often each status came. */
async function statusesWhileItStops(service) {
  const token = await stack.token('admin');
  const statuses = {};
  let hasEnded = false;
  const lane = async () => {
    while (!hasEnded) {
      const { status } = await post(stack.edge, '/v1/transactions', { fromAccount: 'admin', toAccount: 'ann', amount: '1' }, { token });
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  const lanes = Promise.all(Array.from({ length: LANES }, lane));
  await service.stop();
  hasEnded = true;
  await lanes;
  service.start();
  await service.waitUntilReady();
  return statuses;
}

/** Returns how many transfers a service was asked to post. It has no such metric before the first one. */
async function postings(service) {
  const { samples } = (await readMetrics(service)).get('ledgercast_rpc_duration_seconds') ?? { samples: [] };
  const counts = samples.filter(({ name, labels }) => name.endsWith('_count') && labels.method.endsWith('/CreateTransaction'));
  return counts.reduce((sum, { value }) => sum + value, 0);
}

/** Posts a few transfers through the edge, and returns how many each service got. */
async function askInTurn() {
  const token = await stack.token('admin');
  const count = () => Promise.all(stack.services.map(postings));
  const before = await count();
  for (let n = 0; n < ASKED_IN_TURN; n += 1) {
    const { status } = await post(stack.edge, '/v1/transactions', { fromAccount: 'admin', toAccount: 'ann', amount: '1' }, { token });
    assert.equal(status, 201);
  }
  return (await count()).map((after, index) => after - before[index]);
}

/** Waits until the edge has connections to all services. */
async function waitUntilAllAreAsked() {
  await waitUntil('the edge to ask them all', async () => (await askInTurn()).every((asked) => asked > 0), CATCH_UP_TIMEOUT_MS);
}

test('a service that is told to stop gets no more requests from the edge while it still serves', async () => {
  const [service] = stack.services;
  await waitUntilAllAreAsked();
  const stopped = service.stop();
  await waitUntil('the edge to ask the other one only', async () => {
    const [asked] = await askInTurn();
    return asked === 0;
  }, DRAIN_DELAY_MS);
  await stopped;
  service.start();
  await service.waitUntilReady();
});

test('of a service that leaves no time to notice, what fails may be tried again', async (t) => {
  await waitUntilAllAreAsked();
  const statuses = await statusesWhileItStops(stack.services[1]);
  t.diagnostic(JSON.stringify(statuses));
  assert.deepEqual(Object.keys(statuses).filter((status) => status !== '201' && status !== '503'), []);
});

test('what cannot be a list of services is refused at the start', async () => {
  for (const service of ['localhost:1,localhost:2', '127.0.0.1:1,[::1]:1', '127.0.0.1:1,', '127.0.0.1,127.0.0.1:1']) {
    const started = runProgram('ledgercast-edge', ['--service', service, '--relay-key-file', `${stack.folder}/relay.pem`]);
    await assert.rejects(started, { code: 2, stderr: /^--service must be .* several IP:PORT/ }, service);
  }
});
