// Requests that cannot be carried out are refused by the contract's codes, the same on every transport.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { askOverSocket, failureOf, transfer } from './asking.mjs';
import { readHistory } from './history.mjs';
import { get, post } from './http.mjs';
import { Stack } from './stack.mjs';

const INT64_MAX = '9223372036854775807';

let stack;
let client;
let token;
let historyBefore;

const overSocket = (state, data) => askOverSocket(stack.edge, token, state, data);

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob']);
  client = stack.client();
  token = await stack.token('ann');
  historyBefore = await readHistory(stack.postgres);
});
after(() => stack?.stop());

// field, what is in it; the amounts above int64 exist in JSON only.
const BAD_TRANSFERS = [
  ['amount 0', 'amount', { amount: '0' }],
  ['a negative amount', 'amount', { amount: '-1' }],
  ['from = to', 'to_account', { toAccount: 'ann' }],
  ['an id that is no UUID', 'id', { id: 'one' }],
  ['a description that is too long', 'description', { description: 'x'.repeat(1001) }],
  ['too much metadata', 'metadata', { metadata: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`k${n}`, 'v'])) }],
];

describe('a bad transfer', () => {
  for (const [what, field, changes] of BAD_TRANSFERS) {
    test(`${what} is INVALID_FIELD everywhere`, async () => {
      const error = await failureOf(client.call('createTransaction', transfer(changes), { token }));
      assert.equal(error.code, 'INVALID_ARGUMENT');
      assert.equal(error.reason, 'INVALID_FIELD');
      assert.equal(error.fields.length, 1);
      assert.ok(error.fields[0].startsWith(field) || (what === 'from = to' && error.fields[0] === 'from_account'), error.fields[0]);

      const { status, body } = await post(stack.edge, '/v1/transactions', transfer(changes), { token });
      assert.equal(status, 400);
      assert.equal(body.error.reason, 'INVALID_FIELD');

      const answer = await overSocket('createTransaction', transfer(changes));
      assert.equal(answer.state, 'error');
      assert.equal(answer.error.reason, 'INVALID_FIELD');
      assert.equal(answer.id, 'request');
    });
  }

  const UNREADABLE = [
    ['an amount above int64', transfer({ amount: '9223372036854775808' })],
    ['an amount above int64 as a number', '{"fromAccount":"ann","toAccount":"bob","amount":9223372036854775808}'],
    ['an amount with decimals', transfer({ amount: '1.5' })],
    ['an amount that is text', transfer({ amount: 'much' })],
    ['an unknown field', transfer({ ammount: '1' })],
    ['malformed JSON', '{"fromAccount":'],
    ['no JSON', ''],
  ];
  for (const [what, request] of UNREADABLE) {
    test(`${what} is INVALID_FIELD over HTTP and WebSocket`, async () => {
      const { status, body } = await post(stack.edge, '/v1/transactions', request, { token });
      assert.equal(status, 400, JSON.stringify(body));
      assert.equal(body.error.code, 'INVALID_ARGUMENT');
      assert.equal(body.error.reason, 'INVALID_FIELD');
      if (typeof request === 'object') {
        const answer = await overSocket('createTransaction', request);
        assert.equal(answer.error.reason, 'INVALID_FIELD');
      }
    });
  }

  test('the largest amount is not malformed, only too much', async () => {
    const error = await failureOf(client.call('createTransaction', transfer({ amount: INT64_MAX }), { token }));
    assert.equal(error.reason, 'INSUFFICIENT_FUNDS');
    assert.equal(error.code, 'FAILED_PRECONDITION');
  });

  test('a body above the limit is refused', async () => {
    const answer = await post(stack.edge, '/v1/transactions', transfer({ description: 'x'.repeat(1 << 20) }), { token }).catch(() => undefined);
    assert.ok(answer === undefined || answer.status === 413, `answered ${answer?.status}`);
  });

  test('an Idempotency-Key that is no UUID is refused', async () => {
    const { status, body } = await post(stack.edge, '/v1/transactions', transfer(), { token, headers: { 'idempotency-key': 'one' } });
    assert.equal(status, 400);
    assert.equal(body.error.reason, 'INVALID_FIELD');
  });
});

