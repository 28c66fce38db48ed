// The synchronous standby fails, and then the primary crashes and restarts. It now shows commits that only it has,
// and that were never acknowledged. Then the standby takes over without them.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { ClusterPair } from './clusters.mjs';
import { checkHashes, checkHistory, checkRecord, readHistory } from './history.mjs';
import { RpcReader, SocketReader } from './readers.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const WAIT_TIMEOUT_MS = 60_000;
const SESSIONS_THAT_WAIT = 5;
const FLAGS = ['--statement-timeout-ms=1000', '--tail-poll-ms=10'];

let stack;
after(() => stack?.stop());

test('no watcher is shown what the standby may not have', async () => {
  stack = await Stack.start((folder) => new ClusterPair(folder));
  const pair = stack.postgres;
  await (await stack.addService(FLAGS)).waitUntilReady();
  await stack.makeAdmin();
  await stack.makeAccounts(['ann', 'bob'], 1000);
  await (await stack.addEdge(stack.service)).waitUntilReady();
  await pair.makeSynchronous();
  const token = () => stack.token('admin');
  const readers = [
    new RpcReader(stack.client(), { name: 'a stream', token }),
    new SocketReader(stack.edge, { name: 'a socket', token }),
  ].map((reader) => reader.start());
  const post = async (id, timeoutMs) =>
    stack.client().call('createTransaction', { id, fromAccount: 'ann', toAccount: 'bob', amount: '1' }, { token: await token(), timeoutMs });
  const told = await post(randomUUID(), WAIT_TIMEOUT_MS);
  await Promise.all(readers.map(({ record }) => record.waitForSequence(Number(told.sequence), WAIT_TIMEOUT_MS)));

  await pair.standby.stop();
  const lost = randomUUID();
  const refused = assert.rejects(post(lost, 2_000));
  await waitUntil('the commit to wait for the standby', async () => (await pair.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'")).length > 0, WAIT_TIMEOUT_MS);
  await pair.primary.kill();
  await pair.primary.start();
  assert.equal((await pair.query(`SELECT 1 FROM transactions WHERE id = '${lost}'`)).length, 1, 'the primary shows it to whoever asks');
  await refused;
  // It is not acknowledged to a caller who repeats it either, although it is there on the primary.
  await assert.rejects(post(lost, WAIT_TIMEOUT_MS), ({ code }) => code === 'UNAVAILABLE');
  // Reads for watchers also wait for the standby first. They are repeated in vain.
  const waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE '%pg_logical_emit_message%'";
  const sessions = new Set();
  await waitUntil(
    'readers to wait for the standby, again and again',
    async () => {
      for (const [pid] of await pair.query(waiting)) sessions.add(pid);
      return sessions.size >= SESSIONS_THAT_WAIT;
    },
    WAIT_TIMEOUT_MS,
  );
  assert.match((await stack.service.readiness()).text, /^DATABASE_UNAVAILABLE: /);
  for (const { record } of readers) assert.equal(record.sequence, Number(told.sequence));

  await pair.primary.kill();
  await pair.standby.start();
  await pair.promote();
  await stack.service.waitUntilReady();
  const later = await post(randomUUID(), WAIT_TIMEOUT_MS);
  await Promise.all(readers.map(({ record }) => record.waitForSequence(Number(later.sequence), WAIT_TIMEOUT_MS)));
  await Promise.all(readers.map((reader) => reader.stop()));
  const history = await readHistory(pair);
  checkHistory(history);
  for (const { record } of readers) checkRecord(record, history, { viewer: 'admin', isAdmin: true });
  checkHashes(readers[1].record);
});
