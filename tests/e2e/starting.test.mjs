// Tests services that start at the same time on an empty database, and what readiness means.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readMetrics } from './exposition.mjs';
import { get } from './http.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const SERVICES = 4;
const CHANGE_TIMEOUT_MS = 20_000;
const BREAKING_MS = 3_000;

let stack;

before(async () => {
  stack = await Stack.start();
});
after(() => stack?.stop());

test('several services that start at once migrate an empty database once', async () => {
  for (let n = 0; n < SERVICES; n += 1) await stack.addService();
  await Promise.all(stack.services.map((service) => service.waitUntilReady()));
  const heads = await stack.postgres.query('SELECT ledger, (SELECT count(*) FROM transactions) FROM ledger');
  assert.equal(heads.length, 1);
  assert.equal(heads[0][1], '0');
});

test('making the admin again leaves the first one be, unless it is told that that is fine', async () => {
  await stack.makeAdmin();
  await assert.rejects(stack.makeAdmin());
});

test('a service that starts on a migrated database keeps the ledger', async () => {
  const [[ledger]] = await stack.postgres.query('SELECT ledger FROM ledger');
  await stack.makeAccounts(['ann'], 10);
  await stack.service.stop();
  stack.service.start();
  await stack.service.waitUntilReady();
  assert.deepEqual(await stack.postgres.query('SELECT ledger, (SELECT count(*) FROM transactions) FROM ledger'), [[ledger, '1']]);
});

test('a service is not ready while its database is away, and says so', async () => {
  await stack.postgres.kill();
  await waitUntil('the service to say that it is not ready', async () => !(await stack.service.isReady()), CHANGE_TIMEOUT_MS);
  await assert.rejects(stack.client().call('getAccount', { name: 'ann' }, { token: await stack.token('admin') }), {
    code: 'UNAVAILABLE',
    reason: 'DATABASE_UNAVAILABLE',
  });
  await stack.postgres.start();
  await stack.service.waitUntilReady();
  const { balance } = await stack.client().call('getAccount', { name: 'ann' }, { token: await stack.token('admin') });
  assert.equal(balance, '10');
});

test('a service waits for a database that comes and goes while it starts', async () => {
  await stack.service.stop();
  stack.service.start();
  // Breaks the service's connections again and again, whatever statement they have reached.
  await stack.postgres.query(`DO $$ DECLARE until timestamptz := clock_timestamp() + interval '${BREAKING_MS} ms'; BEGIN
    WHILE clock_timestamp() < until LOOP
      PERFORM pg_stat_clear_snapshot();
      PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ledgercast' AND random() < 0.1;
    END LOOP; END $$`);
  await stack.service.waitUntilReady();
});

test('an edge that starts before its service waits for it', async () => {
  await stack.service.stop();
  const edge = await stack.addEdge(stack.service);
  await waitUntil('the edge to answer on its admin port', async () => (await health(edge)) === 200, CHANGE_TIMEOUT_MS);
  assert.equal(await edge.isReady(), false);
  stack.service.start();
  await edge.waitUntilReady();
});

test('an edge that is stopped while requests wait for it to become ready ends in order', async () => {
  await stack.service.stop();
  const edge = await stack.addEdge(stack.service, ['--authenticate-timeout-ms=60000', '--drain-timeout-ms=100']);
  await waitUntil('the edge to answer on its admin port', async () => (await health(edge)) === 200, CHANGE_TIMEOUT_MS);
  const paths = ['/v1/accounts', '/v1/status', '/v1/poll', '/v1/events'];
  const asked = paths.map((path) => get(edge, path, { token: 'a.b.c' }).catch(() => 'gone'));
  const requests = async () => (await readMetrics(edge)).get('ledgercast_edge_http_requests_total').samples[0].value;
  await waitUntil('the requests to be there', async () => (await requests()) === paths.length, CHANGE_TIMEOUT_MS);
  await stack.removeEdge(edge);
  await Promise.all(asked);
  stack.service.start();
  await stack.service.waitUntilReady();
});

async function health(program) {
  try {
    const response = await fetch(`http://127.0.0.1:${program.adminPort}/healthz`);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined;
  }
}

test('the ledger cannot be changed behind the services’ back', async () => {
  for (const sql of ['UPDATE transactions SET amount = 1', 'DELETE FROM transactions', 'TRUNCATE transactions', 'DELETE FROM accounts']) {
    await assert.rejects(stack.postgres.query(sql), /only ever appended to/);
  }
});