describe('what is not there, or not yours', () => {
  const CASES = [
    ['a transfer to an unknown account', 'createTransaction', transfer({ toAccount: 'nobody' }), 'NOT_FOUND', 'ACCOUNT_NOT_FOUND', 404],
    ['a transfer from another’s account', 'createTransaction', transfer({ fromAccount: 'bob', toAccount: 'ann' }), 'PERMISSION_DENIED', 'NOT_ALLOWED', 403],
    ['another’s account', 'getAccount', { name: 'bob' }, 'PERMISSION_DENIED', 'NOT_ALLOWED'],
    ['an unknown transaction', 'getTransaction', { id: randomUUID() }, 'NOT_FOUND', 'TRANSACTION_NOT_FOUND'],
    ['a new account made by a member', 'createAccount', { account: { name: 'new', currency: 'PTS' } }, 'PERMISSION_DENIED', 'NOT_ALLOWED'],
  ];
  for (const [what, method, request, code, reason, status] of CASES) {
    test(`${what}: ${reason}`, async () => {
      const error = await failureOf(client.call(method, request, { token }));
      assert.deepEqual([error.code, error.reason], [code, reason]);
      if (status === undefined) return;
      const answer = await post(stack.edge, '/v1/transactions', request, { token });
      assert.equal(answer.status, status);
      assert.equal(answer.body.error.reason, reason);
      assert.equal((await overSocket(method, request)).error.reason, reason);
    });
  }

  test('another’s transaction, by id or by place, is as if it were not there', async () => {
    const { id, sequence } = await client.call(
      'createTransaction',
      { fromAccount: 'admin', toAccount: 'bob', amount: '1' },
      { token: await stack.token('admin') },
    );
    historyBefore = await readHistory(stack.postgres);
    for (const key of [{ id }, { sequence }]) {
      const error = await failureOf(client.call('getTransaction', key, { token }));
      assert.ok(['NOT_FOUND', 'PERMISSION_DENIED'].includes(error.code), error.code);
    }
  });

  test('a list about another’s account holds only what is the caller’s too', async () => {
    const { transactions } = await client.call('listTransactions', { account: 'bob' }, { token });
    assert.deepEqual(transactions, []);
  });

  test('watching another’s account: NOT_ALLOWED', async () => {
    const error = await failureOf(client.watch({ after: '', accounts: ['bob'] }, { token }).next());
    assert.deepEqual([error.code, error.reason], ['PERMISSION_DENIED', 'NOT_ALLOWED']);
    assert.equal((await overSocket('watch', { after: '', accounts: ['bob'] })).error.reason, 'NOT_ALLOWED');
  });

  test('a path or method that does not exist', async () => {
    assert.equal((await get(stack.edge, '/v1/token')).status, 405);
    assert.equal((await post(stack.edge, '/v1/nothing', {})).status, 404);
  });
});

describe('a cursor', () => {
  async function parts() {
    const page = (await client.watch({ after: 'now' }, { token }).next()).value;
    const [ledger, check, sequence] = page.cursor.split('.');
    return { ledger, check, sequence: Number(sequence), head: page.cursor };
  }
  const CURSORS = [
    ['of another ledger', ({ check, sequence }) => `0123456789abcdef.${check}.${sequence}`],
    ['beyond the head', ({ ledger, check, sequence }) => `${ledger}.${check}.${sequence + 1000}`],
    ['of a rewound history', ({ ledger, sequence }) => `${ledger}.0123456789abcdef.${sequence}`],
  ];
  for (const [what, make] of CURSORS) {
    test(`${what} is CURSOR_UNKNOWN, with the ledger and its head`, async () => {
      const { ledger, head, ...rest } = await parts();
      const after = make({ ledger, ...rest });
      for (const call of [() => client.watch({ after }, { token }).next(), () => client.call('listTransactions', { after }, { token })]) {
        const error = await failureOf(call());
        assert.deepEqual([error.code, error.reason], ['OUT_OF_RANGE', 'CURSOR_UNKNOWN']);
        assert.deepEqual(error.info, { ledger, head });
      }
      const resync = await overSocket('watch', { after });
      assert.equal(resync.state, 'resync');
      assert.equal(resync.data.reason, 'CURSOR_UNKNOWN');
      assert.equal(resync.data.head, head);
    });
  }

  test('that is no cursor is INVALID_FIELD', async () => {
    for (const after of ['yesterday', '1', `${'0'.repeat(16)}.1`]) {
      const error = await failureOf(client.watch({ after }, { token }).next());
      assert.deepEqual([error.code, error.reason], ['INVALID_ARGUMENT', 'INVALID_FIELD']);
      assert.deepEqual(error.fields, ['after']);
      assert.equal((await overSocket('watch', { after })).error.reason, 'INVALID_FIELD');
    }
  });
});

test('none of it left a trace in the ledger', async () => {
  assert.deepEqual(await readHistory(stack.postgres), historyBefore);
});
