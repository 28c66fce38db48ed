// Tests PostgreSQL's roles. A ledger that one role made is handed over to an owner. The service then runs as a role
// that can add to the ledger and change nothing in it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { runProgram } from './processes.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const CHANGE_TIMEOUT_MS = 20_000;
const OWNER = 'ledgercast_owner';
const RUNTIME = 'ledgercast_service';

const run = promisify(execFile);

let stack;
before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob']);
});
after(() => stack?.stop());

/** Returns the connection string of `role`, to another database if one is named. */
function as(role, database = 'ledgercast') {
  return stack.postgres.conninfo.replace('user=ledgercast', `user=${role}`).replace('dbname=ledgercast', `dbname=${database}`);
}

const makeRoles = (database) => runProgram('ledgercast', ['roles', 'create', '--database', as('ledgercast', database), '--owner-role', OWNER, '--runtime-role', RUNTIME]);
const migrate = (database) => runProgram('ledgercast-transaction-service', ['migrate', '--database', as(OWNER, database), '--runtime-role', RUNTIME]);
const psql = (conninfo, sql) => run('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', conninfo, '-c', sql]);

function makeAdmin(name, database, conninfo = as(RUNTIME, database)) {
  const file = join(stack.folder, 'another.password');
  writeFileSync(file, 'long enough');
  return runProgram('ledgercast', ['admin', 'create', name, '--database', conninfo, '--password-file', file]);
}

test('the ledger of a single role is taken over, row for row, and goes on', async () => {
  const ledger = "SELECT string_agg(t::text, ';' ORDER BY sequence) FROM transactions AS t";
  const rows = await stack.postgres.query(ledger);
  for (let time = 0; time < 2; time += 1) {
    assert.match(await makeRoles(), /ledgercast_owner.*ledgercast_service/);
    await migrate();
  }
  assert.deepEqual(await stack.postgres.query(ledger), rows);

  const service = await stack.addService(['--migrate=false'], { database: as(RUNTIME) });
  await service.waitUntilReady();
  const token = await stack.token('ann');
  await stack.client(service).call('createTransaction', { fromAccount: 'ann', toAccount: 'bob', amount: '5' }, { token });
  assert.equal((await stack.client(service).call('getAccount', { name: 'ann' }, { token })).balance, '995');
  // The service that was not restarted must work too.
  await stack.client().call('createTransaction', { fromAccount: 'ann', toAccount: 'bob', amount: '5' }, { token });
  await waitUntil('one to see the other’s', async () => (await stack.client(service).call('getAccount', { name: 'ann' }, { token })).balance === '990', CHANGE_TIMEOUT_MS);
});

test('neither role is a superuser, and the owner owns everything', async () => {
  const rights = await stack.postgres.query(`SELECT DISTINCT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname IN ('${OWNER}', '${RUNTIME}')`);
  assert.deepEqual(rights, [['f', 'f', 'f', 'f', 'f']]);
  const owners = await stack.postgres.query("SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 'public'::regnamespace");
  assert.deepEqual(owners, [[OWNER]]);
});

test('the service’s role can do everything that the service does', async () => {
  const [, service] = stack.services;
  const client = stack.client(service);
  const token = await stack.token('admin');
  await client.call('createAccount', { account: { name: 'cid', displayName: 'cid', currency: 'EUR' }, password: 'cid of the tests' }, { token });
  await client.call('updateAccount', { account: { name: 'cid', displayName: 'Cid' }, updateMask: { paths: ['display_name'] } }, { token });
  await client.call('changePassword', { username: 'cid', newPassword: 'another of the tests' }, { token });
  await client.call('revokeTokens', { username: 'cid' }, { token });
  await client.call('issueToken', { username: 'cid', password: 'another of the tests' });
  assert.match(await makeAdmin('second'), /admin 'second' is made/);
});

test('the service’s role cannot change what was posted, by any statement', async () => {
  for (const sql of [
    'UPDATE transactions SET amount = 1', 'DELETE FROM transactions', 'TRUNCATE transactions', 'DROP TABLE transactions',
    'ALTER TABLE transactions DISABLE TRIGGER ALL', 'DROP TRIGGER transactions_are_final ON transactions', 'ALTER TABLE transactions OWNER TO CURRENT_USER',
    "UPDATE accounts SET currency = 'EUR'", 'DELETE FROM accounts', 'CREATE TABLE mine ()', 'CREATE TEMPORARY TABLE transactions ()',
    'CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
    'SET session_replication_role = replica', `SET ROLE ${OWNER}`, `GRANT ${OWNER} TO ${RUNTIME}`, `ALTER ROLE ${RUNTIME} SUPERUSER`,
    'SELECT pg_read_file(\'/etc/passwd\')', 'COPY transactions TO PROGRAM \'cat\'',
  ]) {
    await assert.rejects(psql(as(RUNTIME), sql), /permission denied|must be owner|must be superuser|must have admin option/, sql);
  }
});

test('a service that may not migrate waits for its tables and says who makes them', async () => {
  await stack.postgres.query('CREATE DATABASE fresh');
  const service = await stack.addService(['--migrate=false'], { database: as(RUNTIME, 'fresh') });
  await makeRoles('fresh');
  await waitUntil('it to say what to do', () => /as its owner, run: .* migrate/.test(readFileSync(service.logFile, 'utf8')), CHANGE_TIMEOUT_MS);
  assert.equal(await service.isReady(), false);
  assert.match((await service.readiness()).text, /^STARTING: .*as its owner, run: .* migrate/);
  await assert.rejects(makeAdmin('boss', 'fresh'), { stderr: /migrate/ });
  await migrate('fresh');
  await service.waitUntilReady();
  assert.match(await makeAdmin('boss', 'fresh'), /admin 'boss' is made/);
});

test('without a superuser, or with names that cannot be, roles are not made', async () => {
  await assert.rejects(runProgram('ledgercast', ['roles', 'create', '--database', as(RUNTIME)]), { code: 1, stderr: /only a superuser can make roles/ });
  await assert.rejects(runProgram('ledgercast', ['roles', 'create', '--database', as('ledgercast'), '--owner-role', 'ledgercast']), { code: 1, stderr: /must be neither/ });
  await assert.rejects(runProgram('ledgercast', ['roles', 'create', '--wait-seconds', '0', '--database', 'host=/nowhere']), { code: 3 });
});
