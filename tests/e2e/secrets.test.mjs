// Tests `ledgercast secrets`, which Compose and Kubernetes run first at every start.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { KubernetesApi } from './kubernetes_api.mjs';
import { binaries } from './processes.mjs';

const run = promisify(execFile);
const FILES = {
  accounts: ['admin', 'demo-accounts.json', 'user1', 'user2', 'user3'],
  database: ['password', 'username'],
  'database-owner': ['password', 'username'],
  'database-service': ['password', 'username'],
  edge: ['relay.pem'],
  'transaction-service': ['relay.pub.pem', 'signing.pem'],
};
// Roles of PostgreSQL: one makes the cluster, one owns the tables, one runs the service.
const ROLES = { database: 'ledgercast', 'database-owner': 'ledgercast_owner', 'database-service': 'ledgercast_service' };

let scratch;
const secrets = (args, env = {}) => run(join(binaries, 'ledgercast'), ['secrets', ...args], { env: { ...process.env, ...env } });
const newFolder = () => mkdtempSync(join(scratch, 'secrets.'));

/** Returns every file in the folder, as group/name → content. */
function contents(folder) {
  return Object.fromEntries(Object.entries(FILES).flatMap(([group, names]) => names.map((name) => [`${group}/${name}`, readFileSync(join(folder, group, name), 'utf8')])));
}

/** Returns whether a service with the second key accepts an edge with the first. */
function fit(relay, publicRelay) {
  const derived = createPublicKey(createPrivateKey(relay));
  return derived.asymmetricKeyType === 'ed25519' && derived.export({ type: 'spki', format: 'pem' }) === publicRelay;
}

before(() => {
  scratch = mkdtempSync(join(tmpdir(), 'ledgercast-secrets-'));
});
after(() => rmSync(scratch, { recursive: true }));

test('all secrets are made, each group for who needs it, readable by owner and group only', async () => {
  const folder = newFolder();
  const { stdout, stderr } = await secrets(['create', folder]);
  for (const [group, names] of Object.entries(FILES)) {
    assert.deepEqual(readdirSync(join(folder, group)).sort(), names);
    assert.equal(statSync(join(folder, group)).mode & 0o777, 0o750);
    for (const name of names) assert.equal(statSync(join(folder, group, name)).mode & 0o777, 0o440, name);
  }
  const made = contents(folder);
  assert.ok(fit(made['edge/relay.pem'], made['transaction-service/relay.pub.pem']));
  for (const [group, role] of Object.entries(ROLES)) {
    assert.match(made[`${group}/password`], /^[0-9a-f]{48}$/);
    assert.equal(made[`${group}/username`], role);
  }
  assert.equal(new Set(Object.keys(ROLES).map((group) => made[`${group}/password`])).size, 3);
  assert.deepEqual(
    JSON.parse(made['accounts/demo-accounts.json']),
    ['admin', 'user1', 'user2', 'user3'].map((username) => ({ username, password: made[`accounts/${username}`] })),
  );
  for (const [name, content] of Object.entries(made)) assert.ok(name.endsWith('/username') || !(stdout + stderr).includes(content.trim()), stdout);
});

test('what is there is kept, what is missing is made to fit it', async () => {
  const folder = newFolder();
  await secrets(['create', folder]);
  const first = contents(folder);
  assert.equal((await secrets(['create', folder])).stdout, 'all secrets are there already\n');
  assert.deepEqual(contents(folder), first);

  for (const lost of ['transaction-service/relay.pub.pem', 'accounts/demo-accounts.json']) unlinkSync(join(folder, lost));
  await secrets(['create', folder]);
  assert.deepEqual(contents(folder), first);
});

test('an installation of before there were three roles is given the two others, and keeps its password', async () => {
  const folder = newFolder();
  await secrets(['create', folder]);
  const first = contents(folder);
  for (const group of ['database-owner', 'database-service']) rmSync(join(folder, group), { recursive: true });
  const { stdout } = await secrets(['create', folder]);
  assert.deepEqual(stdout.trim().split('\n').sort(), ['database-owner', 'database-service'].flatMap((group) => [`made ${group}/password`, `made ${group}/username`]));
  const kept = Object.entries(first).filter(([name]) => !/^database-(owner|service)/.test(name));
  const after = contents(folder);
  assert.deepEqual(kept.map(([name]) => after[name]), kept.map(([, content]) => content));
});

test('keys that do not fit each other are told of, and nothing is replaced', async () => {
  const folder = newFolder();
  await secrets(['create', folder]);
  unlinkSync(join(folder, 'edge/relay.pem'));
  await assert.rejects(secrets(['create', folder]), { code: 2, stderr: /relay\.pub\.pem is not the public half/ });
  unlinkSync(join(folder, 'edge/relay.pem'));
  writeFileSync(join(folder, 'edge/relay.pem'), 'no key');
  await assert.rejects(secrets(['create', folder]), { code: 2, stderr: /edge\/relay\.pem is no private key/ });
});

