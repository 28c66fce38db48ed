// Tests that invalid requests are refused with the contract's codes, the same on every transport.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { askOverSocket, failureOf, transfer } from './asking.mjs';
import { readHistory } from './history.mjs';
import { get, post } from './http.mjs';
import { Stack } from './stack.mjs';

const INT64_MAX = '9223372036854775807';
const AMOUNT_MAX = String(2n ** 53n - 1n);
const BALANCE_MAX = 2n ** 62n;

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

// Name, field and content of bad transfers. Amounts above int64 exist in JSON only.
const BAD_TRANSFERS = [
  ['amount 0', 'amount', { amount: '0' }],
  ['a negative amount', 'amount', { amount: '-1' }],
  ['an amount above 2^53 - 1', 'amount', { amount: String(2n ** 53n) }],
  ['the largest 64-bit amount', 'amount', { amount: INT64_MAX }],
  ['from = to', 'to_account', { toAccount: 'ann' }],
  ['an id that is no UUID', 'id', { id: 'one' }],
  ['the nil UUID', 'id', { id: '00000000-0000-0000-0000-000000000000' }],
  ['the max UUID', 'id', { id: 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF' }],
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
    const error = await failureOf(client.call('createTransaction', transfer({ amount: AMOUNT_MAX }), { token }));
    assert.equal(error.reason, 'INSUFFICIENT_FUNDS');
    assert.equal(error.code, 'FAILED_PRECONDITION');
  });

  test('a body above the limit is refused', async () => {
    const answer = await post(stack.edge, '/v1/transactions', transfer({ description: 'x'.repeat(1 << 20) }), { token }).catch(() => undefined);
    assert.ok(answer === undefined || answer.status === 413, `answered ${answer?.status}`);
  });

  test('an Idempotency-Key that is no UUID is refused', async () => {
    for (const key of ['', 'one', '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']) {
      const { status, body } = await post(stack.edge, '/v1/transactions', transfer(), { token, headers: { 'idempotency-key': key } });
      assert.equal(status, 400, key);
      assert.equal(body.error.reason, 'INVALID_FIELD', key);
    }
  });

  test('text that is no UTF-8 is refused over HTTP, in a body and in a query', async () => {
    const body = Buffer.concat([Buffer.from('{"fromAccount":"ann","toAccount":"bob","amount":"1","description":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    const posted = await post(stack.edge, '/v1/transactions', body, { token });
    assert.deepEqual([posted.status, posted.body.error.reason], [400, 'INVALID_FIELD']);
    for (const path of ['/v1/transactions?account=%ff', '/v1/accounts?pageToken=%ff', '/v1/accounts/ann?at=%c3', '/v1/digest?after=%ff']) {
      const answer = await get(stack.edge, path, { token });
      assert.deepEqual([answer.status, answer.body.error.reason], [400, 'INVALID_FIELD'], path);
    }
  });

  test('a time that no calendar holds is refused', async () => {
    for (const at of ['294277-01-01T00:00:00Z', '-4714-01-01T00:00:00Z', '10000-01-01T00:00:00Z']) {
      const error = await failureOf(client.call('getAccount', { name: 'ann', at }, { token }));
      assert.deepEqual([error.code, error.reason], ['INVALID_ARGUMENT', 'INVALID_FIELD'], at);
      assert.equal((await get(stack.edge, `/v1/accounts/ann?at=${encodeURIComponent(at)}`, { token })).status, 400);
    }
  });
});

describe('an account near the limit of balances', () => {
  // Returns what ann learns from the refusal.
  const probe = async (amount) => {
    const error = await failureOf(client.call('createTransaction', { fromAccount: 'ann', toAccount: 'rich', amount: String(amount), validateOnly: true }, { token }));
    return [error.code, error.reason, error.message, error.info];
  };

  test('tells a member nothing by the amounts that it tries, and an admin what it holds', async () => {
    const admin = await stack.token('admin');
    for (const name of ['poor', 'rich']) {
      await client.call('createAccount', { account: { name, currency: 'PTS', noMinimum: name === 'poor' } }, { token: admin });
    }
    const requests = Array.from({ length: 512 }, () => ({ fromAccount: 'poor', toAccount: 'rich', amount: AMOUNT_MAX }));
    await client.call('batchCreateTransactions', { requests }, { token: admin });
    const held = 512n * BigInt(AMOUNT_MAX);
    historyBefore = await readHistory(stack.postgres);

    const answers = [];
    for (const amount of [1n, BALANCE_MAX - held, BALANCE_MAX - held + 1n, 1000n]) answers.push(await probe(amount));
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    const [code, reason, message, info] = answers[0];
    assert.deepEqual([code, reason], ['FAILED_PRECONDITION', 'BALANCE_OVERFLOW']);
    assert.deepEqual(info, {});
    assert.ok(!message.includes('rich'), message);

    const told = await failureOf(client.call('createTransaction', { fromAccount: 'admin', toAccount: 'rich', amount: String(BALANCE_MAX - held + 1n) }, { token: admin }));
    assert.equal(told.reason, 'BALANCE_OVERFLOW');
    assert.deepEqual([told.info.account, told.info.balance], ['rich', String(held)]);
    const most = await client.call('createTransaction', { fromAccount: 'admin', toAccount: 'rich', amount: String(BALANCE_MAX - held), validateOnly: true }, { token: admin });
    assert.equal(most.toBalance, String(BALANCE_MAX));
  });

  test('is not what a batch of a member can reach by many transfers', async () => {
    const requests = ['1', AMOUNT_MAX].map((amount) => ({ fromAccount: 'ann', toAccount: 'bob', amount, validateOnly: true }));
    const error = await failureOf(client.call('batchCreateTransactions', { requests }, { token }));
    assert.deepEqual([error.reason, error.fields], ['INVALID_FIELD', ['requests[1].amount']]);
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
      assert.deepEqual([error.code, error.reason], ['NOT_FOUND', 'TRANSACTION_NOT_FOUND']);
    }
    for (const unseen of [id, randomUUID()]) {
      const { status, body } = await get(stack.edge, `/v1/transactions/${unseen}`, { token });
      assert.equal(status, 404);
      assert.deepEqual(body.error, {
        code: 'NOT_FOUND', reason: 'TRANSACTION_NOT_FOUND', message: `there is no transaction '${unseen}'`, metadata: { transaction: unseen },
      });
      const error = await failureOf(client.call('reverseTransaction', { id: unseen }, { token }));
      assert.deepEqual([error.code, error.reason], ['NOT_FOUND', 'TRANSACTION_NOT_FOUND']);
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
