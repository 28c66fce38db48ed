// Tests all paths: from each pod and each kind of stranger to each port. A path that is not in the list must be
// closed.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Inventory, nameOf } from './inventory.mjs';
import { elsewhere, outside, reaches } from './paths.mjs';
import { render, renderWith } from './render.mjs';

const STRANGERS = {
  internet: outside('203.0.113.9'),
  'node-local DNS': outside('169.254.20.10'),
  'cloud metadata': outside('169.254.169.254'),
  'another namespace': elsewhere('default'),
  'kube-dns': elsewhere('kube-system', { 'k8s-app': 'kube-dns' }),
  'something in kube-system': elsewhere('kube-system', { 'k8s-app': 'metrics-server' }),
  Prometheus: elsewhere('monitoring', { 'app.kubernetes.io/name': 'prometheus' }),
  'the operator': elsewhere('cnpg-system'),
};
// Ports on which strangers are tried. A pod is tried on its own ports and on these.
const PORTS = [22, 53, 80, 443, 5432, 6443, 8080];

/** Returns "from -> to:port" for each open path. */
function openPaths(objects) {
  const inventory = new Inventory(objects);
  const pods = Object.fromEntries(inventory.workloads.map((workload) => [nameOf(workload.object), workload]));
  const everybody = { ...pods, ...STRANGERS };
  const found = [];
  for (const [fromName, from] of Object.entries(everybody)) {
    for (const [toName, to] of Object.entries(everybody)) {
      if (!(fromName in pods) && !(toName in pods)) continue;
      const ports = new Set([...PORTS, ...(to.ports ?? []).map(({ containerPort }) => containerPort)]);
      for (const port of ports) if (reaches(inventory, from, to, port)) found.push(`${fromName} -> ${toName}:${port}`);
      if (reaches(inventory, from, to, 53, 'UDP')) found.push(`${fromName} -> ${toName}:53/UDP`);
    }
  }
  return found.sort();
}

const dnsOf = (name) => ['kube-dns', 'node-local DNS'].flatMap((dns) => [`${name} -> ${dns}:53`, `${name} -> ${dns}:53/UDP`]);
const apiServerOf = (name) => ['internet', 'node-local DNS', 'cloud metadata'].flatMap((address) => [`${name} -> ${address}:443`, `${name} -> ${address}:6443`]);

const COMMON = [
  'Deployment/edge -> Deployment/transaction-service:50051',
  ...Object.keys(STRANGERS).map((name) => `${name} -> Deployment/edge:8080`),
  'Prometheus -> Deployment/edge:9102',
  'Prometheus -> Deployment/transaction-service:9101',
  ...['Deployment/edge', 'Deployment/transaction-service', 'Job/accounts'].flatMap(dnsOf),
  ...apiServerOf('Job/secrets'),
];

let base;
before(async () => { base = await render(''); });

test('in the base', () => {
  assert.deepEqual(openPaths(base), [
    ...COMMON,
    'Deployment/transaction-service -> StatefulSet/postgres:5432',
    ...['Job/accounts', 'Job/roles'].map((name) => `${name} -> StatefulSet/postgres:5432`),
    ...dnsOf('Job/roles'),
  ].sort());
});

test('with CloudNativePG', async () => {
  const cluster = 'Cluster/postgres';
  assert.deepEqual(openPaths(await renderWith(['cloudnative-pg'])), [
    ...COMMON,
    ...['Deployment/transaction-service', 'Job/accounts', 'the operator', cluster].map((name) => `${name} -> ${cluster}:5432`),
    ...['the operator', cluster].map((name) => `${name} -> ${cluster}:8000`),
    `Prometheus -> ${cluster}:9187`,
    ...dnsOf(cluster),
    ...apiServerOf(cluster),
  ].sort());
});

test('everything is open where there are no policies', () => {
  const open = openPaths(base.filter(({ kind }) => kind !== 'NetworkPolicy'));
  assert.ok(open.includes('internet -> StatefulSet/postgres:5432'));
  assert.ok(open.length > 300, `${open.length} paths`);
});