test('without the demo, only the admin gets a password', async () => {
  const folder = newFolder();
  await secrets(['create', folder, '--admin-only']);
  assert.deepEqual(readdirSync(join(folder, 'accounts')), ['admin']);
  const { stdout } = await secrets(['create', folder, '--admin-only']);
  assert.equal(stdout, 'all secrets are there already\n');
});

test('sign-ins are printed to who may read them', async () => {
  const folder = newFolder();
  await assert.rejects(secrets(['sign-ins', folder]), { stderr: /no sign-ins yet/ });
  await secrets(['create', folder]);
  const { stdout } = await secrets(['sign-ins', folder]);
  assert.deepEqual(stdout.trim().split('\n').slice(1).map((line) => line.trim().split(/\s+/)),
    ['admin', 'user1', 'user2', 'user3'].map((name) => [name, readFileSync(join(folder, 'accounts', name), 'utf8')]));
});

test('a folder or --kubernetes, one of both', async () => {
  await assert.rejects(secrets(['create']), { code: 2, stderr: /name the folder/ });
  await assert.rejects(secrets(['create', newFolder(), '--kubernetes']), { code: 2, stderr: /name the folder/ });
  await assert.rejects(secrets(['create', '--kubernetes'], { KUBERNETES_SERVICE_HOST: '' }), { code: 2, stderr: /in a pod only/ });
  await assert.rejects(secrets(['create', join(scratch, 'no-such', 'x')].concat('y')), { code: 2 });
});

test('in Kubernetes they are Secrets of the namespace, made once and kept', async () => {
  const api = await KubernetesApi.start(newFolder());
  const create = () => secrets(['create', '--kubernetes', '--service-account-dir', api.accountFolder], api.environment);
  try {
    await create();
    const made = structuredClone(api.secrets);
    assert.deepEqual([...made.keys()].sort(), Object.keys(FILES).map((group) => `ledgercast-${group}`));
    for (const [group, names] of Object.entries(FILES)) assert.deepEqual(Object.keys(made.get(`ledgercast-${group}`).data).sort(), names);
    for (const group of Object.keys(ROLES)) assert.equal(made.get(`ledgercast-${group}`).type, 'kubernetes.io/basic-auth');
    assert.ok(fit(api.content('ledgercast-edge', 'relay.pem'), api.content('ledgercast-transaction-service', 'relay.pub.pem')));

    await create();
    assert.deepEqual(api.secrets, made);

    // The first run may have been killed between two of them, or an older version made fewer.
    for (const group of ['transaction-service', 'database-owner', 'database-service']) api.secrets.delete(`ledgercast-${group}`);
    await create();
    assert.deepEqual([...api.secrets.keys()].sort(), [...made.keys()].sort());
    assert.deepEqual(api.secrets.get('ledgercast-database'), made.get('ledgercast-database'));
    assert.ok(fit(api.content('ledgercast-edge', 'relay.pem'), api.content('ledgercast-transaction-service', 'relay.pub.pem')));
    assert.ok(api.requests.every(([method]) => method === 'GET' || method === 'POST'));

    delete api.secrets.get('ledgercast-accounts').data.user2;
    await assert.rejects(create(), { code: 2, stderr: /ledgercast-accounts exists and lacks user2/ });
  } finally {
    api.close();
  }
});

test('what Kubernetes refuses is told, with what to do; what may pass is worth another try', async () => {
  const api = await KubernetesApi.start(newFolder());
  const create = (env = api.environment) => secrets(['create', '--kubernetes', '--service-account-dir', api.accountFolder], env);
  try {
    api.failWith = 403;
    await assert.rejects(create(), { code: 2, stderr: /reading Secret ledgercast-database.*403.*ServiceAccount needs `create` on secrets/ });
    api.failWith = 503;
    await assert.rejects(create(), { code: 3, stderr: /503/ });
    await assert.rejects(create({ ...api.environment, KUBERNETES_SERVICE_PORT: '1' }), { code: 3, stderr: /API of Kubernetes/ });
    api.failWith = 0;
    // This is the CA of another cluster.
    const other = await KubernetesApi.start(newFolder());
    other.close();
    await assert.rejects(secrets(['create', '--kubernetes', '--service-account-dir', other.accountFolder], api.environment), { code: 3, stderr: /API of Kubernetes/ });
    assert.equal(api.secrets.size, 0);
  } finally {
    api.close();
  }
});
