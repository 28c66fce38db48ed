// Tests that `ledgercast verify` reads what is on disk: it names every column of every table that SQL has changed.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Stack } from './stack.mjs';
import { Tool } from './tool.mjs';

const ROUNDS_IN_USE = 5;

let stack;
let tool;
let client;
let token;

before(async () => {
  stack = await Stack.startWithoutEdge(['ann', 'bob', 'cid']);
  tool = new Tool(stack);
  await tool.logIn('admin');
  await tool.logIn('ann');
  client = stack.client();
  token = await stack.newToken('admin');
  await makeHistory();
});
after(() => stack?.stop());

const call = (method, request) => client.call(method, request, { token });
const post = (request) => call('createTransaction', { amount: '5', ...request });

/** Makes transactions that together fill every column that may be empty. */
async function makeHistory() {
  await post({ fromAccount: 'ann', toAccount: 'bob', description: 'Lunch', metadata: { table: '7' } });
  const { id } = await post({ fromAccount: 'bob', toAccount: 'cid' });
  await call('reverseTransaction', { id });
  await call('updateAccount', { account: { name: 'ann', minimumBalance: '-500', displayName: 'Ann' }, updateMask: { paths: ['minimum_balance', 'display_name'] } });
  await post({ fromAccount: 'ann', toAccount: 'bob', amount: '1200' });
  await call('updateAccount', { account: { name: 'ann', minimumBalance: '0' }, updateMask: { paths: ['minimum_balance'] } });
  await call('revokeTokens', { username: 'cid' });
  for (let i = 0; i < 4; ++i) await post({ fromAccount: 'bob', toAccount: 'ann' });
}

async function verify() {
  const { code, stdout, stderr } = await tool.run('admin', ['verify', '--json', '--problems', '1000', '--retry-seconds', '1']);
  assert.ok(code === 0 || code === 4, `${code}\n${stdout}\n${stderr}`);
  const report = JSON.parse(stdout);
  assert.equal(report.sound, code === 0);
  return report;
}

/** Runs SQL as a superuser whom no trigger stops. */
const change = (sql) => stack.postgres.query(`BEGIN; SET LOCAL session_replication_role = replica; ${sql}; COMMIT`);

async function columnsOf(table) {
  const rows = await stack.postgres.query(
    `SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '${table}' ORDER BY ordinal_position`,
  );
  return rows.map(([name, type]) => ({ name, type }));
}

// Values to which a column is changed, by its type, or by its name if a constraint asks for more.
const BY_TYPE = {
  bigint: (column) => `coalesce(${column}, 0) + 1`,
  boolean: (column) => `NOT ${column}`,
  bytea: (column) => `set_byte(${column}, 5, 255 - get_byte(${column}, 5))`,
  integer: (column) => `${column} + 1`,
  text: (column) => `${column} || 'x'`,
  'timestamp with time zone': (column) => `coalesce(${column}, now()) + interval '1 second'`,
  uuid: () => 'gen_random_uuid()',
};
const BY_NAME = {
  'accounts.currency': `'EUR'`,
  'accounts.id': '777777',
  'changes.number': 'number + 100',
  'changes.state': `state || '{"name": "eve"}'`,
  'changes.subject': `'999'`,
  'changes.table_name': `'currencies'`,
  'currencies.code': `'XXXX'`,
  'ledger.ledger': `md5(ledger)::char(16)`,
  'schema_migrations.version': '9999',
  'transactions.caller': `'nobody'`,
  'transactions.currency': `'USD'`,
  'transactions.from_account': `(SELECT id FROM accounts WHERE name = 'cid')`,
  'transactions.from_previous': 'from_previous - 1',
  'transactions.metadata': `'{"table": "8"}'`,
  'transactions.sequence': 'sequence + 100000',
  'transactions.to_account': `(SELECT id FROM accounts WHERE name = 'cid')`,
  'transactions.to_previous': 'to_previous - 1',
};

// One row of each table: how SQL finds it, and how the report names it.
const ROWS = {
  accounts: { where: `name = 'ann'`, key: 'id::text' },
  changes: { where: `table_name = 'accounts' AND state ->> 'name' = 'ann' AND number = 2`, key: `table_name || '/' || subject || '/' || number` },
  currencies: { where: `code = 'PTS'`, key: 'code' },
  ledger: { where: 'true', key: 'only_row::text' },
  schema_migrations: { where: 'version = 2', key: 'version::text' },
  transactions: { where: `description = 'Lunch'`, key: 'sequence::text' },
};
const ROW_OF_COLUMN = {
  'transactions.reverses': { where: 'reverses IS NOT NULL', key: 'sequence::text' },
};
// Key columns. A row whose key was changed is reported missing under its old key, or as unrecorded under its new one.
const KEYS = new Set(['accounts.id', 'changes.table_name', 'changes.subject', 'changes.number', 'currencies.code', 'ledger.only_row', 'schema_migrations.version', 'transactions.sequence']);

// The table of sign-ins is not part of the ledger. It changes with every renewal, and its rows expire.
const NOT_AUDITED = ['refresh_families'];

