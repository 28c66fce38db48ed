// Tests each error of AuthService with a client of another project.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as bufCurl from './buf_curl.mjs';
import { ADMIN, passwordOf, Stack } from './stack.mjs';

const WRONG_PASSWORDS_MAX = 20;

const { errorOf } = bufCurl;

let stack;
let ann;
let admin;

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob']);
  ann = await stack.token('ann');
  admin = await stack.token(ADMIN.username);
});
after(() => stack?.stop());

const call = (method, request, token) => bufCurl.call(stack.service, `ledgercast.v1.AuthService/${method}`, request, token);

const REFUSALS = [
  ['revoking without a token', 'unauthenticated', 'TOKEN_MISSING', () => call('RevokeTokens', {})],
  ['revoking another’s as a member', 'permission_denied', 'NOT_ALLOWED', () => call('RevokeTokens', { username: 'bob' }, ann)],
  ['revoking an unknown one’s as a member', 'permission_denied', 'NOT_ALLOWED', () => call('RevokeTokens', { username: 'nobody' }, ann)],
  ['revoking an unknown one’s as an admin', 'not_found', 'ACCOUNT_NOT_FOUND', () => call('RevokeTokens', { username: 'nobody' }, admin)],
  ['revoking what is no name', 'invalid_argument', 'INVALID_FIELD', () => call('RevokeTokens', { username: 'No Name' }, admin)],
  ['changing a password without a token', 'unauthenticated', 'TOKEN_MISSING', () => call('ChangePassword', { newPassword: 'long enough' })],
  ['changing another’s password as a member', 'permission_denied', 'NOT_ALLOWED', () => call('ChangePassword', { username: 'bob', newPassword: 'long enough' }, ann)],
  ['a new password that is too short', 'invalid_argument', 'INVALID_FIELD', () => call('ChangePassword', { currentPassword: passwordOf('ann'), newPassword: '1234567' }, ann)],
  ['changing one’s password without the current one', 'invalid_argument', 'INVALID_FIELD', () => call('ChangePassword', { newPassword: 'long enough' }, ann)],
  ['changing one’s password with a wrong one', 'unauthenticated', 'BAD_CREDENTIALS', () => call('ChangePassword', { currentPassword: 'wrong', newPassword: 'long enough' }, ann)],
  ['an admin changing its own with a wrong one', 'unauthenticated', 'BAD_CREDENTIALS', () => call('ChangePassword', { currentPassword: 'wrong', newPassword: 'long enough' }, admin)],
];

for (const [what, code, reason, refused] of REFUSALS) {
  test(`${what}: ${reason}`, async () => {
    const error = await errorOf(refused());
    assert.equal(error.code, code);
    assert.ok(error.message.length > 0);
    assert.deepEqual({ reason: error.info.reason, domain: error.info.domain }, { reason, domain: 'ledgercast' });
  });
}

test('guessing a password: TOO_BUSY, and when to try again', async () => {
  const guess = () => errorOf(call('IssueToken', { username: 'bob', password: 'wrong password' }));
  let error = await guess();
  for (let count = 1; error.info.reason === 'BAD_CREDENTIALS' && count < WRONG_PASSWORDS_MAX; ++count) error = await guess();
  assert.equal(error.code, 'resource_exhausted');
  assert.equal(error.info.reason, 'TOO_BUSY');
  assert.ok(Number(error.info.metadata.retryAfterSeconds) >= 1);
  const { seconds, nanos } = error.retry.retryDelay;
  assert.ok(Number(seconds) * 1e9 + nanos > 0);
});

test('a revoked token: TOKEN_INVALID', async () => {
  const { accessToken, refreshToken } = await call('IssueToken', { username: 'ann', password: passwordOf('ann') });
  await call('RevokeTokens', {}, accessToken);
  for (const [method, request, token] of [
    ['RevokeTokens', {}, accessToken],
    ['RefreshToken', { refreshToken }],
  ]) {
    const error = await errorOf(call(method, request, token));
    assert.equal(error.code, 'unauthenticated');
    assert.equal(error.info.reason, 'TOKEN_INVALID');
  }
});
