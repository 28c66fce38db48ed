// Tests the base with a real API server. It accepts everything at once and again, and the pods keep the restricted
// profile. The rights of Job secrets suffice for what it does, and for nothing else.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { binaries } from '../../e2e/processes.mjs';
import { Inventory, nameOf } from '../inventory.mjs';
import { manifests, render, renderWith } from '../render.mjs';
import { Cluster } from './server.mjs';

const SECRETS = ['ledgercast-accounts', 'ledgercast-database', 'ledgercast-database-owner', 'ledgercast-database-service', 'ledgercast-edge', 'ledgercast-transaction-service'];

let cluster;
let inventory;

before(async () => {
  inventory = new Inventory(await render(''));
  cluster = await Cluster.start();
}, { timeout: 180_000 });
after(() => cluster?.stop());

async function apply() {
  const { code, stdout, stderr } = await cluster.kubectl(['apply', '-k', manifests]);
  assert.equal(code, 0, stderr);
  // There must be no warning, for example about the restricted profile or an unknown field.
  assert.equal(stderr, '');
  return stdout.trim().split('\n');
}

/** Returns the server's version of each object. Every change makes a new one. */
async function versions() {
  const { stdout } = await cluster.kubectl(['get', '-k', manifests, '--output=json']);
  return Object.fromEntries(JSON.parse(stdout).items.map((object) => [nameOf(object), object.metadata.resourceVersion]));
}

test('one apply makes all of it, and a second one changes nothing', async () => {
  const made = await apply();
  assert.equal(made.length, inventory.objects.length);
  for (const line of made) assert.match(line, / created$/);
  const first = await versions();
  assert.equal(Object.keys(first).length, made.length);
  await apply();
  assert.deepEqual(await versions(), first);
});

test('what is there is what was applied', async () => {
  const { code, stdout } = await cluster.kubectl(['diff', '-k', manifests]);
  assert.equal(code, 0, stdout);
});

const applyObjects = (items) => cluster.kubectl(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });

test('a new version is applied when the Jobs are gone, as they are some minutes after their end', async () => {
  const next = await renderWith(['ingress'], ['images:', '  - name: ledgercast/transaction-service', '    newTag: 0.2.0', '  - name: ledgercast/edge', '    newTag: 0.2.0']);
  const early = await applyObjects(next);
  assert.notEqual(early.code, 0);
  assert.match(early.stderr, /Job.batch "accounts" is invalid: spec.template: .*field is immutable/s);
  const { code } = await cluster.kubectl(['--namespace=ledgercast', 'delete', 'jobs', '--all']);
  assert.equal(code, 0);
  const { code: later, stdout, stderr } = await applyObjects(next);
  assert.equal(later, 0, stderr);
  assert.match(stdout, /ingress.networking.k8s.io\/edge/);
});

/** Returns the pod that a controller makes of a workload. */
function podOf({ object, pod, labels }) {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: `${object.metadata.name}-pod`, namespace: 'ledgercast', labels }, spec: structuredClone(pod) };
}

// A StatefulSet's claims are made for each of its pods, so an emptyDir replaces each claim here.
const withoutClaims = (pod) => {
  const names = new Set(pod.spec.volumes?.map(({ name }) => name));
  for (const { name } of pod.spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts)) {
    if (!names.has(name)) (pod.spec.volumes ??= []).push({ name, emptyDir: {} });
  }
  return pod;
};

test('the pods are let in', async () => {
  for (const workload of inventory.ours) {
    const { code, stderr } = await cluster.kubectl(['create', '-f', '-'], withoutClaims(podOf(workload)));
    assert.equal(code, 0, `${nameOf(workload.object)}: ${stderr}`);
    assert.equal(stderr, '');
  }
});

test('a pod that breaks the restricted profile is not', async () => {
  const pod = withoutClaims(podOf(inventory.ours[0]));
  pod.metadata.name = 'broken';
  delete pod.spec.securityContext.seccompProfile;
  const { code, stderr } = await cluster.kubectl(['create', '-f', '-'], pod);
  assert.notEqual(code, 0);
  assert.match(stderr, /violates PodSecurity "restricted:latest": seccompProfile/);
});

