// Tests the mistakes that people make with the tool, and the sentence that helps with each.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, repository } from './processes.mjs';
import { Stack } from './stack.mjs';
import { Tool } from './tool.mjs';

let stack;
let tool;

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob']);
  tool = new Tool(stack);
  await tool.logIn('admin');
  await tool.logIn('ann');
});
after(() => stack?.stop());

const login = (service) => ['login', '--service', service, '--username', 'ann'];

test('the tool tells its version, the project’s', async () => {
  const version = readFileSync(join(repository, 'VERSION'), 'utf8').trim();
  assert.equal((await tool.expect(0, 'ann', ['--version'])).stdout, `ledgercast ${version}\n`);
});

test('the port of the edge is told from that of the service', async () => {
  const { host } = new URL(stack.edge.url);
  const { stderr } = await tool.expect(2, 'nobody', login(host), { input: 'password of ann\n' });
  assert.match(stderr, /speaks HTTP, not gRPC: is that the port of the edge\?/);
});

test('a service that is not there is told from one that is slow', async () => {
  const nowhere = `127.0.0.1:${await freePort()}`;
  const missing = await tool.expect(3, 'nobody', login(nowhere), { input: 'password of ann\n' });
  assert.match(missing.stderr, new RegExp(`the service at ${nowhere} does not answer`));
  const session = stack.postgres.openSession();
  await session.run('BEGIN; LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE');
  const slow = await tool.expect(3, 'ann', ['accounts', 'list', '--timeout-seconds', '1']);
  assert.match(slow.stderr, /is there, but took longer than 1s for this: it or its database is busy/);
  assert.doesNotMatch(slow.stderr, /does not answer/);
  await session.run('ROLLBACK');
  await session.close();
  await tool.expect(0, 'ann', ['accounts', 'list']);
});

test('an address without a port, or of a web page, is explained', async () => {
  assert.match((await tool.expect(2, 'nobody', login('localhost'))).stderr, /has no port: give HOST:PORT, for example localhost:50051/);
  assert.match((await tool.expect(2, 'nobody', login(stack.edge.url))).stderr, /not HTTP: give HOST:PORT/);
});

test('commands that are misspelt, or missing, are explained', async () => {
  assert.match((await tool.expect(2, 'ann', ['verfy'])).stderr, /has no command verfy: did you mean verify\?/);
  const { stdout, stderr } = await tool.expect(2, 'ann', []);
  assert.match(stdout, /^Usage: ledgercast/m);
  assert.equal(stderr, '');
});

test('a member pays an amount as its currency is written', async () => {
  const client = stack.client();
  const token = await stack.token('admin');
  for (const name of ['usd1', 'usd2']) await client.call('createAccount', { account: { name, currency: 'USD', minimumBalance: '-100000' } }, { token });
  const pay = (amount) => tool.run('admin', ['post', '--from', 'usd1', '--to', 'usd2', '--amount', amount]);
  assert.match((await pay('2.50')).stdout, /^posted: 2\.50 USD \(250 minor units\) from usd1 to usd2/);
  assert.match((await pay('250')).stdout, /^posted: 2\.50 USD \(250 minor units\)/);
  const refused = await pay('2.505');
  assert.deepEqual([refused.code, refused.stdout], [2, '']);
  assert.match(refused.stderr, /more digits behind the point than USD, which has 2/);
  const points = await tool.run('ann', ['post', '--from', 'ann', '--to', 'bob', '--amount', '2.50']);
  assert.deepEqual([points.code, points.stdout], [2, '']);
  assert.match(points.stderr, /PTS has none: give a whole number/);
});

test('numbers in queries of the edge are decimal and exact, or refused', async () => {
  const ask = async (query) => {
    const response = await fetch(`${stack.edge.url}/v1/transactions?${query}`, { headers: { authorization: `Bearer ${await stack.token('admin')}` } });
    return { status: response.status, body: await response.json() };
  };
  for (const number of ['0x1', '1e1', '1.5', '99999999999', '99999999999999999999', '1_0', 'x', '']) {
    const { status, body } = await ask(`pageSize=${number}`);
    assert.equal(status, 400, `pageSize=${number}: ${JSON.stringify(body)}`);
    assert.equal(body.error.reason, 'INVALID_FIELD');
  }
  assert.equal((await ask('pageSize=01')).body.transactions.length, 1);
});