test('a ledger that nobody touched is sound', async () => {
  const report = await verify();
  assert.deepEqual(report.problems, []);
  assert.deepEqual(report.notes, []);
});

test('a change by SQL of any column of any table is named, row and column', async (t) => {
  const tables = (await stack.postgres.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`)).map(([name]) => name).filter((name) => !NOT_AUDITED.includes(name));
  // Removes what would refuse the change even for a superuser.
  await stack.postgres.query('ALTER TABLE accounts ALTER COLUMN id SET GENERATED BY DEFAULT');
  await stack.postgres.query('ALTER TABLE ledger DROP CONSTRAINT IF EXISTS ledger_only_row_check, DROP CONSTRAINT IF EXISTS ledger_head_only_row_check');
  for (const table of tables) {
    for (const { name, type } of await columnsOf(table)) {
      await t.test(`${table}.${name}`, async () => {
        const column = `${table}.${name}`;
        const row = ROW_OF_COLUMN[column] ?? ROWS[table];
        assert.ok(row, `no row of ${table} is known to this test: what does verify check of it?`);
        const value = BY_NAME[column] ?? BY_TYPE[type]?.(name);
        assert.ok(value, `this test does not know how to change a ${type}`);
        const [[key]] = await stack.postgres.query(`SELECT ${row.key} FROM ${table} WHERE ${row.where}`);
        await change(`CREATE TABLE kept AS SELECT * FROM ${table}; UPDATE ${table} SET ${name} = ${value} WHERE ${row.where}`);
        try {
          const { sound, problems } = await verify();
          assert.equal(sound, false, `${column} was changed and nothing was found`);
          const named = problems.filter((problem) => problem.table === table && problem.columns.includes(name));
          assert.ok(named.length > 0, `${column} is not named: ${JSON.stringify(problems, null, 1)}`);
          if (!KEYS.has(column)) assert.ok(named.some((problem) => problem.row === key), JSON.stringify(named, null, 1));
        } finally {
          const overriding = table === 'accounts' ? 'OVERRIDING SYSTEM VALUE' : '';
          await change(`DELETE FROM ${table}; INSERT INTO ${table} ${overriding} SELECT * FROM kept; DROP TABLE kept`);
        }
      });
    }
  }
  await stack.service.waitUntilReady();
  assert.deepEqual((await verify()).problems, []);
});

test('a row that was taken out of the history, or put into it, is named', async () => {
  const [[sequence]] = await stack.postgres.query(`SELECT sequence FROM transactions WHERE description = 'Lunch'`);
  await change(`CREATE TABLE kept AS SELECT * FROM transactions WHERE sequence = ${sequence}; DELETE FROM transactions WHERE sequence = ${sequence}`);
  const missing = (await verify()).problems;
  assert.match(missing.find(({ check }) => check === 'sequence').message, new RegExp(`behind sequence ${sequence - 1}: what is between`));
  await change('INSERT INTO transactions SELECT * FROM kept; DROP TABLE kept');
  await change(`INSERT INTO accounts (name, currency) VALUES ('eve', 'PTS')`);
  const [added, ...others] = (await verify()).problems;
  assert.deepEqual([added.table, added.check, others.length], ['accounts', 'record', 0]);
  await change(`DELETE FROM accounts WHERE name = 'eve'`);
});

test('tables and columns of another version are noted as not checked', async () => {
  await stack.postgres.query('CREATE TABLE later (id integer PRIMARY KEY, secret text); INSERT INTO later VALUES (1)');
  await stack.postgres.query('ALTER TABLE transactions ADD effective_time timestamptz');
  const report = await verify();
  assert.deepEqual(report.problems, []);
  assert.match(report.notes.join('\n'), /the table later is not known to this version of the tool: not checked/);
  assert.match(report.notes.join('\n'), /the column effective_time of transactions is not known/);
  await stack.postgres.query('DROP TABLE later; ALTER TABLE transactions DROP effective_time');
});

test('accounts and limits that change while it reads are no finding', async () => {
  const busy = new AbortController();
  let changes = 0;
  const changing = (async () => {
    for (; !busy.signal.aborted; ++changes) {
      await call('createAccount', { account: { name: `new-${changes}`, currency: 'PTS', minimumBalance: '-10' } });
      await call('updateAccount', { account: { name: 'ann', minimumBalance: String(-changes) }, updateMask: { paths: ['minimum_balance'] } });
      await post({ fromAccount: `new-${changes}`, toAccount: 'ann', amount: '10' });
      await call('updateAccount', { account: { name: `new-${changes}`, displayName: 'New', minimumBalance: '0' }, updateMask: { paths: ['display_name', 'minimum_balance'] } });
    }
  })();
  for (let i = 0; i < ROUNDS_IN_USE; ++i) assert.deepEqual((await verify()).problems, []);
  busy.abort();
  await changing;
  assert.ok(changes > 0);
});

test('a member is told that it takes an admin', async () => {
  const { stderr } = await tool.expect(1, 'ann', ['verify']);
  assert.match(stderr, /only an admin reads what is stored \(NOT_ALLOWED\)/);
});
