// Tests that sockets and event streams which stop reading cost the edge no memory and lose nothing.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { checkRecord, readHistory } from './history.mjs';
import { byRpc, postAll } from './posters.mjs';
import { EventsReader, SocketReader } from './readers.mjs';
import { gaugeOf, readMetrics } from './exposition.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const MEGABYTE = 1 << 20;
// Each transfer takes about 10 kB: 55 MB for each socket that reads.
const TRANSFERS = 5000;
const METADATA = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`key-${n}`, 'x'.repeat(500)]));
const FRAMES_BYTES_MIN = 50 * MEGABYTE;
// Number of slow sockets of each of the two kinds.
const SLOW_SOCKETS = 3;
// Number of transactions that the edge keeps, so that its memory reaches its limit before the measurement.
const RING_TRANSACTIONS = 512;
const RSS_GROWTH_BYTES_MAX = 64 * MEGABYTE;
const CATCH_UP_TIMEOUT_MS = 120_000;

let stack;

async function startStack(...edgeFlags) {
  const flags = ['--ring-transactions', String(RING_TRANSACTIONS)];
  stack = await Stack.startWithAccounts(['ann'], { points: 0, serviceFlags: flags, edgeFlags: [...flags, ...edgeFlags] });
}

afterEach(async () => {
  await stack?.stop();
  stack = undefined;
});

const token = () => stack.token('admin');

async function postTransfers(count) {
  await postAll({
    count,
    width: 32,
    way: byRpc(stack.client(), await token()),
    next: () => ({ fromAccount: 'admin', toAccount: 'ann', amount: '1', metadata: METADATA }),
    acknowledged: () => {},
  });
  return (await readHistory(stack.postgres)).length;
}

/** Starts one reader of each transport that can stop reading, from now on. */
async function startEachKind() {
  const readers = [SocketReader, EventsReader].map((Reader) => new Reader(stack.edge, { name: `slow ${Reader.name}`, token, after: 'now' }).start());
  await Promise.all(readers.map((reader) => reader.record.waitFor('the answer to watch', () => reader.watching)));
  return readers;
}

test('a socket that stops reading for a while loses nothing, and the edge’s memory stays bounded', async (t) => {
  await startStack();
  const reading = new SocketReader(stack.edge, { name: 'reading socket', token }).start();
  await reading.record.waitForSequence(await postTransfers(2 * RING_TRANSACTIONS));

  const slow = (await Promise.all(Array.from({ length: SLOW_SOCKETS }, startEachKind))).flat();
  const start = reading.record.sequence;
  for (const reader of slow) reader.pause();

  const rssBefore = stack.edge.rssBytes();
  let bytes = 0;
  reading.socket.webSocket.on('message', (message) => (bytes += message.length));
  const head = await postTransfers(TRANSFERS);
  await reading.record.waitForSequence(head, CATCH_UP_TIMEOUT_MS);
  const growth = stack.edge.rssBytes() - rssBefore;
  t.diagnostic(`${Math.round(bytes / MEGABYTE)} MB went to the reading socket; the edge grew by ${Math.round(growth / MEGABYTE)} MB`);
  assert.ok(bytes >= FRAMES_BYTES_MIN, `only ${bytes} bytes`);
  assert.ok(growth < RSS_GROWTH_BYTES_MAX, `the edge grew by ${growth} bytes`);

  for (const reader of slow) reader.resume();
  await Promise.all(slow.map(({ record }) => record.waitForSequence(head, CATCH_UP_TIMEOUT_MS)));
  const history = await readHistory(stack.postgres);
  await Promise.all([reading, ...slow].map((reader) => reader.stop()));
  checkRecord(reading.record, history, { viewer: 'admin', isAdmin: true });
  for (const { record } of slow) checkRecord(record, history, { viewer: 'admin', isAdmin: true, after: start });
  const after = stack.edge.rssBytes() - rssBefore;
  assert.ok(after < RSS_GROWTH_BYTES_MAX, `the edge grew by ${after} bytes while the slow sockets caught up`);
});

test('one that stays stuck for longer than it may is let go, and comes back with its cursor to the rest', async () => {
  await startStack('--slow-socket-timeout-ms=1000');
  const slow = await startEachKind();
  const start = slow[0].record.sequence;
  for (const reader of slow) reader.pause();
  const head = await postTransfers(TRANSFERS / 2);
  for (const gauge of ['ledgercast_edge_sockets', 'ledgercast_edge_event_streams']) {
    await waitUntil(`${gauge} to be 0`, async () => (await gaugeOf(stack.edge, gauge)) === 0, CATCH_UP_TIMEOUT_MS);
  }
  const closes = (await readMetrics(stack.edge)).get('ledgercast_edge_closes_total').samples;
  assert.equal(closes.find(({ labels }) => labels.code === '4409').value, 1);

  for (const reader of slow) reader.resume();
  await Promise.all(slow.map(({ record }) => record.waitForSequence(head, CATCH_UP_TIMEOUT_MS)));
  const history = await readHistory(stack.postgres);
  await Promise.all(slow.map((reader) => reader.stop()));
  for (const { record } of slow) checkRecord(record, history, { viewer: 'admin', isAdmin: true, after: start });
});
