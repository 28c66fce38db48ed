// Rehearses docs/operations/backup.md with its own commands. While clients post and watch, a base backup is taken and
// the WAL is archived. Then a superuser changes a posted row. The ledger is restored to a point before that, and every
// client continues or is told, as that page says.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { failureOf } from './asking.mjs';
import { readMetrics } from './exposition.mjs';
import { checkHashes, checkHistory, checkRecord, readHistory } from './history.mjs';
import { get } from './http.mjs';
import { parseCursor, Record } from './record.mjs';
import { CHANGED, NEW_PASSWORD, Rehearsal, WAIT_TIMEOUT_MS } from './restore_rehearsal.mjs';
import { passwordOf } from './stack.mjs';

const rehearsal = new Rehearsal();
// The restored ledger at the end of the rehearsal.
let history;

before(async () => {
  await rehearsal.start();
  await rehearsal.beforeThePoint();
  await rehearsal.afterThePoint();
  await rehearsal.restore();
  history = await rehearsal.end();
});
after(() => rehearsal.stop());

const stack = () => rehearsal.stack;
const client = () => rehearsal.client;

test('verify names the row that was changed, and finds the restored ledger sound', async () => {
  const { code, stdout } = rehearsal.soundness;
  assert.equal(code, 4, stdout);
  assert.ok(JSON.parse(stdout).problems.some(({ table, row, columns }) => table === 'transactions' && row === String(CHANGED) && columns.includes('amount')), stdout);
  await rehearsal.tool.logIn('admin');
  assert.deepEqual((await rehearsal.verify()).code, 0);
});

test('exactly the transactions from before the point are kept', async () => {
  const { kept, lost, until, firstLost } = rehearsal;
  assert.match(rehearsal.choices, new RegExp(`${firstLost} .* ${until.replace('+', '\\+')}`));
  const [[count]] = await stack().postgres.query(`SELECT count(*) FROM transactions WHERE create_time < '${until}'`);
  assert.ok(kept.length < Number(firstLost) && lost.length > kept.length + 10, `${kept.length} of ${lost.length} are kept`);
  // Another transaction may have been posted in the same batch as the first one that was given up.
  assert.ok(kept.length > Number(firstLost) - 10, `${kept.length} are kept, up to ${firstLost} were expected`);
  assert.equal(kept.length, Number(count));
  assert.deepEqual(kept, lost.slice(0, kept.length));
  checkHistory(history);
});

test('while the services are stopped, calls are answered 503', () => {
  assert.deepEqual([rehearsal.whileStopped.status, rehearsal.whileStopped.body.error.reason], [503, 'SERVICE_UNAVAILABLE']);
});

test('a reader with a cursor from before the point goes on without a gap or a repeat, over every transport', async () => {
  const { sequence } = parseCursor(rehearsal.earlyCursor);
  assert.ok(sequence > 0 && sequence < rehearsal.kept.length);
  const readers = rehearsal.readers('continued', rehearsal.earlyCursor);
  await Promise.all(readers.map(({ reader }) => reader.record.waitForSequence(history.length, WAIT_TIMEOUT_MS)));
  await Promise.all(readers.map(({ reader }) => reader.stop()));
  for (const { viewer, isAdmin, reader } of readers) checkRecord(reader.record, history, { viewer, isAdmin, after: sequence });
});

test('a reader with a cursor from after the point is told, and is shown nothing of the new history', async () => {
  const told = { stream: undefined, WebSocket: /frame resync/, events: /event resync/, polls: /refused: .*CURSOR_UNKNOWN/, member: /frame resync/ };
  const kinds = Object.keys(told);
  for (const [index, { viewer, isAdmin, reader }] of rehearsal.late.entries()) {
    const failure = await failureOf(reader.record.waitFor('the end', () => false, WAIT_TIMEOUT_MS));
    if (index === 0) {
      assert.deepEqual([failure.code, failure.reason], ['OUT_OF_RANGE', 'CURSOR_UNKNOWN']);
      assert.equal(failure.info.ledger, parseCursor(rehearsal.earlyCursor).ledger);
      assert.ok(parseCursor(failure.info.head).sequence >= rehearsal.kept.length);
    } else {
      assert.match(failure.message, told[kinds[index]]);
    }
    await reader.stop();
    const { sequence } = reader.record;
    assert.ok(sequence > rehearsal.kept.length, `${reader.record.name} ended at ${sequence}`);
    checkRecord(reader.record, rehearsal.lost.slice(0, sequence), { viewer, isAdmin });
  }
});

test('a kept cursor shows with the tool that the history was rewound', async () => {
  await rehearsal.tool.logIn('admin');
  const { stderr } = await rehearsal.tool.expect(1, 'admin', ['watch', '--after', rehearsal.late[0].reader.record.cursor]);
  assert.match(stderr, /CURSOR_UNKNOWN/);
});

test('a socket that was open all the time is told resync, and can begin again', async () => {
  const { socket, resync } = rehearsal;
  assert.equal(resync.data.reason, 'CURSOR_UNKNOWN');
  assert.ok(parseCursor(resync.data.head).sequence >= rehearsal.kept.length);
  const record = new Record('the socket');
  socket.onFrame = ({ state, data: frame }) => ['transactions', 'progress'].includes(state) && record.accept(frame);
  socket.send('watch', { after: '' });
  await record.waitForSequence(history.length, WAIT_TIMEOUT_MS);
  checkRecord(record, history, { viewer: 'admin', isAdmin: true });
  checkHashes(record);
  await socket.close();
});

