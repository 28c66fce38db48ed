// The base's NetworkPolicies, enforced between network namespaces in which the real programs run: they work, and
// nobody else gets anywhere. Run by run.sh, in namespaces of its own.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { render } from '../k8s/render.mjs';
import { Cluster, here } from './cluster.mjs';
import { Lab } from './lab.mjs';
import { differences, drawn, TARGETS, tryAll } from './matrix.mjs';
import { rulesOf } from './policies.mjs';

const grpc = createRequire(new URL('../e2e/', import.meta.url))('@grpc/grpc-js');

// What anybody may reach: the page is the ledger's only open port, the others below have no policy.
const ANYBODY = [
  'edge:8080', 'other:8080', 'gateway:443', 'dns:53', 'dns:53/UDP', 'system:53', 'system:53/UDP', 'prometheus:9090',
  'api-server:443', 'api-server:6443', 'browser:8080', 'internet:80', 'internet:443', 'internet:5432', 'internet:53/UDP',
];
const DNS = ['dns:53', 'dns:53/UDP'];

// Who reaches what: written down by hand, from what each has to do.
const EXPECTED = {
  edge: ['transaction-service:50051', ...DNS],
  'transaction-service': ['postgres:5432', ...DNS],
  postgres: [],
  accounts: ['postgres:5432', ...DNS],
  roles: ['postgres:5432', ...DNS],
  // The API server is wherever the cluster has it: any address, but two ports only.
  secrets: ['api-server:443', 'api-server:6443', 'gateway:443', 'internet:443'],
  stranger: [],
  other: ANYBODY,
  gateway: ANYBODY,
  prometheus: [...ANYBODY, 'edge:9102', 'transaction-service:9101'],
  dns: ANYBODY,
  system: ANYBODY,
  'api-server': ANYBODY,
  browser: ANYBODY,
  internet: ANYBODY,
};

let lab;
let cluster;
const enforce = (policies) => lab.setRules(rulesOf(policies, cluster.inPolicies));

before(async () => {
  lab = new Lab();
  cluster = await Cluster.start(lab, await render(''));
  // From the start: what the programs need to come up is allowed, too.
  enforce(cluster.policies);
  await cluster.startAll();
});
after(() => lab?.stop());

test('a browser signs in at one edge, and what it posts at another comes on its WebSocket', () => {
  const [first, second] = cluster.of('edge').map(({ address }) => address);
  for (const from of ['browser', 'gateway']) {
    const printed = cluster.one(from).lab.run('node', [here('browser.mjs'), first, second, cluster.adminPasswordFile]);
    const { status, posted, arrived } = JSON.parse(printed);
    assert.equal(status, 201);
    assert.deepEqual(arrived, [posted]);
  }
});

test('Prometheus reads the metrics of every replica', () => {
  const urls = [['edge', 9102], ['transaction-service', 9101]].flatMap(([role, port]) => cluster.of(role).map(({ address }) => `http://${address}:${port}/metrics`));
  assert.equal(urls.length, 4);
  for (const url of urls) {
    const script = `const answer = await fetch('${url}', { signal: AbortSignal.timeout(5000) }); console.log(await answer.text())`;
    assert.match(cluster.one('prometheus').lab.run('node', ['--input-type=module', '-e', script]), /^ledgercast_/m);
  }
});

test('the node probes every replica, as its manifest says', async () => {
  for (const role of ['edge', 'transaction-service']) {
    for (const { address, container } of cluster.of(role)) {
      for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) await answered(address, probe, container);
    }
  }
});

async function answered(address, probe, { ports }) {
  if (probe.grpc) return assert.equal(await health(`${address}:${probe.grpc.port}`, probe.grpc.service), 'SERVING');
  const { containerPort } = ports.find(({ name }) => name === probe.httpGet.port);
  const { status } = await fetch(`http://${address}:${containerPort}${probe.httpGet.path}`, { signal: AbortSignal.timeout(5_000) });
  assert.equal(status, 200);
}

