// Tests the balance at the start of a watch. The service is asked for it once, and it must still be right.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readMetrics } from './exposition.mjs';
import { Socket } from './socket.mjs';
import { Stack } from './stack.mjs';

let stack;
let token;

before(async () => {
  // The edge starts with an empty ring, so it knows no balance of these accounts.
  stack = await Stack.startWithAccounts(['ann', 'bob', 'cid']);
  token = await stack.token('ann');
});
after(() => stack?.stop());

const transfer = async (fromAccount, toAccount) =>
  stack.client().call('createTransaction', { fromAccount, toAccount, amount: '1' }, { token: await stack.token('admin') });

async function callsOf(method) {
  const { samples } = (await readMetrics(stack.service)).get('ledgercast_rpc_duration_seconds');
  const counts = samples.filter(({ name, labels }) => name.endsWith('_count') && Object.values(labels).some((value) => value.endsWith(method)));
  return counts.reduce((sum, { value }) => sum + value, 0);
}

async function balanceAtStart() {
  const socket = await new Socket(stack.edge, { token }).opened();
  socket.send('watch', { after: 'now' });
  const { balances } = (await socket.next('watching')).data;
  await socket.next('transactions');
  await socket.close();
  return balances.ann;
}

test('a watch that comes back costs the service no call', async () => {
  const before = await callsOf('GetAccount');
  assert.equal(await balanceAtStart(), '1000');
  assert.equal(await callsOf('GetAccount'), before + 1);
  for (let n = 0; n < 5; n += 1) {
    await transfer('bob', 'cid');
    assert.equal(await balanceAtStart(), '1000');
  }
  assert.equal(await callsOf('GetAccount'), before + 1);
});
