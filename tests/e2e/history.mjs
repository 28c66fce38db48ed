// Reads the ledger from PostgreSQL, and checks it and every reader's record.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { parseCursor } from './record.mjs';

const COLUMNS = ['sequence', 'id', 'fromAccount', 'toAccount', 'amount', 'fromPrevious', 'toPrevious', 'fromBalance', 'toBalance', 'hash'];

/** Returns all transactions in order, with the protocol's field names and with numbers as texts. */
export async function readHistory(postgres) {
  const rows = await postgres.query(`
    SELECT t.sequence, t.id, f.name, o.name, t.amount, t.from_previous, t.to_previous, t.from_balance, t.to_balance,
           encode(t.hash, 'hex')
    FROM transactions t JOIN accounts f ON f.id = t.from_account JOIN accounts o ON o.id = t.to_account
    ORDER BY t.sequence`);
  return rows.map((row) => Object.fromEntries(COLUMNS.map((column, index) => [column, row[index]])));
}

/** Checks that sequences have no gap, that chains and balances of every account are right, and that the sum is zero. */
export function checkHistory(history) {
  const accounts = new Map(); // name → { previous, balance }
  const stateOf = (name) => accounts.get(name) ?? { previous: '0', balance: 0n };
  const ids = new Set();
  history.forEach((row, index) => {
    assert.equal(row.sequence, String(index + 1), 'the sequences have a gap');
    assert.ok(!ids.has(row.id), `transaction ${row.id} is there twice`);
    ids.add(row.id);
    const from = stateOf(row.fromAccount);
    const to = stateOf(row.toAccount);
    const fromBalance = from.balance - BigInt(row.amount);
    const toBalance = to.balance + BigInt(row.amount);
    assert.deepEqual(
      { fromPrevious: row.fromPrevious, toPrevious: row.toPrevious, fromBalance: row.fromBalance, toBalance: row.toBalance },
      { fromPrevious: from.previous, toPrevious: to.previous, fromBalance: String(fromBalance), toBalance: String(toBalance) },
      `the chain is broken at sequence ${row.sequence}`,
    );
    accounts.set(row.fromAccount, { previous: row.sequence, balance: fromBalance });
    accounts.set(row.toAccount, { previous: row.sequence, balance: toBalance });
  });
  const sum = [...accounts.values()].reduce((total, { balance }) => total + balance, 0n);
  assert.equal(sum, 0n, 'the balances do not add up to zero');
}

/** Returns the fields of a row that `viewer` is shown: an admin sees all, a member only its own side. */
export function rowAsSeenBy(viewer, isAdmin, row) {
  const { hash, fromPrevious, fromBalance, toPrevious, toBalance, ...common } = row;
  if (isAdmin) return row;
  return {
    ...common,
    ...(row.fromAccount === viewer ? { fromPrevious, fromBalance } : {}),
    ...(row.toAccount === viewer ? { toPrevious, toBalance } : {}),
  };
}

/** Returns the fields of `row` that the history has too. Absent values are left out. */
export function fieldsOf(row) {
  return Object.fromEntries(COLUMNS.filter((column) => row[column] !== undefined && row[column] !== null).map((column) => [column, row[column]]));
}

/** Checks that `record` holds exactly the rows after `after` that `viewer` asked for and may see, once and in order. */
export function checkRecord(record, history, { viewer, isAdmin = false, accounts, after = 0 }) {
  const touches = (row, account) => row.fromAccount === account || row.toAccount === account;
  const isSeen = (row) => (isAdmin || touches(row, viewer)) && (!accounts || accounts.some((account) => touches(row, account)));
  const seen = history.filter(isSeen);
  const expected = seen.filter((row) => Number(row.sequence) > after).map((row) => rowAsSeenBy(viewer, isAdmin, row));
  const received = record.rows.map(fieldsOf);
  assert.deepEqual(received.map(({ sequence }) => sequence), expected.map(({ sequence }) => sequence), `${record.name}: sequences`);
  assert.deepEqual(received, expected, `${record.name}: rows`);
  if (!isAdmin) checkChainOf(viewer, record, seen.at(-1 - expected.length)?.sequence);
}

/** Checks that the account's rows link to each other, so none is missing. This needs no other knowledge. */
function checkChainOf(account, record, previous = '0') {
  for (const row of record.rows) {
    const link = row.fromAccount === account ? row.fromPrevious : row.toPrevious;
    assert.equal(link, previous, `${record.name}: the chain of ${account} is broken at sequence ${row.sequence}`);
    previous = row.sequence;
  }
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const field = (value) => `${Buffer.byteLength(value)}:${value}\n`;

function microseconds(time) {
  const match = /^(.*T\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/.exec(time);
  return String(BigInt(Date.parse(`${match[1]}Z`)) * 1000n + BigInt((match[2] ?? '').padEnd(6, '0').slice(0, 6)));
}

/** Recomputes the hash chain from everything that an admin's socket received from the beginning. */
export function checkHashes(record) {
  let hash = sha256(field(parseCursor(record.cursor).ledger));
  for (const row of record.rows) {
    const content = [
      ...[hash, row.sequence, row.id, row.fromAccount, row.toAccount, row.amount, row.currency, row.description ?? ''],
      ...[microseconds(row.createTime), row.reverses ?? '', row.fromPrevious, row.toPrevious, row.fromBalance, row.toBalance],
      ...Object.entries(row.metadata ?? {}).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))).flat(),
    ];
    hash = sha256(content.map(field).join(''));
    assert.equal(row.hash, hash, `${record.name}: the hash chain is broken at sequence ${row.sequence}`);
  }
  assert.equal(parseCursor(record.cursor).check, hash.slice(0, 16), `${record.name}: the cursor's check`);
}
