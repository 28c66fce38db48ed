// PostgreSQL's primary is lost and its standby takes over, while clients post and watch through two replicas of the
// service. With a synchronous standby clients only have to wait. If the standby lacks the last commits, everyone who
// had seen them is told.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, describe, test } from 'node:test';
import { checkReaders } from './check_readers.mjs';
import { ClusterPair } from './clusters.mjs';
import { checkHashes, checkHistory, checkRecord, readHistory } from './history.mjs';
import { byRpc, postAll } from './posters.mjs';
import { RpcReader, SocketReader } from './readers.mjs';
import { parseCursor } from './record.mjs';
import { Socket } from './socket.mjs';
import { Stack } from './stack.mjs';
import { waitUntil, within } from './waiting.mjs';

const SOAK = process.env.LEDGERCAST_SOAK !== undefined;
const TRANSFERS_A_FAILOVER = SOAK ? 20_000 : 1_500;
const ROUNDS = SOAK ? 20 : 1;
const LANES = 16;
const SERVICES = 2;
const WAIT_TIMEOUT_MS = 60_000;
const POINTS = 1_000_000;
// Short, so that a primary which does not answer is soon given up.
const FLAGS = ['--statement-timeout-ms=1000'];

let stack;
const token = () => stack.token('admin');

async function startStack() {
  stack = await Stack.start((folder) => new ClusterPair(folder));
  for (let n = 0; n < SERVICES; n += 1) await (await stack.addService(FLAGS)).waitUntilReady();
  await stack.makeAdmin();
  await stack.makeAccounts(['ann', 'bob'], POINTS);
  for (const service of stack.services) await (await stack.addEdge(service)).waitUntilReady();
}

afterEach(async () => {
  await stack?.stop();
  stack = undefined;
});

function startReaders() {
  return stack.services.flatMap((service, index) => [
    { viewer: 'admin', isAdmin: true, reader: new RpcReader(stack.client(service), { name: `stream of ${service.label}`, token }) },
    { viewer: 'admin', isAdmin: true, reader: new SocketReader(stack.edges[index], { name: `socket of ${stack.edges[index].label}`, token }) },
    { viewer: 'ann', reader: new SocketReader(stack.edges[index], { name: `ann at ${stack.edges[index].label}`, token: () => stack.token('ann') }) },
  ]).map((each) => ({ ...each, reader: each.reader.start() }));
}

const between = () => (Math.random() < 0.5 ? { fromAccount: 'ann', toAccount: 'bob', amount: '1' } : { fromAccount: 'bob', toAccount: 'ann', amount: '1' });

/** Posts `count` transfers through all services. Calls `onAcknowledged` with each and the number so far. */
async function postThroughAll(count, onAcknowledged) {
  let acknowledged = 0;
  await Promise.all(
    stack.services.map(async (service, index) =>
      postAll({
        count: Math.floor((count + index) / SERVICES),
        width: LANES,
        way: byRpc(stack.client(service), await token()),
        next: between,
        acknowledged: (transfer) => onAcknowledged(transfer, ++acknowledged),
      }),
    ),
  );
}

function checkAcknowledged(acknowledged, history) {
  const byId = new Map(history.map((row) => [row.id, row]));
  for (const { id, sequence } of acknowledged) assert.equal(byId.get(id)?.sequence, sequence, `acknowledged transfer ${id} is lost or moved`);
}

async function postOne(client, changes) {
  return client.call('createTransaction', { id: randomUUID(), ...between(), ...changes }, { token: await token() });
}

