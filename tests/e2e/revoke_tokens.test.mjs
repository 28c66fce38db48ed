// Tokens that are ended before their time, with two replicas of the service.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { failureOf } from './asking.mjs';
import { passwordOf, Stack } from './stack.mjs';
import { waitUntil, within } from './waiting.mjs';

// Promised: about a second for calls, two for streams.
const ELSEWHERE_TIMEOUT_MS = 5_000;

let stack;
let here;
let there;

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob']);
  const replica = await stack.addService();
  await replica.waitUntilReady();
  here = stack.client();
  there = stack.client(replica);
});
after(() => stack?.stop());

const signIn = (client, username, password = passwordOf(username)) => client.call('issueToken', { username, password });
const look = (client, name, token) => client.call('getAccount', { name }, { token });

async function assertRevoked(promise) {
  const { code, reason } = await failureOf(promise);
  assert.deepEqual({ code, reason }, { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' });
}

/** A watch that has begun: `ended` is how it ends. */
async function startWatch(client, token) {
  const responses = client.watch({ after: 'now' }, { token });
  await responses.next();
  const readToTheEnd = async () => {
    for await (const _ of responses);
  };
  return { ended: readToTheEnd().catch((error) => error) };
}

test('a token revoked through one replica is refused by both, and its watches end', async () => {
  const { accessToken, refreshToken } = await signIn(here, 'ann');
  const bob = await stack.token('bob');
  await look(there, 'ann', accessToken);
  const watches = [await startWatch(here, accessToken), await startWatch(there, accessToken)];
  const others = await startWatch(there, bob);

  await here.call('revokeTokens', {}, { token: accessToken });
  await assertRevoked(look(here, 'ann', accessToken));
  const isRefused = () => look(there, 'ann', accessToken).then(() => false, () => true);
  await waitUntil('the other replica to refuse it', isRefused, ELSEWHERE_TIMEOUT_MS);
  await assertRevoked(look(there, 'ann', accessToken));
  await assertRevoked(there.call('refreshToken', { refreshToken }));
  for (const { ended } of watches) {
    const { code, reason } = await within('the watch to end', ended, ELSEWHERE_TIMEOUT_MS);
    assert.deepEqual({ code, reason }, { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' });
  }

  const goesOn = look(there, 'bob', bob).then(() => 'goes on');
  assert.equal(await Promise.race([others.ended, goesOn]), 'goes on');
  const again = await signIn(there, 'ann');
  await look(here, 'ann', again.accessToken);
  await here.call('refreshToken', { refreshToken: again.refreshToken });
});

test('the edge passes on that a token was revoked', async () => {
  const { accessToken } = await signIn(here, 'bob');
  const headers = { authorization: `Bearer ${accessToken}` };
  const get = () => fetch(`${stack.edge.url}/v1/accounts/bob`, { headers });
  assert.equal((await get()).status, 200);
  await here.call('revokeTokens', { username: 'bob' }, { token: await stack.token('admin') });
  const response = await get();
  assert.equal(response.status, 401);
  assert.equal((await response.json()).error.reason, 'TOKEN_INVALID');
});

test('a password changed through one replica is the only one everywhere', async () => {
  const { accessToken } = await signIn(there, 'ann');
  const password = 'another one of the tests';
  await there.call('changePassword', { currentPassword: passwordOf('ann'), newPassword: password }, { token: accessToken });
  await assertRevoked(look(there, 'ann', accessToken));
  const { reason } = await failureOf(signIn(here, 'ann'));
  assert.equal(reason, 'BAD_CREDENTIALS');
  await look(here, 'ann', (await signIn(here, 'ann', password)).accessToken);
});
