// A service ends its clients' connections every second, so that they spread over replicas. No call may fail because
// of that, and no reader may miss anything.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readMetrics } from './exposition.mjs';
import { checkRecord, readHistory } from './history.mjs';
import { post } from './http.mjs';
import { RpcReader, SocketReader } from './readers.mjs';
import { Stack } from './stack.mjs';
import { within } from './waiting.mjs';

const RECONNECTS = 3;
const CATCH_UP_TIMEOUT_MS = 30_000;
const WAIT_MS_MAX = 60_000;

let stack;
const token = () => stack.token('admin');

before(async () => {
  const serviceFlags = ['--max-connection-age-seconds', '1', '--max-connection-age-grace-seconds', '1'];
  stack = await Stack.startWithAccounts(['ann'], { serviceFlags });
});
after(() => stack?.stop());

async function upstreamReconnects() {
  const family = (await readMetrics(stack.edge)).get('ledgercast_edge_upstream_reconnects_total');
  return family.samples[0].value;
}

/** Posts with `transfer` until the edge has reconnected to the service often enough. */
async function postMeanwhile(transfer) {
  while ((await upstreamReconnects()) < RECONNECTS) {
    for (let n = 0; n < 20; n += 1) await transfer();
  }
}

test('calls and readers outlive their connections', async () => {
  const readers = [
    new SocketReader(stack.edge, { name: 'socket', token }).start(),
    new RpcReader(stack.client(), { name: 'stream', token }).start(),
  ];
  const client = stack.client();
  const transfer = { fromAccount: 'admin', toAccount: 'ann', amount: '1' };
  const credentials = { token: await token() };
  const lanes = [
    postMeanwhile(async () => {
      const { status, body } = await post(stack.edge, '/v1/transactions', transfer, credentials);
      assert.equal(status, 201, JSON.stringify(body));
    }),
    postMeanwhile(() => client.call('createTransaction', transfer, credentials)),
  ];
  await within('the edge to come back to the service a few times', Promise.all(lanes), WAIT_MS_MAX);

  const history = await readHistory(stack.postgres);
  for (const { record } of readers) await record.waitForSequence(history.length, CATCH_UP_TIMEOUT_MS);
  for (const reader of readers) await reader.stop();
  for (const { record } of readers) checkRecord(record, history, { viewer: 'admin', isAdmin: true });
  assert.ok(readers[1].connections > 1, 'the stream was never cut off');
  assert.equal(readers[0].connections, 1, 'the socket noticed nothing');
});
