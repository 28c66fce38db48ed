// Tests docker-compose.yaml as Compose reads it, with every profile: what each container may do, see and use.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { docker } from './project.mjs';

// The secrets that each service sees. Only the service that makes them may write them.
const SECRETS = {
  secrets: ['accounts', 'database', 'database-owner', 'database-service', 'edge', 'transaction-service'],
  postgres: ['database'],
  roles: ['database', 'database-owner', 'database-service'],
  migrate: ['database-owner'],
  'transaction-service': ['database-service', 'transaction-service'],
  accounts: ['accounts', 'database-service'],
  edge: ['edge'],
  'sign-ins': ['accounts'],
  'demo-user1': ['accounts'],
  'demo-user2': ['accounts'],
  'demo-user3': ['accounts'],
  'demo-points': ['accounts'],
  demo: ['accounts'],
  prometheus: [],
  grafana: [],
};
// Services that do one task and end. All others must keep running.
const TASKS = new Set(['secrets', 'roles', 'migrate', 'accounts', 'sign-ins', 'demo-user1', 'demo-user2', 'demo-user3', 'demo-points']);
// Longer than the default drain times of the flags, which the file does not change.
const DRAIN_SECONDS = 8;

let file;
before(async () => {
  file = JSON.parse(await docker('compose', '--profile', '*', 'config', '--format', 'json'));
});

const services = () => Object.entries(file.services);
const secondsOf = (text) => text.match(/\d+[ms]/g).reduce((sum, part) => sum + parseInt(part) * (part.endsWith('m') ? 60 : 1), 0);

test('every container is confined and limited', () => {
  for (const [name, service] of services()) {
    assert.equal(service.read_only, true, name);
    assert.deepEqual(service.cap_drop, ['ALL'], name);
    assert.equal(service.cap_add, undefined, name);
    assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name);
    assert.notEqual(service.privileged, true, name);
    assert.notEqual(service.user, 'root', name);
    for (const limit of ['cpus', 'mem_limit', 'pids_limit']) assert.ok(Number(service[limit]) > 0, `${name}: ${limit}`);
    if (service.logging.driver !== 'none') assert.ok(service.logging.options['max-size'], `${name}: its log grows for ever`);
    assert.match(service.image, /:v?\d/, `${name}: no version`);
  }
});

test('each image of ours is built by one service, and none of them is looked for in a registry', () => {
  const ours = services().filter(([, { image }]) => image.startsWith('ledgercast/'));
  const builders = ours.filter(([, { build }]) => build).map(([, { image }]) => image.replace(/:.*/, ''));
  assert.deepEqual(builders.sort(), ['ledgercast/edge', 'ledgercast/transaction-service']);
  for (const [name, { pull_policy: policy }] of ours) assert.equal(policy, 'never', name);
});

test('what serves is started again and tells its health; what is done once is not', () => {
  for (const [name, service] of services()) {
    assert.equal(service.restart, TASKS.has(name) ? 'no' : 'unless-stopped', name);
    for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
      assert.equal(condition, TASKS.has(needed) ? 'service_completed_successfully' : 'service_healthy', `${name} waits for ${needed}`);
    }
  }
});

test('programs have time for their drain', () => {
  for (const name of ['transaction-service', 'edge']) assert.ok(secondsOf(file.services[name].stop_grace_period) > DRAIN_SECONDS, name);
});

test('each container sees its own secrets only, and none is in an environment', () => {
  assert.deepEqual(Object.keys(SECRETS).sort(), Object.keys(file.services).sort());
  for (const [name, service] of services()) {
    const mounts = (service.volumes ?? []).filter(({ source }) => source.endsWith('-secrets'));
    assert.deepEqual(mounts.map(({ source }) => source.replace(/-secrets$/, '')).sort(), SECRETS[name], name);
    for (const { read_only: isReadOnly, source } of mounts) assert.equal(isReadOnly ?? false, name !== 'secrets', `${name}: ${source}`);
    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      if (/PASSWORD|KEY|SECRET/.test(variable)) assert.match(value, /^\/secrets\//, `${name}: ${variable}`);
    }
  }
});

test('what runs on and what makes accounts sign in as a role that the tables are not of', () => {
  const userOf = (name) => /\buser=(\S+)/.exec(file.services[name].environment.LEDGERCAST_DATABASE)[1];
  assert.deepEqual(['roles', 'migrate', 'transaction-service', 'accounts'].map(userOf), ['ledgercast', 'ledgercast_owner', 'ledgercast_service', 'ledgercast_service']);
  assert.equal(file.services['transaction-service'].environment.LEDGERCAST_MIGRATE, 'false');
  for (const name of ['transaction-service', 'accounts']) assert.ok('migrate' in file.services[name].depends_on, name);
});

test('the database is reached by the service and the set-up only, and ports are opened on this machine', () => {
  assert.equal(file.networks.database.internal, true);
  assert.equal(file.networks.backend.internal, true);
  const on = (network) => services().filter(([, { networks }]) => networks && network in networks).map(([name]) => name).sort();
  assert.deepEqual(on('database'), ['accounts', 'migrate', 'postgres', 'roles', 'transaction-service']);
  assert.ok(!on('frontend').includes('transaction-service'));
  const ports = services().flatMap(([, service]) => service.ports ?? []);
  assert.deepEqual(ports.map(({ published }) => published).sort(), ['3000', '50051', '8080', '9090']);
  for (const { host_ip: address } of ports) assert.equal(address, '127.0.0.1');
});
