// Tests every row of the contract's table of errors with a client of another project. foreign_auth.test.mjs has the
// rows of AuthService.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { transfer } from './asking.mjs';
import { call, errorOf, openStream } from './buf_curl.mjs';
import { readMetrics } from './exposition.mjs';
import { Forger } from './forged_tokens.mjs';
import { ADMIN, Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const MAX_AMOUNT = String(2n ** 53n - 1n);
const QUEUE_TRANSACTIONS = 20;
const QUEUE_TIMEOUT_MS = 15_000;
const STREAM_TIMEOUT_MS = 15_000;

let stack;
let ann;
let admin;
/** A transaction that the admin posted from ann to bob, and that was reversed later. */
let reversed;

const transactions = (method, request, token = ann) => call(stack.service, `ledgercast.v1.TransactionService/${method}`, request, token);
const accounts = (method, request, token = ann) => call(stack.service, `ledgercast.v1.AccountService/${method}`, request, token);

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob'], {
    serviceFlags: ['--max-queued-transactions', String(QUEUE_TRANSACTIONS), '--max-batch-transactions', String(QUEUE_TRANSACTIONS)],
  });
  ann = await stack.token('ann');
  admin = await stack.token(ADMIN.username);
  for (const account of [
    { name: 'dollars', currency: 'USD' },
    { name: 'rich', currency: 'PTS' },
    { name: 'poor', currency: 'PTS', noMinimum: true },
  ]) {
    await accounts('CreateAccount', { account }, admin);
  }
  // The sum is 512 below the largest possible balance, 2^62.
  const requests = Array.from({ length: 512 }, () => ({ fromAccount: 'poor', toAccount: 'rich', amount: MAX_AMOUNT }));
  await transactions('BatchCreateTransactions', { requests }, admin);
  reversed = await transactions('CreateTransaction', transfer(), admin);
  await transactions('ReverseTransaction', { id: reversed.id }, admin);
});
after(() => stack?.stop());