describe('a synchronous standby', () => {
  // The primary dies, or all its processes are suspended while its connections stay open.
  const LOSSES = ['kill', 'pause'];

  test(`takes over ${ROUNDS * LOSSES.length} times under load: nothing acknowledged is lost, no watcher goes back`, async (t) => {
    await startStack();
    const pair = stack.postgres;
    const readers = startReaders();
    const acknowledged = [];
    for (const loss of Array(ROUNDS).fill(LOSSES).flat()) {
      await pair.makeSynchronous();
      const started = Date.now();
      let failOver;
      await postThroughAll(TRANSFERS_A_FAILOVER, (transfer, count) => {
        acknowledged.push(transfer);
        if (count !== Math.floor(TRANSFERS_A_FAILOVER / 3)) return;
        failOver = pair.primary[loss]().then(() => pair.promote());
      });
      await failOver;
      t.diagnostic(`${TRANSFERS_A_FAILOVER} transfers around a ${loss} of the primary in ${Date.now() - started} ms`);
      await pair.standby.kill();
      await pair.rebuildStandby();
    }
    const history = await readHistory(pair);
    checkHistory(history);
    assert.equal(history.length, acknowledged.length + 2, 'the ledger holds what nobody was told of');
    checkAcknowledged(acknowledged, history);
    await checkReaders(readers, history, WAIT_TIMEOUT_MS);
    checkHashes(readers[1].reader.record);
  });

  test('that does not have a commit keeps it from being acknowledged, whatever becomes of the wait', async () => {
    await startStack();
    const pair = stack.postgres;
    await pair.makeSynchronous();
    await pair.standby.stop();
    const transfer = { id: randomUUID(), fromAccount: 'ann', toAccount: 'bob', amount: '7' };
    const post = async (service) =>
      stack.client(service).call('createTransaction', transfer, { token: await token(), timeoutMs: WAIT_TIMEOUT_MS });
    const answer = post(stack.services[0]).catch((error) => error);
    const waiting = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    await waitUntil('the commit to wait for the standby', async () => (await pair.query(`SELECT 1 ${waiting}`)).length > 0, WAIT_TIMEOUT_MS);
    // Cancelling the wait makes PostgreSQL report a success, although only the primary has the transaction.
    let cancelled = 0;
    const isSettled = within('the answer', answer, WAIT_TIMEOUT_MS).then(() => true);
    while (!(await Promise.race([isSettled, pair.query(`SELECT pg_cancel_backend(pid) ${waiting}`).then((rows) => (cancelled += rows.length) < 0)])));
    assert.ok(cancelled > 1, 'it was not tried to settle the commit');
    assert.equal((await pair.query(`SELECT sequence FROM transactions WHERE id = '${transfer.id}'`)).length, 1);
    assert.deepEqual([(await answer).code, (await answer).reason], ['UNAVAILABLE', 'DATABASE_UNAVAILABLE']);

    await pair.primary.kill();
    await pair.standby.start();
    await pair.promote();
    assert.deepEqual(await pair.query(`SELECT sequence FROM transactions WHERE id = '${transfer.id}'`), []);
    const answers = [await post(stack.services[0]), await post(stack.services[1])];
    assert.deepEqual(answers[0], answers[1]);
    checkHistory(await readHistory(pair));
  });
});

