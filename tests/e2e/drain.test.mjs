// An edge that stops sends its clients away one after the other, each with its cursor and its own time to come back.
// So they do not all arrive elsewhere at once. It must not take longer than its limits.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { Events, queryOf } from './events.mjs';
import { gaugeOf } from './exposition.mjs';
import { get } from './http.mjs';
import { parseCursor } from './record.mjs';
import { Socket } from './socket.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const SOCKETS = 300;
const DRAIN_MS = 3_000;
const SPREAD_MS = 4_000;
const WAIT_TIMEOUT_MS = 20_000;

let stack;
afterEach(() => stack?.stop());

async function openWatching(token) {
  const socket = await new Socket(stack.edge, { token }).opened();
  await socket.next('authenticated');
  socket.send('watch', { after: 'now' });
  await socket.next('watching');
  return socket;
}

/** Returns the largest share of `times` within any `windowMs`. */
function largestShare(times, windowMs) {
  const sorted = times.toSorted((a, b) => a - b);
  const within = sorted.map((time, index) => sorted.findIndex((later, at) => at > index && later > time + windowMs) - index);
  return Math.max(...within.map((count) => count / times.length));
}

test(`${SOCKETS} sockets are sent away over a while, with their cursors, and asked back over a while`, async (t) => {
  stack = await Stack.startWithAccounts(['ann'], { edgeFlags: [`--drain-timeout-ms=${DRAIN_MS}`, `--reconnect-spread-ms=${SPREAD_MS}`] });
  const token = await stack.token('admin');
  const sockets = [];
  while (sockets.length < SOCKETS) sockets.push(...(await Promise.all(Array.from({ length: 50 }, () => openWatching(token)))));
  const events = new Events(stack.edge, { token, after: 'now' });
  await events.next('watching');
  const poll = get(stack.edge, `/v1/poll${queryOf({ after: 'now', wait: 25 })}`, { token });
  await waitUntil('the poll to wait', async () => (await gaugeOf(stack.edge, 'ledgercast_edge_polls')) === 1, WAIT_TIMEOUT_MS);
  const { sequence } = await stack.client().call('createTransaction', { id: randomUUID(), fromAccount: 'admin', toAccount: 'ann', amount: '1' }, { token });
  await Promise.all(sockets.map((socket) => socket.next('transactions')));
  assert.equal((await poll).body.transactions.length, 1);

  const away = sockets.map(async (socket) => {
    const { data } = await socket.next('goingAway');
    const leaves = Date.now();
    const { code } = await socket.closing();
    return { code, leaves, returns: leaves + Number(data.reconnectAfterMs), cursor: data.cursor };
  });
  const stopped = stack.edge.stop();
  const ends = await Promise.all(away);
  const goingAway = await events.next('goingAway');
  await events.ended();
  await stopped;
  stack.edge.start();
  await stack.edge.waitUntilReady();
  for (const { code, cursor } of [...ends, { code: 1001, cursor: goingAway.data.cursor }]) {
    assert.equal(code, 1001);
    assert.equal(parseCursor(cursor).sequence, Number(sequence));
  }
  const leaving = largestShare(ends.map(({ leaves }) => leaves), DRAIN_MS / 10);
  const returning = largestShare(ends.map(({ returns }) => returns), SPREAD_MS / 10);
  t.diagnostic(`of ${SOCKETS}, at most ${Math.round(leaving * 100)} % left within ${DRAIN_MS / 10} ms, ${Math.round(returning * 100)} % come back within ${SPREAD_MS / 10} ms`);
  assert.ok(leaving < 0.4, `${leaving} left at once`);
  assert.ok(returning < 0.4, `${returning} come back at once`);
});

test('connections above the limits are refused with a reason, and let in once there is room', async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob'], { edgeFlags: ['--max-sockets-per-subject=2', '--max-sockets-per-address=4'] });
  const [ann, bob] = [await stack.token('ann'), await stack.token('bob')];
  const first = [await openWatching(ann), await openWatching(ann)];
  const third = new Socket(stack.edge, { token: ann });
  const { error } = await third.next('error');
  assert.deepEqual([error.code, error.reason], ['RESOURCE_EXHAUSTED', 'TOO_BUSY']);
  assert.equal((await third.closing()).code, 4429);
  const poll = await get(stack.edge, '/v1/poll?wait=0', { token: ann });
  assert.deepEqual([poll.status, poll.body.error.reason], [429, 'TOO_BUSY']);

  const others = [await openWatching(bob), await openWatching(bob)];
  assert.equal(await new Socket(stack.edge, { token: bob }).refusal(), 429);
  await first[0].close();
  await others[0].close();
  const again = () => openWatching(ann).then((socket) => first.push(socket), () => false);
  await waitUntil('room for another one', again, WAIT_TIMEOUT_MS);
  for (const socket of [...first, ...others]) await socket.close();
});