const ROWS = [
  ['a malformed id', 'invalid_argument', 'INVALID_FIELD', () => transactions('CreateTransaction', transfer({ id: 'x' })), { fields: ['id'] }],
  ['an amount of nothing', 'invalid_argument', 'INVALID_FIELD', () => transactions('CreateTransaction', transfer({ amount: '0' })), { fields: ['amount'] }],
  ['an amount below nothing', 'invalid_argument', 'INVALID_FIELD', () => transactions('CreateTransaction', transfer({ amount: '-1' })), { fields: ['amount'] }],
  ['to the account that it is from', 'invalid_argument', 'INVALID_FIELD', () => transactions('CreateTransaction', transfer({ toAccount: 'ann' })), { fields: ['to_account'] }],
  ['several fields at once', 'invalid_argument', 'INVALID_FIELD', () => transactions('CreateTransaction', { id: 'x', fromAccount: 'ann', toAccount: 'B', amount: '0' }), { fields: ['id', 'to_account', 'amount'] }],
  ['a field inside a batch', 'invalid_argument', 'INVALID_FIELD', () => transactions('BatchCreateTransactions', { requests: [transfer(), transfer({ amount: '0' })] }), { fields: ['requests[1].amount'] }],
  ['an order by what is no field', 'invalid_argument', 'INVALID_FIELD', () => transactions('ListTransactions', { orderBy: 'hash; drop table transactions' }), { fields: ['order_by'] }],
  ['a page token of another query', 'invalid_argument', 'INVALID_FIELD', async () => {
    const { nextPageToken } = await transactions('ListTransactions', { pageSize: 1 }, admin);
    return transactions('ListTransactions', { pageSize: 1, account: 'bob', pageToken: nextPageToken }, admin);
  }, { fields: ['page_token'] }],
  ['a cursor that is none', 'invalid_argument', 'INVALID_FIELD', () => transactions('ListTransactions', { after: 'x' }), { fields: ['after'] }],
  ['no token', 'unauthenticated', 'TOKEN_MISSING', () => call(stack.service, 'ledgercast.v1.TransactionService/CreateTransaction', transfer())],
  ['a token that is none', 'unauthenticated', 'TOKEN_INVALID', () => transactions('CreateTransaction', transfer(), 'x.y.z')],
  ['from another’s account', 'permission_denied', 'NOT_ALLOWED', () => transactions('CreateTransaction', transfer({ fromAccount: 'bob', toAccount: 'ann' }))],
  ['from an unknown account as a member', 'permission_denied', 'NOT_ALLOWED', () => transactions('CreateTransaction', transfer({ fromAccount: 'nobody' }))],
  ['another’s account', 'permission_denied', 'NOT_ALLOWED', () => accounts('GetAccount', { name: 'bob' })],
  ['an unknown account as a member', 'permission_denied', 'NOT_ALLOWED', () => accounts('GetAccount', { name: 'nobody' })],
  ['making an account as a member', 'permission_denied', 'NOT_ALLOWED', () => accounts('CreateAccount', { account: { name: 'new', currency: 'PTS' } })],
  ['to an unknown account', 'not_found', 'ACCOUNT_NOT_FOUND', () => transactions('CreateTransaction', transfer({ toAccount: 'nobody' })), { metadata: { account: 'nobody' } }],
  ['an unknown account as an admin', 'not_found', 'ACCOUNT_NOT_FOUND', () => accounts('GetAccount', { name: 'nobody' }, admin), { metadata: { account: 'nobody' } }],
  ['an unknown transaction by its id', 'not_found', 'TRANSACTION_NOT_FOUND', () => transactions('GetTransaction', { id: randomUUID() }, admin)],
  ['an unknown transaction by its sequence', 'not_found', 'TRANSACTION_NOT_FOUND', () => transactions('GetTransaction', { sequence: '999999' }, admin)],
  ['reversing an unknown transaction', 'not_found', 'TRANSACTION_NOT_FOUND', () => transactions('ReverseTransaction', { id: randomUUID() }, admin)],
  ['more than there is', 'failed_precondition', 'INSUFFICIENT_FUNDS', () => transactions('CreateTransaction', transfer({ amount: '1001' })), { metadata: { account: 'ann' } }],
  ['between currencies', 'failed_precondition', 'CURRENCY_MISMATCH', () => transactions('CreateTransaction', transfer({ toAccount: 'dollars' })), { metadata: { fromCurrency: 'PTS', toCurrency: undefined } }],
  ['between currencies as an admin', 'failed_precondition', 'CURRENCY_MISMATCH', () => transactions('CreateTransaction', transfer({ toAccount: 'dollars' }), admin), { metadata: { fromCurrency: 'PTS', toCurrency: 'USD' } }],
  ['more than a balance holds', 'failed_precondition', 'BALANCE_OVERFLOW', () => transactions('CreateTransaction', transfer({ toAccount: 'rich', amount: '513' }), admin), { metadata: { account: 'rich' } }],
  ['another’s transaction', 'not_found', 'TRANSACTION_NOT_FOUND', () => transactions('GetTransaction', { sequence: '2' })],
  ['reversing another’s transaction', 'not_found', 'TRANSACTION_NOT_FOUND', async () => {
    const { id } = await transactions('GetTransaction', { sequence: '2' }, admin);
    return transactions('ReverseTransaction', { id });
  }],
  ['the same id twice in a batch', 'invalid_argument', 'INVALID_FIELD', () => {
    const id = randomUUID();
    return transactions('BatchCreateTransactions', { requests: [transfer({ id }), transfer({ id })] });
  }, { fields: ['requests[1].id'] }],
  ['a cursor of another ledger', 'out_of_range', 'CURSOR_UNKNOWN', () => transactions('ListTransactions', { after: '0123456789abcdef.0123456789abcdef.1' })],
  ['a cursor of a rewound history', 'out_of_range', 'CURSOR_UNKNOWN', async () => transactions('ListTransactions', { after: (await head()).replace(/\.[0-9a-f]{16}\./, '.0123456789abcdef.') })],
  ['a cursor beyond the head', 'out_of_range', 'CURSOR_UNKNOWN', async () => transactions('ListTransactions', { after: (await head()).replace(/\d+$/, '999999') })],
  ['a watch from beyond the head', 'out_of_range', 'CURSOR_UNKNOWN', async () => transactions('WatchTransactions', { after: (await head()).replace(/\d+$/, '999999') })],
  ['a name that is taken', 'already_exists', 'ACCOUNT_EXISTS', () => accounts('CreateAccount', { account: { name: 'ann', currency: 'PTS' } }, admin)],
  ['a known id with other content', 'already_exists', 'TRANSACTION_EXISTS', async () => {
    const { id } = await transactions('CreateTransaction', transfer());
    return transactions('CreateTransaction', transfer({ id, amount: '2' }));
  }],
  ['a known id of another caller', 'already_exists', 'TRANSACTION_EXISTS', async () => {
    const { id } = await transactions('CreateTransaction', transfer());
    return transactions('CreateTransaction', transfer({ id }), admin);
  }],
  ['reversing twice', 'already_exists', 'ALREADY_REVERSED', () => transactions('ReverseTransaction', { id: reversed.id }, admin)],
];

