// Tests tokens that are revoked before they expire, with two replicas of the service.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { failureOf } from './asking.mjs';
import { Events } from './events.mjs';
import { gaugeOf } from './exposition.mjs';
import { get } from './http.mjs';
import { Socket } from './socket.mjs';
import { passwordOf, Stack } from './stack.mjs';
import { waitUntil, within } from './waiting.mjs';

// The documentation promises about a second for calls, and two seconds for streams.
const ELSEWHERE_TIMEOUT_MS = 5_000;

let stack;
let here;
let there;

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob', 'cid', 'dan']);
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

/** Starts a watch and waits until it has begun. `ended` resolves to how it ends. */
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

/** Opens everything that can hold a token at the edge. `ends` resolve when each is told that it is over. */
async function openAtTheEdge(token) {
  const socket = await new Socket(stack.edge, { token }).opened();
  await socket.next('authenticated');
  socket.send('watch', { after: 'now' });
  await socket.next('watching');
  const events = new Events(stack.edge, { token, after: 'now' });
  await events.next('watching');
  const poll = get(stack.edge, '/v1/poll?after=now&wait=25', { token });
  await waitUntil('the poll to wait', async () => (await gaugeOf(stack.edge, 'ledgercast_edge_polls')) >= 1, ELSEWHERE_TIMEOUT_MS);
  return { socket, events, poll };
}

async function assertEndedAtTheEdge({ socket, events, poll }) {
  const { error } = await socket.next('error');
  assert.deepEqual([error.code, error.reason], ['UNAUTHENTICATED', 'TOKEN_INVALID']);
  assert.equal((await socket.closing(ELSEWHERE_TIMEOUT_MS)).code, 4401);
  await events.ended(ELSEWHERE_TIMEOUT_MS);
  const answer = await within('the poll to end', poll, ELSEWHERE_TIMEOUT_MS);
  assert.deepEqual([answer.status, answer.body.error.reason], [401, 'TOKEN_INVALID']);
}

test('whoever is revoked loses every connection to the edge within seconds, and comes in with a new token only', async () => {
  const { accessToken } = await signIn(here, 'cid');
  const open = await openAtTheEdge(accessToken);
  const bystander = await new Socket(stack.edge, { token: await stack.newToken('dan') }).opened();
  await bystander.next('authenticated');
  await there.call('revokeTokens', { username: 'cid' }, { token: await stack.token('admin') });
  await assertEndedAtTheEdge(open);

  const again = new Socket(stack.edge, { token: accessToken });
  assert.equal((await again.closing()).code, 4401);
  assert.equal((await get(stack.edge, '/v1/poll', { token: accessToken })).status, 401);
  const anew = await new Socket(stack.edge, { token: (await signIn(here, 'cid')).accessToken }).opened();
  assert.equal((await anew.next('authenticated')).data.subject, 'cid');
  bystander.send('ping', {}, 'p');
  assert.equal((await bystander.next('pong')).id, 'p');
  for (const socket of [anew, bystander]) await socket.close();
});

test('an admin that is one no more loses what it saw as one within seconds', async () => {
  const admin = await stack.token('admin');
  const account = { name: 'boss', displayName: 'Boss', department: 'management', currency: 'PTS' };
  await here.call('createAccount', { account, password: passwordOf('boss') }, { token: admin });
  const { accessToken } = await signIn(here, 'boss');
  const open = await openAtTheEdge(accessToken);
  await here.call('updateAccount', { account: { name: 'boss', department: 'sales' }, updateMask: { paths: ['department'] } }, { token: admin });
  await assertEndedAtTheEdge(open);
  const anew = await new Socket(stack.edge, { token: (await signIn(here, 'boss')).accessToken }).opened();
  assert.equal((await anew.next('authenticated')).data.admin, false);
  await anew.close();
});

test('a stolen refresh token that is shown again ends its sign-in at the edge, and no other', async () => {
  const refresh = ({ refreshToken }) => here.call('refreshToken', { refreshToken });
  const stolen = await signIn(here, 'dan');
  const other = await signIn(here, 'dan');
  // Shown again after two changes it is too old for another tab of its owner.
  const open = await openAtTheEdge((await refresh(await refresh(stolen))).accessToken);
  const bystander = await new Socket(stack.edge, { token: other.accessToken }).opened();
  await bystander.next('authenticated');
  await assertRevoked(there.call('refreshToken', { refreshToken: stolen.refreshToken }));
  await assertEndedAtTheEdge(open);
  bystander.send('ping', {}, 'p');
  assert.equal((await bystander.next('pong')).id, 'p');
  await bystander.close();
});