test('a kept transfer is not posted again under its id, a lost one is, and a transfer under way was not harmed', async () => {
  const token = await rehearsal.token();
  const post = ({ id, fromAccount, toAccount, amount }) => client().call('createTransaction', { id, fromAccount, toAccount, amount }, { token });
  const keptCount = rehearsal.kept.length;
  const past = rehearsal.acknowledged.filter(({ isAfterRestore }) => !isAfterRestore);
  const kept = past.filter(({ sequence }) => Number(sequence) <= keptCount);
  const lost = past.filter(({ sequence }) => Number(sequence) > keptCount);
  const byId = new Map(history.map((row) => [row.id, row.sequence]));
  for (const { id, sequence } of kept) assert.equal(byId.get(id), sequence);
  for (const { id, sequence } of rehearsal.acknowledged.filter(({ isAfterRestore }) => isAfterRestore)) assert.equal(byId.get(id), sequence);
  assert.ok(kept.length > 0 && lost.length > 0 && past.length < rehearsal.acknowledged.length);

  assert.equal((await post(kept.at(-1))).sequence, kept.at(-1).sequence);
  for (const transfer of lost) {
    assert.ok(!byId.has(transfer.id), `${transfer.id} is not lost`);
    assert.ok(Number((await post(transfer)).sequence) > history.length);
  }
  assert.equal((await readHistory(stack().postgres)).length, history.length + lost.length);
});

const assertRefused = async (promise) => assert.deepEqual((({ code, reason }) => ({ code, reason }))(await failureOf(promise)), { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' });
const look = (name, token) => client().call('getAccount', { name }, { token });

test('what happened to tokens and passwords after the point is forgotten', async () => {
  const { signIns, renewed, begunLater } = rehearsal;
  await assertRefused(rehearsal.refresh(begunLater));
  await look('ann', begunLater.accessToken);
  // The token that was given in exchange after the point is refused, and so its sign-in ends.
  await assertRefused(rehearsal.refresh(renewed.ann));
  await assertRefused(rehearsal.refresh(signIns.ann));
  const { samples } = (await readMetrics(stack().service)).get('ledgercast_refresh_tokens_total');
  assert.equal(samples.find(({ labels }) => labels.outcome === 'reused').value, 1);
  // The one that was exchanged is good again, until another one of its sign-in is shown.
  await rehearsal.refresh(signIns.dan);

  await look('bob', signIns.bob.accessToken);
  await rehearsal.refresh(signIns.bob);
  await rehearsal.signIn('cid', passwordOf('cid'));
  assert.equal((await failureOf(rehearsal.signIn('cid', NEW_PASSWORD))).reason, 'BAD_CREDENTIALS');
  await look('ann', (await rehearsal.signIn('eve')).accessToken);
});

test('a dump is restored into another database, with its roles and its cursors', async () => {
  const { postgres } = stack();
  await postgres.document('dump');
  await postgres.document('restore a dump', { COPY_SERVER: `${postgres.server} user=ledgercast`, COPY_NAME: 'ledgercast_copy' }, {});
  const flags = ['--migrate=false', '--database-password-file', join(postgres.secrets, 'runtime')];
  const copy = await stack().addService(flags, { database: `${postgres.server} dbname=ledgercast_copy user=ledgercast_service` });
  await copy.waitUntilReady();
  assert.doesNotMatch((await copy.readiness()).text, /role/);
  const token = await rehearsal.token();
  const digest = async (service) => stack().client(service).call('digestTransactions', {}, { token });
  assert.deepEqual(await digest(copy), await digest(stack().service));
  await rehearsal.tool.logIn('admin', { service: copy });
  assert.equal((await rehearsal.verify()).code, 0);

  const watch = async (after) => {
    for await (const response of stack().client(copy).watch({ after }, { token })) return response;
    return undefined;
  };
  assert.equal((await watch(rehearsal.earlyCursor)).after, rehearsal.earlyCursor);
  await client().call('createTransaction', { fromAccount: 'ann', toAccount: 'bob', amount: '1' }, { token });
  const { until } = await digest(stack().service);
  assert.equal((await failureOf(watch(until))).reason, 'CURSOR_UNKNOWN');
});

test('with a new signing key every token from before is refused, and passwords work', async () => {
  const { service, edge, postgres } = stack();
  const old = await rehearsal.signIn('ann');
  await postgres.document('replace the signing key', {}, {});
  for (const program of [service, edge]) {
    await program.stop();
    program.start();
    await program.waitUntilReady();
  }
  await assertRefused(look('ann', old.accessToken));
  await assertRefused(rehearsal.refresh(old));
  assert.equal((await get(edge, '/v1/accounts/ann', { token: old.accessToken })).status, 401);
  const { accessToken } = await rehearsal.signIn('ann');
  assert.equal((await get(edge, '/v1/accounts/ann', { token: accessToken })).status, 200);
});

test('every command of the page was run', () => assert.deepEqual(stack().postgres.commands.unused(), []));