describe('a standby that lacks the last commits', () => {
  const KEPT = 20;
  const LOST = 10;

  /** Posts KEPT transfers that the standby has and LOST ones that it lacks, and promotes it. */
  async function loseCommits() {
    const pair = stack.postgres;
    const client = stack.client();
    for (let n = 0; n < KEPT; n += 1) await postOne(client);
    await pair.waitUntilReplicated();
    const readers = startReaders();
    await pair.standby.stop();
    const lost = [];
    for (let n = 0; n < LOST; n += 1) lost.push(await postOne(client));
    await Promise.all(readers.map(({ reader }) => reader.record.waitForSequence(Number(lost.at(-1).sequence), WAIT_TIMEOUT_MS)));
    return { readers, lost };
  }

  async function failOver() {
    const pair = stack.postgres;
    await pair.primary.kill();
    await pair.standby.start();
    await pair.promote();
  }

  const refusal = (cursor) => (error) => {
    assert.deepEqual([error.code, error.reason], ['OUT_OF_RANGE', 'CURSOR_UNKNOWN']);
    assert.equal(error.info.ledger, parseCursor(cursor).ledger);
    assert.equal(parseCursor(error.info.head).ledger, error.info.ledger);
    return true;
  };

  test('takes over: every watcher that saw them is told, before it is told anything else', async () => {
    await startStack();
    const { readers, lost } = await loseCommits();
    const sockets = await Promise.all(
      stack.edges.map(async (edge) => {
        const socket = await new Socket(edge, { token: await token() }).opened();
        socket.send('watch', { after: readers[0].reader.record.cursor }, 'first');
        await socket.next('watching');
        return socket;
      }),
    );
    await failOver();
    // More transfers than were lost are posted, so the lost sequences are used again.
    const client = stack.client();
    const again = await client.call('createTransaction', { ...lost.at(-1) }, { token: await token(), timeoutMs: WAIT_TIMEOUT_MS });
    assert.equal(Number(again.sequence), KEPT + 3, 'what was lost is not known any more');
    for (let n = 0; n < 2 * LOST; n += 1) await postOne(client);
    const history = await readHistory(stack.postgres);
    checkHistory(history);

    for (const { reader } of readers) {
      const ended = reader.record.waitFor('the end', () => false, WAIT_TIMEOUT_MS);
      if (reader instanceof RpcReader) await assert.rejects(ended, refusal(reader.record.cursor));
      else await assert.rejects(ended, /unexpected frame resync/);
      assert.equal(reader.record.sequence, Number(lost.at(-1).sequence));
      await reader.stop();
    }
    for (const socket of sockets) {
      // It is told that it has caught up, and gets no transaction of the other history.
      assert.deepEqual((await socket.next('transactions')).data.transactions ?? [], []);
      const { data, ...frame } = await socket.next('resync', 'transactions');
      assert.deepEqual([frame.state, data.reason], ['resync', 'CURSOR_UNKNOWN']);
      // The socket can still be used for a new beginning.
      socket.send('watch', { after: data.head }, 'second');
      assert.equal((await socket.next('watching', 'resync')).data.after, data.head);
      await socket.close();
    }
  });

  test('takes over: a cursor of the lost commits is refused for ever, one from before goes on', async () => {
    await startStack();
    const { readers } = await loseCommits();
    const lostCursor = readers[0].reader.record.cursor;
    await Promise.all(readers.map(({ reader }) => reader.stop()));
    const before = readers[0].reader.record;
    const keptSequence = Number(before.rows[KEPT].sequence);
    const keptCursor = [parseCursor(lostCursor).ledger, before.rows[KEPT].hash.slice(0, 16), keptSequence].join('.');
    await failOver();
    const client = stack.client();
    for (let n = 0; n < 3; n += 1) await client.call('createTransaction', { id: randomUUID(), ...between() }, { token: await token(), timeoutMs: WAIT_TIMEOUT_MS });

    const watchOnce = async (service, after) => {
      for await (const response of stack.client(service).watch({ after }, { token: await token() })) return response;
      return undefined;
    };
    const askBoth = async () => {
      for (const service of stack.services) await assert.rejects(watchOnce(service, lostCursor), refusal(lostCursor));
      for (const edge of stack.edges) {
        const socket = await new Socket(edge, { token: await token() }).opened();
        socket.send('watch', { after: lostCursor }, 'request');
        assert.equal((await socket.next('resync', 'watching')).state, 'resync');
        await socket.close();
      }
    };
    await askBoth();
    for (let n = 0; n < 2 * LOST; n += 1) await postOne(client);
    await askBoth();

    const history = await readHistory(stack.postgres);
    const late = stack.edges.map((edge) => new SocketReader(edge, { name: `socket of ${edge.label} from before`, token, after: keptCursor }).start());
    late.push(...stack.services.map((service) => new RpcReader(stack.client(service), { name: `stream of ${service.label} from before`, token, after: keptCursor }).start()));
    await Promise.all(late.map(({ record }) => record.waitForSequence(history.length, WAIT_TIMEOUT_MS)));
    await Promise.all(late.map((reader) => reader.stop()));
    for (const { record } of late) checkRecord(record, history, { viewer: 'admin', isAdmin: true, after: keptSequence });
  });
});
