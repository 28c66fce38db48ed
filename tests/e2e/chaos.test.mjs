// Clients post while the service, the edge and PostgreSQL are killed at random. Nothing acknowledged may be lost and
// nothing may be there twice. Every reader must get exactly its rows, once and in order.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkHashes, checkHistory, checkRecord, readHistory } from './history.mjs';
import { byHttp, byRpc, postAll } from './posters.mjs';
import { pick, random, seed, shuffle } from './random.mjs';
import { EventsReader, PollReader, RpcReader, SocketReader } from './readers.mjs';
import { ADMIN, Stack } from './stack.mjs';

const SOAK = process.env.LEDGERCAST_SOAK !== undefined;
const TRANSFERS = Number(process.env.LEDGERCAST_CHAOS_TRANSFERS ?? (SOAK ? 300_000 : 10_000));
const KILLS_OF_EACH = Number(process.env.LEDGERCAST_CHAOS_KILLS ?? (SOAK ? 60 : 4));
const LANES_A_CLIENT = 16;
const CATCH_UP_TIMEOUT_MS = SOAK ? 600_000 : 120_000;
// Posters keep their first token, and a soak may take longer than a token is valid by default.
const LASTING_TOKENS = ['--access-token-seconds=14400'];
const MEMBERS = ['ann', 'bob', 'cid', 'dan', 'eve', 'fay'];

let stack;
const token = (name) => stack.token(name);

before(async () => {
  stack = await Stack.startWithAccounts(MEMBERS, { points: 1_000_000_000, serviceFlags: LASTING_TOKENS });
});
after(() => stack?.stop());

function startReaders() {
  const readers = [];
  const add = (viewer, reader) => readers.push({ viewer, isAdmin: viewer === 'admin', reader: reader.start() });
  for (const viewer of ['admin', 'admin', ...MEMBERS]) {
    add(viewer, new SocketReader(stack.edge, { name: `socket of ${viewer}`, token: () => token(viewer) }));
  }
  for (const viewer of ['admin', 'ann', 'bob']) {
    add(viewer, new EventsReader(stack.edge, { name: `events of ${viewer}`, token: () => token(viewer) }));
    add(viewer, new PollReader(stack.edge, { name: `polls of ${viewer}`, token: () => token(viewer) }));
  }
  for (const viewer of ['admin', ...MEMBERS.slice(0, 3)]) {
    add(viewer, new RpcReader(stack.client(), { name: `stream of ${viewer}`, token: () => token(viewer) }));
  }
  return readers;
}

const others = (name) => MEMBERS.filter((member) => member !== name);
const amount = () => String(1 + random(50));

/** Makes two clients of the admin over gRPC, and one client each of a member over gRPC and HTTP. */
async function postingClients() {
  const between = () => {
    const fromAccount = pick(MEMBERS);
    return { fromAccount, toAccount: pick(others(fromAccount)), amount: amount() };
  };
  const own = (fromAccount) => () => ({ fromAccount, toAccount: pick(others(fromAccount)), amount: amount(), description: `of ${fromAccount}` });
  return [
    { way: byRpc(stack.client(), await token('admin')), next: between },
    { way: byRpc(stack.client(), await token('admin')), next: between },
    { way: byRpc(stack.client(), await token('ann')), next: own('ann') },
    { way: byRpc(stack.client(), await token('bob')), next: own('bob') },
    { way: byHttp(stack.edge, await token('cid')), next: own('cid') },
    { way: byHttp(stack.edge, await token('dan')), next: own('dan') },
  ];
}

/** Draws the kills. Each happens after a drawn number of acknowledged transfers, so that it interrupts the posting. */
function drawKills() {
  const targets = ['service', 'edge', 'postgres'];
  const count = KILLS_OF_EACH * targets.length;
  const order = shuffle(targets.flatMap((target) => Array(KILLS_OF_EACH).fill(target)));
  const slice = Math.floor((TRANSFERS * 0.9) / count);
  return order.map((target, index) => ({ target, due: index * slice + random(slice) }));
}

async function restart(target) {
  if (target === 'postgres') {
    await stack.postgres.kill();
    await stack.postgres.start();
  } else {
    await stack[target].kill();
    stack[target].start();
  }
}

test(`${TRANSFERS} transfers, ${KILLS_OF_EACH} kills each of service, edge and PostgreSQL, seed ${seed}`, async (t) => {
  t.diagnostic(`to repeat the draws: LEDGERCAST_SEED=${seed}`);
  const readers = startReaders();
  const acknowledged = [];
  const kills = drawKills();
  let restarting = Promise.resolve();
  const onAcknowledged = (transfer) => {
    acknowledged.push(transfer);
    if (kills.length > 0 && acknowledged.length >= kills[0].due) {
      const { target } = kills.shift();
      restarting = restarting.then(() => restart(target));
    }
  };
  const clients = await postingClients();
  const started = Date.now();
  await Promise.all(
    clients.map(({ way, next }, index) =>
      postAll({
        count: Math.floor((TRANSFERS + index) / clients.length),
        width: LANES_A_CLIENT,
        way,
        next,
        acknowledged: onAcknowledged,
      }),
    ),
  );
  await restarting;
  t.diagnostic(`posted in ${Date.now() - started} ms`);
  assert.equal(acknowledged.length, TRANSFERS);
  assert.equal(kills.length, 0);

  const history = await readHistory(stack.postgres);
  checkHistory(history);
  assert.equal(history.length, TRANSFERS + MEMBERS.length, 'the ledger holds what nobody was told of');
  const byId = new Map(history.map((row) => [row.id, row]));
  for (const { id, sequence, fromAccount, toAccount, amount: posted } of acknowledged) {
    const row = byId.get(id);
    assert.ok(row, `acknowledged transfer ${id} is lost`);
    assert.deepEqual([row.sequence, row.fromAccount, row.toAccount, row.amount], [sequence, fromAccount, toAccount, posted]);
  }

  // A reader that starts only now must also get everything.
  for (const viewer of [ADMIN.username, 'eve']) {
    const reader = new SocketReader(stack.edge, { name: `late socket of ${viewer}`, token: () => token(viewer) }).start();
    readers.push({ viewer, isAdmin: viewer === ADMIN.username, reader });
  }
  await Promise.all(readers.map(({ reader }) => reader.record.waitForSequence(history.length, CATCH_UP_TIMEOUT_MS)));
  await Promise.all(readers.map(({ reader }) => reader.stop()));
  for (const { viewer, isAdmin, reader } of readers) checkRecord(reader.record, history, { viewer, isAdmin });
  checkHashes(readers[0].reader.record);
  const reconnects = readers.map(({ reader }) => reader.connections - 1);
  t.diagnostic(`all readers had their rows ${Date.now() - started} ms after the start; they came back ${reconnects.join(', ')} times`);
});
