// Tests a client of another project, used as the README shows.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { buf, call, errorOf, listMethods, openStream } from './buf_curl.mjs';
import { repository } from './processes.mjs';
import { passwordOf, Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const STREAM_TIMEOUT_MS = 15_000;

let stack;

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob']);
});
after(() => stack?.stop());

test('the services and their methods are listed by reflection', async () => {
  const methods = await listMethods(stack.service);
  for (const method of [
    'ledgercast.v1.TransactionService/CreateTransaction',
    'ledgercast.v1.TransactionService/WatchTransactions',
    'ledgercast.v1.AccountService/GetAccount',
    'ledgercast.v1.AuthService/IssueToken',
    'grpc.health.v1.Health/Check',
  ]) {
    assert.ok(methods.includes(method), `${method} is not in:\n${methods.join('\n')}`);
  }
});

test('health is answered', async () => {
  assert.deepEqual(await call(stack.service, 'grpc.health.v1.Health/Check', {}), { status: 'SERVING' });
});

test('a transfer is posted with a token, and shows on a stream that was watching', async () => {
  const { accessToken } = await call(stack.service, 'ledgercast.v1.AuthService/IssueToken', { username: 'ann', password: passwordOf('ann') });
  const watch = openStream(stack.service, 'ledgercast.v1.TransactionService/WatchTransactions', { after: 'now' }, accessToken);
  try {
    await waitUntil('the stream to be live', () => watch.printed().includes('"live"'), STREAM_TIMEOUT_MS);
    const posted = await call(
      stack.service,
      'ledgercast.v1.TransactionService/CreateTransaction',
      { fromAccount: 'ann', toAccount: 'bob', amount: '5', description: 'by another client' },
      accessToken,
    );
    assert.equal(posted.amount, '5');
    await waitUntil('the transfer to show on the stream', () => watch.printed().includes(posted.id), STREAM_TIMEOUT_MS);
  } finally {
    await watch.end();
  }
});

test('a refused call names its reason', async () => {
  const error = await errorOf(call(stack.service, 'ledgercast.v1.AccountService/GetAccount', { name: 'ann' }));
  assert.equal(error.info.reason, 'TOKEN_MISSING');
});

test('the protocol keeps buf’s rules', async () => {
  await promisify(execFile)(buf, ['lint'], { cwd: join(repository, 'proto') });
});
