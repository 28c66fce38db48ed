// People who sign in with an OpenID provider: its tokens are good at the edge and at the service.

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

// The provider comes up only after both programs.
before(async () => {
  const port = await freePort();
  const flags = [
    ...['--oidc-issuer', `http://127.0.0.1:${port}`, '--oidc-audience', 'ledger'],
    ...['--oidc-subject-claim', 'preferred_username'],
    ...['--oidc-admin-claim', '/realm_access/roles', '--oidc-admin-values', 'ledger-admin'],
  ];
  stack = await Stack.startWithAccounts(['ann', 'bob'], { serviceFlags: flags, edgeFlags: flags });
  provider = await Provider.start(port);
  const token = tokenOf('ann');
  const isIn = async () => (await get(stack.edge, '/v1/accounts/ann', { token })).status === 200 && (await isAuthenticated(token));
  await waitUntil("the provider's keys to be known", isIn, READY_TIMEOUT_MS);
});
after(async () => {
  await stack?.stop();
  await provider?.stop();
});

const tokenOf = (name, claims = {}) => provider.token({ preferred_username: name, ...claims });
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
  // The first frames may only say that there is nothing yet.
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

test('signing in with a password works beside it', async () => {
  assert.equal((await get(stack.edge, '/v1/accounts/bob', { token: await stack.token('bob') })).status, 200);
});

test('tokens for others, of nobody and of the past are refused by both programs', async () => {
  const bad = {
    'for another audience': [tokenOf('ann', { aud: 'mail' }), 'TOKEN_INVALID'],
    'of another issuer': [tokenOf('ann', { iss: 'http://127.0.0.1:1' }), 'TOKEN_INVALID'],
    'without a subject': [provider.token({}), 'TOKEN_INVALID'],
    "that say they are the edge's": [tokenOf('relay', admin), 'TOKEN_INVALID'],
    'that ended': [provider.token({ preferred_username: 'ann' }, { lifeSeconds: -60 }), 'TOKEN_EXPIRED'],
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