/** grpc.health.v1: one field each way, so by hand. */
function health(address, service) {
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  const toBytes = (name) => Buffer.concat([Buffer.from([0x0a, name.length]), Buffer.from(name)]);
  const toStatus = (bytes) => ({ 1: 'SERVING', 2: 'NOT_SERVING' })[bytes[1]] ?? 'UNKNOWN';
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest('/grpc.health.v1.Health/Check', toBytes, toStatus, service, { deadline: Date.now() + 5_000 }, (error, status) => {
      client.close();
      if (error) reject(error);
      else resolve(status);
    });
  });
}

test('who reaches whom is what is written down', async () => {
  const found = await tryAll(cluster);
  console.log(drawn(found));
  assert.ok(found.length > 300);
  assert.deepEqual(differences(found, EXPECTED), []);
});

test('a browser reaches neither the service nor PostgreSQL, by any port', async () => {
  const found = (await tryAll(cluster)).filter(({ role }) => role === 'browser');
  const reached = found.filter(({ through }) => through).map(({ to, target }) => `${to} ${target}`);
  assert.deepEqual(reached.filter((text) => /service|postgres|9102/.test(text)), []);
  assert.equal(reached.filter((text) => text.includes('edge:8080')).length, cluster.of('edge').length);
});

test('without policies everybody reaches everything, so what is kept away is kept away by them', async () => {
  enforce([]);
  const all = Object.fromEntries(Object.keys(EXPECTED).map((role) => [role, TARGETS]));
  assert.deepEqual(differences(await tryAll(cluster), all), []);
});

const change = (name, edit) => (policies) => policies.map((policy) => {
  if (policy.metadata.name !== name) return policy;
  const copy = structuredClone(policy);
  edit(copy.spec);
  return copy;
});
const without = (name) => (policies) => policies.filter(({ metadata }) => metadata.name !== name);

// A policy that is wrong, and what the table above must find then.
const MUTATIONS = [
  ['no default-deny', without('default-deny'), /^stranger reaches postgres|^postgres reaches internet at 443|^browser reaches stranger/],
  ['no policy of the edge', without('edge'), /^browser does not reach edge-1 at 8080/],
  ['a wrong port of PostgreSQL', change('postgres', (spec) => (spec.ingress[0].ports[0].port = 5433)), /^transaction-service-1 does not reach postgres at 5432/],
  ['an edge that may go anywhere', change('edge', (spec) => (spec.egress = [{}])), /^edge-1 reaches internet at 443/],
  ['a service that is open to all', change('transaction-service', (spec) => delete spec.ingress[0].from), /^browser reaches transaction-service-1 at 50051/],
  ['a service that is open to all namespaces', change('transaction-service', (spec) => (spec.ingress[0].from = [{ namespaceSelector: {} }])), /^gateway reaches transaction-service-2 at 50051/],
  ['metrics for every namespace', change('metrics-edge', (spec) => (spec.ingress[0].from = [{ namespaceSelector: {} }])), /^other reaches edge-2 at 9102/],
  ['names from any pod of kube-system', change('dns', (spec) => delete spec.egress[0].to[0].podSelector), /^edge-1 reaches system at 53/],
  ['names over TCP only', change('dns', (spec) => spec.egress[0].ports.shift()), /^edge-1 does not reach dns at 53\/UDP/],
];

for (const [name, mutate, wanted] of MUTATIONS) {
  test(`the table finds it: ${name}`, async () => {
    const mutated = mutate(cluster.policies);
    assert.notDeepEqual(mutated, cluster.policies);
    enforce(mutated);
    const found = differences(await tryAll(cluster), EXPECTED);
    assert.ok(found.some((text) => wanted.test(text)), found.join('\n') || 'nothing was found');
  });
}

test('and once it is as it was, all is well again', async () => {
  enforce(cluster.policies);
  assert.deepEqual(differences(await tryAll(cluster), EXPECTED), []);
});
