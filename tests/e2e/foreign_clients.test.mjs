// Clients that are not ours, as the README shows them: `buf curl` speaks reflection as grpcurl does.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { repository } from './processes.mjs';
import { passwordOf, Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const STREAM_TIMEOUT_MS = 15_000;

const run = promisify(execFile);
const buf = join(repository, 'tests/e2e/node_modules/.bin/buf');
const CURL = ['curl', '--protocol', 'grpc', '--http2-prior-knowledge'];

let stack;

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob']);
});
after(() => stack?.stop());

const url = (method) => `http://${stack.service.address}/${method}`;
const bearer = (token) => ['--header', `authorization: Bearer ${token}`];

async function call(method, request, ...flags) {
  const { stdout } = await run(buf, [...CURL, ...flags, '--data', JSON.stringify(request), url(method)]);
  return JSON.parse(stdout);
}

test('the services and their methods are listed by reflection', async () => {
  const { stdout } = await run(buf, [...CURL, '--list-methods', `http://${stack.service.address}`]);
  for (const method of [
    'ledgercast.v1.TransactionService/CreateTransaction',
    'ledgercast.v1.TransactionService/WatchTransactions',
    'ledgercast.v1.AccountService/GetAccount',
    'ledgercast.v1.AuthService/IssueToken',
    'grpc.health.v1.Health/Check',
  ]) {
    assert.ok(stdout.split('\n').includes(method), `${method} is not in:\n${stdout}`);
  }
});

test('health is answered', async () => {
  assert.deepEqual(await call('grpc.health.v1.Health/Check', {}), { status: 'SERVING' });
});

test('a transfer is posted with a token, and shows on a stream that was watching', async () => {
  const { accessToken } = await call('ledgercast.v1.AuthService/IssueToken', { username: 'ann', password: passwordOf('ann') });
  const watch = spawn(
    buf,
    [...CURL, ...bearer(accessToken), '--data', JSON.stringify({ after: 'now' }), url('ledgercast.v1.TransactionService/WatchTransactions')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    let printed = '';
    watch.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
    await waitUntil('the stream to be live', () => printed.includes('"live"'), STREAM_TIMEOUT_MS);
    const posted = await call(
      'ledgercast.v1.TransactionService/CreateTransaction',
      { fromAccount: 'ann', toAccount: 'bob', amount: '5', description: 'by another client' },
      ...bearer(accessToken),
    );
    assert.equal(posted.amount, '5');
    await waitUntil('the transfer to show on the stream', () => printed.includes(posted.id), STREAM_TIMEOUT_MS);
  } finally {
    watch.kill();
    await once(watch, 'exit');
  }
});

test('a refused call names its reason', async () => {
  await assert.rejects(call('ledgercast.v1.AccountService/GetAccount', { name: 'ann' }), /TOKEN_MISSING|unauthenticated/);
});

test('the protocol keeps buf’s rules', async () => {
  await run(buf, ['lint'], { cwd: join(repository, 'proto') });
});
