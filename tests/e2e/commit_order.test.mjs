// Two services post to one database. Watchers of both must see one order without a gap, whichever commits first, with
// NOTIFY and without.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { checkHistory, checkRecord, readHistory } from './history.mjs';
import { byRpc, postAll } from './posters.mjs';
import { RpcReader, SocketReader } from './readers.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const TRANSFERS_A_SERVICE = 1000;
const ROUNDS = 10;
const WAIT_TIMEOUT_MS = 15_000;

for (const flags of [[], ['--notify=false']]) {
  describe(`two services ${flags.join(' ')}`, () => {
    let stack;
    let clients;
    let adminToken;

    before(async () => {
      stack = await Stack.start();
      for (let n = 0; n < 2; n += 1) await (await stack.addService(flags)).waitUntilReady();
      await stack.makeAdmin();
      await stack.makeAccounts(['ann', 'bob'], 1_000_000);
      for (const service of stack.services) await (await stack.addEdge(service)).waitUntilReady();
      clients = stack.services.map((service) => stack.client(service));
      adminToken = await stack.token('admin');
    });
    after(() => stack?.stop());

    const token = () => stack.token('admin');

    function startReaders() {
      return stack.services.flatMap((service, index) => [
        new RpcReader(stack.client(service), { name: `stream of ${service.label}`, token }).start(),
        new SocketReader(stack.edges[index], { name: `socket of ${stack.edges[index].label}`, token }).start(),
      ]);
    }

    async function checkReaders(readers) {
      const history = await readHistory(stack.postgres);
      checkHistory(history);
      await Promise.all(readers.map(({ record }) => record.waitForSequence(history.length)));
      await Promise.all(readers.map((reader) => reader.stop()));
      for (const { record } of readers) checkRecord(record, history, { viewer: 'admin', isAdmin: true });
    }

    function postOne(client, fromAccount, toAccount) {
      return client.call('createTransaction', { id: randomUUID(), fromAccount, toAccount, amount: '1' }, { token: adminToken });
    }

    /** Returns how many sessions wait for a lock that another session holds. */
    async function waitingSessions() {
      const [[count]] = await stack.postgres.query(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
      );
      return Number(count);
    }

    const waitForWaiting = (count) =>
      waitUntil(`${count} sessions to wait for the lock`, async () => (await waitingSessions()) >= count, WAIT_TIMEOUT_MS);

    /** Posts by the clients in `order` while `lock` is held, each after the one before waits for the lock. */
    async function postBehind(lock, order) {
      const session = stack.postgres.openSession();
      await session.run(`BEGIN; ${lock}`);
      const posted = [];
      for (const [index, client] of order.entries()) {
        posted.push(postOne(client, ...(index === 0 ? ['ann', 'bob'] : ['bob', 'ann'])));
        await waitForWaiting(index + 1);
      }
      await session.run('COMMIT');
      await session.close();
      const sequences = (await Promise.all(posted)).map(({ sequence }) => Number(sequence));
      assert.equal(new Set(sequences).size, sequences.length);
    }

    test('both post at once: one order, without a gap', async () => {
      const readers = startReaders();
      await Promise.all(
        clients.map((client, index) =>
          postAll({
            count: TRANSFERS_A_SERVICE,
            width: 16,
            way: byRpc(client, adminToken),
            next: () => ({ fromAccount: index === 0 ? 'ann' : 'bob', toAccount: index === 0 ? 'bob' : 'ann', amount: '1' }),
            acknowledged: () => {},
          }),
        ),
      );
      await checkReaders(readers);
    });

    test('both queue behind whoever holds the ledger, in either order', async () => {
      const readers = startReaders();
      for (let round = 0; round < ROUNDS; round += 1) {
        await postBehind('SELECT lock_ledger()', round % 2 === 0 ? clients : [...clients].reverse());
      }
      await checkReaders(readers);
    });

    test('one holds the head and cannot write yet while the other queues', async () => {
      const readers = startReaders();
      for (let round = 0; round < ROUNDS; round += 1) {
        await postBehind('LOCK TABLE transactions IN SHARE MODE', round % 2 === 0 ? clients : [...clients].reverse());
      }
      await checkReaders(readers);
    });

    test('a transfer through one service is seen at the other without anything else happening', async () => {
      const readers = startReaders();
      const { id } = await postOne(clients[0], 'ann', 'bob');
      await Promise.all(readers.map(({ record }) => record.waitForRow(id)));
      await checkReaders(readers);
    });

    test('the same id through both services at once is posted once', async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const request = { id: randomUUID(), fromAccount: 'ann', toAccount: 'bob', amount: '1' };
        const answers = await Promise.all(clients.map((client) => client.call('createTransaction', request, { token: adminToken })));
        assert.deepEqual(answers[0], answers[1]);
      }
      checkHistory(await readHistory(stack.postgres));
    });

    test('what one service posted counts in the other’s decisions', async () => {
      const balance = Number((await clients[0].call('getAccount', { name: 'ann' }, { token: adminToken })).balance);
      const all = { fromAccount: 'ann', toAccount: 'bob', amount: String(balance) };
      await clients[0].call('createTransaction', { id: randomUUID(), ...all }, { token: adminToken });
      await assert.rejects(clients[1].call('createTransaction', { id: randomUUID(), ...all }, { token: adminToken }), {
        reason: 'INSUFFICIENT_FUNDS',
      });
      await clients[1].call('createTransaction', { id: randomUUID(), ...all, fromAccount: 'bob', toAccount: 'ann' }, { token: adminToken });
      await clients[0].call('createTransaction', { id: randomUUID(), ...all }, { token: adminToken });
      checkHistory(await readHistory(stack.postgres));
    });
  });
}
