// What Docker and Kubernetes ask: `--healthcheck`, the health port's three questions, and readiness
// while an edge drains.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { promisify } from 'node:util';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import { Authority } from './certificates.mjs';
import { binaries, freePort, repository } from './processes.mjs';
import { Socket } from './socket.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const CHANGE_TIMEOUT_MS = 20_000;
const LONG_DELAY_MS = 600_000;

const run = promisify(execFile);
const { Health } = grpc.loadPackageDefinition(
  protoLoader.loadSync('grpc/health/v1/health.proto', { includeDirs: [join(repository, 'proto')], enums: String }),
).grpc.health.v1;

let stack;
afterEach(() => stack?.stop());

/** What a probe would find: a status, or the code of the error. */
function probe(port, service) {
  const health = new Health(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
  return new Promise((resolve) => {
    health.check({ service }, { deadline: Date.now() + 2_000 }, (error, answer) => {
      health.close();
      resolve(error ? grpc.status[error.code] : answer.status);
    });
  });
}

const answers = async (port) => [await probe(port, 'startup'), await probe(port, 'readiness'), await probe(port, 'liveness')];
const becomes = (port, expected) =>
  waitUntil(`the health port to answer ${expected}`, async () => String(await answers(port)) === String(expected), CHANGE_TIMEOUT_MS);

const healthcheck = (program, adminPort) => run(join(binaries, program.name), ['--healthcheck', '--admin-listen', `0.0.0.0:${adminPort ?? program.adminPort}`]);

test('the health port tells starting, ready and alive apart, without TLS where gRPC has it', async () => {
  stack = await Stack.start();
  await stack.postgres.stop();
  const { certFile, keyFile } = new Authority(stack.folder, 'ca').issue('service');
  const port = await freePort();
  const service = await stack.addService([`--health-listen=127.0.0.1:${port}`, '--tls-cert-file', certFile, '--tls-key-file', keyFile]);
  await becomes(port, ['NOT_SERVING', 'NOT_SERVING', 'SERVING']);
  await stack.postgres.start();
  await becomes(port, ['SERVING', 'SERVING', 'SERVING']);
  assert.equal(await probe(port, ''), 'SERVING');
  assert.equal(await probe(port, 'poster'), 'NOT_FOUND');

  await stack.postgres.kill();
  await becomes(port, ['SERVING', 'NOT_SERVING', 'SERVING']);
  await stack.postgres.start();
  await becomes(port, ['SERVING', 'SERVING', 'SERVING']);
  await service.waitUntilReady();
});

test('a service that drains is alive, but not ready', async () => {
  stack = await Stack.start();
  const port = await freePort();
  const service = await stack.addService([`--health-listen=127.0.0.1:${port}`, `--drain-delay-ms=${LONG_DELAY_MS}`]);
  await becomes(port, ['SERVING', 'SERVING', 'SERVING']);
  service.child.kill('SIGTERM');
  await becomes(port, ['SERVING', 'NOT_SERVING', 'SERVING']);
  stack.services.pop();
  await service.kill();
});

test('--healthcheck answers by its exit code, and says what is wrong', async () => {
  stack = await Stack.startWithAccounts([]);
  for (const program of [stack.service, stack.edge]) {
    assert.deepEqual(await healthcheck(program), { stdout: '', stderr: '' });
    await assert.rejects(healthcheck(program, await freePort()), { code: 1, stderr: /nobody answers on 0\.0\.0\.0:\d+/ });
    await assert.rejects(healthcheck(program, 'x'), { code: 1, stderr: /--admin-listen must be its host:port/ });
  }
  await stack.postgres.kill();
  await waitUntil('the service not to be ready', async () => !(await stack.service.isReady()), CHANGE_TIMEOUT_MS);
  await assert.rejects(healthcheck(stack.service), { code: 1, stderr: /not ready: DATABASE_UNAVAILABLE/ });
  await stack.postgres.start();
});

/** Returns the sequence of the first transaction. Skips empty frames before it, which may tell that it is live. */
async function firstSequence(socket) {
  for (;;) {
    const [first] = (await socket.next('transactions')).data.transactions;
    if (first) return first.sequence;
  }
}

test('an edge that drains is not ready, but serves who still comes, as long as it was told', async () => {
  stack = await Stack.startWithAccounts(['ann']);
  const edge = await stack.addEdge(stack.service, [`--drain-delay-ms=${LONG_DELAY_MS}`]);
  await edge.waitUntilReady();
  const token = await stack.token('ann');
  const before = await new Socket(edge, { token }).opened();
  await before.next('authenticated');
  edge.child.kill('SIGTERM');
  await waitUntil('the edge not to be ready', async () => !(await edge.isReady()), CHANGE_TIMEOUT_MS);

  const late = await new Socket(edge, { token }).opened();
  await late.next('authenticated');
  for (const socket of [before, late]) {
    socket.send('watch', { after: 'now' });
    await socket.next('watching');
  }
  await stack.client().call('createTransaction', { fromAccount: 'admin', toAccount: 'ann', amount: '1' }, { token: await stack.token('admin') });
  for (const socket of [before, late]) assert.equal(await firstSequence(socket), '2');
  stack.edges.pop();
  await edge.kill();
});

test('the password of the database is read from a file, at each connecting', async () => {
  stack = await Stack.start();
  const passwordFile = join(stack.folder, 'database.password');
  const setPassword = async (password) => {
    await stack.postgres.query(`ALTER ROLE app PASSWORD '${password.replaceAll("'", "''")}'`);
    writeFileSync(passwordFile, `${password}\n`);
  };
  await stack.postgres.query('CREATE ROLE app LOGIN SUPERUSER');
  const [[rules]] = await stack.postgres.query('SHOW hba_file');
  writeFileSync(rules, `local all app scram-sha-256\n${readFileSync(rules, 'utf8')}`);
  await stack.postgres.query('SELECT pg_reload_conf()');

  await setPassword("it's \\ a % pass word?");
  const database = stack.postgres.conninfo.replace(/user='?[^ ']+'?/, 'user=app');
  assert.notEqual(database, stack.postgres.conninfo);
  const service = await stack.addService(['--database-password-file', passwordFile], { database });
  await service.waitUntilReady();
  await run(join(binaries, 'ledgercast'), ['admin', 'create', 'boss', '--database', database, '--database-password-file', passwordFile, '--password-file', passwordFile]);

  await setPassword('another');
  await stack.postgres.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'");
  await waitUntil('the service to be connected again', async () => {
    const [[count]] = await stack.postgres.query("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'");
    return Number(count) > 0 && (await service.isReady());
  }, CHANGE_TIMEOUT_MS);
});

test('readiness tells when the lock of the ledger cannot be had', async () => {
  stack = await Stack.start();
  const service = await stack.addService(['--fence-timeout-ms=20000', '--statement-timeout-ms=60000']);
  await service.waitUntilReady();
  await stack.makeAdmin();
  await stack.makeAccounts(['ann'], 10);
  const other = stack.postgres.openSession();
  await other.run('BEGIN; SELECT lock_ledger()');
  const transfer = { fromAccount: 'admin', toAccount: 'ann', amount: '1' };
  const posted = stack.client().call('createTransaction', transfer, { token: await stack.token('admin'), timeoutMs: 60_000 });
  const says = async () => /^warning: the ledger's lock was not had for \d+s/m.test((await service.readiness()).text);
  await waitUntil('readiness to say so', says, CHANGE_TIMEOUT_MS);
  await other.run('COMMIT');
  await posted;
  assert.equal(await says(), false);
  await other.close();
});