test('only the pod of Job secrets is given a token', async () => {
  const { stdout } = await cluster.kubectl(['--namespace=ledgercast', 'get', 'pods', '--output=json']);
  const withToken = JSON.parse(stdout).items.filter(({ spec }) => spec.volumes?.some(({ projected }) => projected?.sources.some(({ serviceAccountToken }) => serviceAccountToken)));
  assert.deepEqual(withToken.map(({ metadata }) => metadata.name), ['secrets-pod']);
});

/** Makes the folder that Kubernetes mounts into a pod of Job secrets. */
async function accountFolder() {
  const folder = join(cluster.folder, 'account');
  const { stdout, stderr } = await cluster.kubectl(['--namespace=ledgercast', 'create', 'token', 'secrets']);
  assert.equal(stderr, '');
  mkdirSync(folder);
  writeFileSync(join(folder, 'token'), stdout.trim());
  writeFileSync(join(folder, 'namespace'), 'ledgercast');
  writeFileSync(join(folder, 'ca.crt'), cluster.authority.pem);
  return folder;
}

async function secretsInCluster() {
  const { stdout } = await cluster.kubectl(['--namespace=ledgercast', 'get', 'secrets', '--output=json']);
  return JSON.parse(stdout).items.map(({ metadata, type, data }) => ({ name: metadata.name, type, data }));
}

test('with its rights the program makes the Secrets, and keeps them', async () => {
  const folder = await accountFolder();
  const create = () => execFileSync(join(binaries, 'ledgercast'), ['secrets', 'create', '--kubernetes', '--service-account-dir', folder], {
    encoding: 'utf8', env: { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(cluster.port) },
  });
  assert.match(create(), /made /);
  const made = await secretsInCluster();
  assert.deepEqual(made.map(({ name }) => name), SECRETS);
  for (const { name, type } of made) assert.equal(type, name.startsWith('ledgercast-database') ? 'kubernetes.io/basic-auth' : 'Opaque', name);
  assert.match(create(), /all secrets are there already/);
  assert.deepEqual(await secretsInCluster(), made);
});

test('every file that a pod mounts is in those Secrets', async () => {
  const made = Object.fromEntries((await secretsInCluster()).map(({ name, data }) => [name, Object.keys(data)]));
  for (const { object, pod } of inventory.ours) {
    for (const { secret } of (pod.volumes ?? []).filter((volume) => volume.secret)) {
      for (const { key } of secret.items ?? []) assert.ok(made[secret.secretName].includes(key), `${nameOf(object)}: ${key}`);
      assert.ok(secret.secretName in made, nameOf(object));
    }
  }
});

test('its rights are for nothing else, and nobody else has any', async () => {
  const may = async (account, ...what) => (await cluster.kubectl(['--namespace=ledgercast', `--as=system:serviceaccount:ledgercast:${account}`, 'auth', 'can-i', ...what])).stdout.trim() === 'yes';
  assert.ok(await may('secrets', 'create', 'secrets'));
  assert.ok(await may('secrets', 'get', 'secrets/ledgercast-edge'));
  for (const what of [['get', 'secrets/another'], ['get', 'secrets'], ['list', 'secrets'], ['update', 'secrets/ledgercast-edge'], ['delete', 'secrets/ledgercast-edge'], ['create', 'pods'], ['create', 'secrets', '--namespace=default']]) {
    assert.ok(!(await may('secrets', ...what)), what.join(' '));
  }
  for (const account of ['accounts', 'edge', 'postgres', 'roles', 'transaction-service']) {
    for (const what of [['create', 'secrets'], ['get', 'secrets/ledgercast-database-owner'], ['get', 'pods']]) assert.ok(!(await may(account, ...what)), `${account}: ${what.join(' ')}`);
  }
});