const head = async () => (await transactions('DigestTransactions', {})).until;

for (const [what, code, reason, refused, expected = {}] of ROWS) {
  test(`${what}: ${reason}`, async () => {
    const error = await errorOf(refused());
    assert.equal(error.code, code);
    assert.ok(error.message.length > 0);
    assert.deepEqual({ reason: error.info?.reason, domain: error.info?.domain }, { reason, domain: 'ledgercast' });
    for (const [key, value] of Object.entries(expected.metadata ?? {})) assert.equal(error.info.metadata[key], value);
    assert.deepEqual(error.fields, expected.fields);
    if (reason === 'CURSOR_UNKNOWN') {
      const newest = await head();
      assert.deepEqual({ ...error.info.metadata }, { ledger: newest.split('.')[0], head: newest });
    }
  });
}

test('an expired token: TOKEN_EXPIRED', async () => {
  const then = Math.floor(Date.now() / 1000) - 2000;
  const expired = new Forger(stack, ann).make({ claims: { iat: then, exp: then + 900 } });
  const error = await errorOf(transactions('CreateTransaction', transfer(), expired));
  assert.equal(error.code, 'unauthenticated');
  assert.equal(error.info.reason, 'TOKEN_EXPIRED');
});

test('a full queue: TOO_BUSY for one more; what waits is posted', async (t) => {
  const queued = async () => (await readMetrics(stack.service)).get('ledgercast_posting_queue_transactions').samples[0].value;
  const isPosterWaiting = async () => (await stack.postgres.query("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'")).length > 0;
  const other = stack.postgres.openSession();
  t.after(() => other.close());
  await other.run('BEGIN; SELECT lock_ledger()');
  const requests = Array.from({ length: QUEUE_TRANSACTIONS }, () => transfer());
  const submit = () => transactions('SubmitTransactions', { requests });
  // The poster must take the first one before the second one fills the queue.
  const waiting = [submit()];
  await waitUntil('the poster to wait', isPosterWaiting, QUEUE_TIMEOUT_MS);
  waiting.push(submit());
  await waitUntil('the queue to be full', async () => (await queued()) === QUEUE_TRANSACTIONS, QUEUE_TIMEOUT_MS);
  const error = await errorOf(transactions('CreateTransaction', transfer()));
  assert.equal(error.code, 'resource_exhausted');
  assert.equal(error.info.reason, 'TOO_BUSY');
  await other.close();
  for (const { results } of await Promise.all(waiting)) {
    assert.equal(results.filter(({ transaction }) => transaction).length, QUEUE_TRANSACTIONS);
  }
});

test('a service that stops: SHUTTING_DOWN on its streams', async () => {
  const service = await stack.addService();
  await service.waitUntilReady();
  const watch = openStream(service, 'ledgercast.v1.TransactionService/WatchTransactions', { after: 'now' }, ann);
  await waitUntil('the stream to be live', () => watch.printed().includes('"live"'), STREAM_TIMEOUT_MS);
  await service.stop();
  stack.services.pop();
  const error = await watch.error();
  assert.equal(error.code, 'unavailable');
  assert.equal(error.info.reason, 'SHUTTING_DOWN');
});

test('a database that is away: DATABASE_UNAVAILABLE, until it is back', async () => {
  await stack.postgres.kill();
  for (const refused of [() => transactions('CreateTransaction', transfer()), () => accounts('GetAccount', { name: 'ann' })]) {
    const error = await errorOf(refused());
    assert.equal(error.code, 'unavailable');
    assert.equal(error.info.reason, 'DATABASE_UNAVAILABLE');
  }
  await stack.postgres.start();
  await stack.service.waitUntilReady();
  assert.equal((await transactions('CreateTransaction', transfer())).amount, '1');
});
