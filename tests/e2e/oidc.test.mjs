// Tests people who sign in with an OpenID provider, whose tokens both the edge and the service accept.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { failureOf } from './asking.mjs';
import { get, post } from './http.mjs';
import { freePort } from './processes.mjs';
import { Provider } from './provider.mjs';
import { Socket } from './socket.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const READY_TIMEOUT_MS = 15_000;

let stack;
let provider;

// The provider starts only after both programs.
before(async () => {
  const port = await freePort();
  const flags = [
    ...['--oidc-issuer', `http://127.0.0.1:${port}`, '--oidc-audience', 'ledger'],
    ...['--oidc-subject-claim', 'preferred_username', '--oidc-accounts-claim', '/ledger/accounts'],
    ...['--oidc-admin-claim', '/realm_access/roles', '--oidc-admin-values', 'ledger-admin'],
  ];
  stack = await Stack.startWithAccounts(['ann', 'bob', 'cid'], { serviceFlags: flags, edgeFlags: flags });
  provider = await Provider.start(port);
  const token = tokenOf('ann');
  const isIn = async () => (await get(stack.edge, '/v1/accounts/ann', { token })).status === 200 && (await isAuthenticated(token));
  await waitUntil("the provider's keys to be known", isIn, READY_TIMEOUT_MS);
});
after(async () => {
  await stack?.stop();
  await provider?.stop();
});

const tokenFor = (accounts, claims = {}) => provider.token({ preferred_username: 'ann', ledger: { accounts }, ...claims });
const tokenOf = (name, claims = {}) => tokenFor([name], { preferred_username: name, ...claims });
const admin = { realm_access: { roles: ['user', 'ledger-admin'] } };

async function isAuthenticated(token) {
  const socket = await new Socket(stack.edge, { token }).opened();
  const { state } = await socket.next('authenticated', 'error');
  await socket.close();
  return state === 'authenticated';
}

test('a member posts and watches with its token of the provider', async () => {
  const token = tokenOf('ann');
  const socket = await new Socket(stack.edge, { token }).opened();
  const { data: who } = await socket.next('authenticated');
  assert.deepEqual({ subject: who.subject, admin: who.admin }, { subject: 'ann', admin: false });
  socket.send('watch', { after: 'now' });
  await socket.next('watching');

  const { status, body } = await post(stack.edge, '/v1/transactions', { fromAccount: 'ann', toAccount: 'bob', amount: '5' }, { token });
  assert.equal(status, 201, JSON.stringify(body));
  // The first frames may say only that there is nothing yet.
  let seen = [];
  while (seen.length === 0) seen = (await socket.next('transactions')).data.transactions;
  assert.deepEqual(seen.map(({ id }) => id), [body.id]);
  await socket.close();

  const foreign = await post(stack.edge, '/v1/transactions', { fromAccount: 'bob', toAccount: 'ann', amount: '5' }, { token });
  assert.deepEqual([foreign.status, foreign.body.error.reason], [403, 'NOT_ALLOWED']);
});

test('an admin is who the configured claim says', async () => {
  const asAdmin = await get(stack.edge, '/v1/accounts/bob', { token: tokenOf('ann', admin) });
  assert.equal(asAdmin.status, 200);
  const byOurClaim = await get(stack.edge, '/v1/accounts/bob', { token: tokenOf('ann', { admin: true }) });
  assert.equal(byOurClaim.status, 403);
});

test('a token for several accounts reads and posts for all of them and no other', async () => {
  const token = tokenFor(['bob', 'ann']);
  const socket = await new Socket(stack.edge, { token }).opened();
  socket.send('watch', { after: 'now' });
  const { data: watching } = await socket.next('watching');
  const { body: accounts } = await get(stack.edge, '/v1/accounts', { token });
  assert.deepEqual(watching.balances, Object.fromEntries(accounts.accounts.map(({ name, balance }) => [name, balance])));
  assert.deepEqual(Object.keys(watching.balances).sort(), ['ann', 'bob']);

  const transfers = [['ann', 'bob'], ['bob', 'cid'], ['cid', 'bob']];
  const ids = [];
  for (const [fromAccount, toAccount] of transfers) {
    const by = fromAccount === 'cid' ? tokenOf('cid') : token;
    const { status, body } = await post(stack.edge, '/v1/transactions', { fromAccount, toAccount, amount: '1' }, { token: by });
    assert.equal(status, 201, JSON.stringify(body));
    ids.push(body.id);
  }
  const seen = [];
  while (seen.length < ids.length) seen.push(...(await socket.next('transactions')).data.transactions);
  assert.deepEqual(seen.map(({ id }) => id), ids);
  // It sees both sides of a transfer between its own accounts, and only its own side of others.
  assert.ok(seen[0].fromBalance && seen[0].toBalance);
  assert.deepEqual([seen[1].fromBalance !== undefined, seen[1].toBalance], [true, undefined]);
  await socket.close();

  const { body: list } = await get(stack.edge, '/v1/transactions?orderBy=sequence%20desc&pageSize=3', { token });
  assert.deepEqual(list.transactions, seen.reverse());
  const { body: digest } = await get(stack.edge, '/v1/digest', { token });
  const { body: whole } = await get(stack.edge, '/v1/transactions?pageSize=100', { token });
  assert.equal(Number(digest.count), whole.transactions.length);
  for (const path of ['/v1/accounts/cid', '/v1/digest?account=cid']) {
    assert.equal((await get(stack.edge, path, { token })).status, 403, path);
  }
});

test('a token for other accounts than before closes the socket, which comes again with it', async () => {
  const socket = await new Socket(stack.edge, { token: tokenFor(['ann', 'bob']) }).opened();
  await socket.next('authenticated');
  socket.send('refresh', { token: tokenFor(['ann']) });
  assert.equal((await socket.closing()).code, 4401);
});

test('signing in with a password works beside it', async () => {
  assert.equal((await get(stack.edge, '/v1/accounts/bob', { token: await stack.token('bob') })).status, 200);
});

test('tokens for others, of nobody and of the past are refused by both programs', async () => {
  const bad = {
    'for another audience': [tokenOf('ann', { aud: 'mail' }), 'TOKEN_INVALID'],
    'of another issuer': [tokenOf('ann', { iss: 'http://127.0.0.1:1' }), 'TOKEN_INVALID'],
    'without a subject': [provider.token({ ledger: { accounts: ['ann'] } }), 'TOKEN_INVALID'],
    'without accounts': [tokenFor(undefined), 'TOKEN_INVALID'],
    "that say they are the edge's": [tokenOf('relay', admin), 'TOKEN_INVALID'],
    'that ended': [provider.token({ preferred_username: 'ann', ledger: { accounts: ['ann'] } }, { lifeSeconds: -60 }), 'TOKEN_EXPIRED'],
  };
  for (const [what, [token, reason]] of Object.entries(bad)) {
    const failure = await failureOf(stack.client().call('getAccount', { name: 'ann' }, { token }));
    assert.deepEqual([failure.code, failure.reason], ['UNAUTHENTICATED', reason], what);
    const socket = await new Socket(stack.edge, { token }).opened();
    assert.equal((await socket.closing()).code, 4401, what);
  }
});

test('a socket may change between tokens of both issuers for the same account', async () => {
  const socket = await new Socket(stack.edge, { token: await stack.token('ann') }).opened();
  await socket.next('authenticated');
  socket.send('refresh', { token: tokenOf('ann') });
  await socket.next('authenticated');
  socket.send('refresh', { token: tokenOf('bob') });
  assert.equal((await socket.closing()).code, 4403);
});
