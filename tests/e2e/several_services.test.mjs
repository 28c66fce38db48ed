// One edge before two replicas of the service: either of them may end.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkHistory, checkRecord, readHistory } from './history.mjs';
import { byHttp, postAll } from './posters.mjs';
import { runProgram } from './processes.mjs';
import { SocketReader } from './readers.mjs';
import { Stack } from './stack.mjs';

const ROUND_TRANSFERS = 40;
const CATCH_UP_TIMEOUT_MS = 60_000;

let stack;

before(async () => {
  stack = await Stack.start();
  const services = [await stack.addService(), await stack.addService()];
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

test('what cannot be a list of services is refused at the start', async () => {
  for (const service of ['localhost:1,localhost:2', '127.0.0.1:1,[::1]:1', '127.0.0.1:1,', '127.0.0.1,127.0.0.1:1']) {
    const started = runProgram('ledgercast-edge', ['--service', service, '--relay-key-file', `${stack.folder}/relay.pem`]);
    await assert.rejects(started, { code: 1, stderr: /--service: several addresses are IP:PORT/ }, service);
  }
});
