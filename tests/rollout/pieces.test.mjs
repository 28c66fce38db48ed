// The pieces of the rehearsal that can be wrong by themselves.

import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { test } from 'node:test';
import { DnsServer } from '../e2e/dns_server.mjs';
import { Deployment } from './deployment.mjs';
import { LatencyBuckets } from './latency_buckets.mjs';
import { readManifests } from './manifests.mjs';
import { NameServer } from './names.mjs';
import { histogramOf, mostASecond, peakOf, spreadOf } from './spread.mjs';

test('a histogram counts each step, and nothing beyond', () => {
  assert.deepEqual(histogramOf([0, 999, 1000, 2500, 3000, -1], { from: 0, until: 3000, stepMs: 1000 }), [2, 1, 1]);
});

test('the peak is the most within any window, wherever it begins', () => {
  assert.equal(peakOf([900, 100, 1050, 1100, 1800], 1000), 4);
  assert.equal(peakOf([0, 1000], 1000), 1);
  assert.equal(peakOf([], 1000), 0);
});

test('the spread is from first to last', () => {
  assert.deepEqual(spreadOf([3000, 1000, 2000, 5000]), { count: 4, seconds: 4, mean: 1, peak: 1 });
});

test('at random within 10 s and back within 10 s, a tenth is expected in the fullest second, and twice that is let pass', () => {
  assert.ok(Math.abs(mostASecond(800, { leavingMs: 10_000, returningMs: 5_000 }) - (160 + 4 * Math.sqrt(160))) < 1e-9);
  assert.ok(mostASecond(1000, { leavingMs: 100, returningMs: 100 }) > 1000, 'at once is all of them');
});

test('quantiles of latencies are within 5 %, over processes', () => {
  const [one, other] = [new LatencyBuckets(), new LatencyBuckets()];
  for (let ms = 1; ms <= 1000; ms += 1) (ms % 2 ? one : other).add('phase', ms);
  one.merge(JSON.parse(JSON.stringify(other)));
  assert.equal(one.count('phase'), 1000);
  for (const share of [0.5, 0.99, 1]) assert.ok(Math.abs(one.quantile('phase', share) / (1000 * share) - 1) < 0.05, String(share));
  assert.equal(one.quantile('another', 0.5), undefined);
});

test('the name server tells the addresses that it found last, and knows no other name', async () => {
  let addresses = ['127.0.1.1', '127.0.1.2'];
  const server = await NameServer.start({ name: 'service.test', addressesOf: () => addresses, ttlMs: 3_600_000 });
  try {
    // Newer versions of the resolver keep answers for their TTL, so a new one asks each question.
    const makeResolver = () => {
      const resolver = new Resolver();
      resolver.setServers([server.address]);
      return resolver;
    };
    const answer = () => makeResolver().resolve4('service.test', { ttl: true });
    const before = [{ address: '127.0.1.1', ttl: 3600 }, { address: '127.0.1.2', ttl: 3600 }];
    assert.deepEqual(await answer(), before);
    addresses = ['127.0.1.3'];
    assert.deepEqual(await answer(), before);
    server.lookUp();
    assert.deepEqual(await answer(), [{ address: '127.0.1.3', ttl: 3600 }]);
    await assert.rejects(makeResolver().resolve6('service.test'), { code: 'ENODATA' });
    await assert.rejects(makeResolver().resolve4('other.test'), { code: 'ENOTFOUND' });
  } finally {
    server.close();
  }
});

test('a name server answers over TCP as it does over UDP', async () => {
  const server = await DnsServer.start({ addressesOf: () => ['10.0.0.1'], ttlSeconds: 5, host: '127.0.77.53', tcp: true });
  try {
    const socket = connect(server.port, '127.0.77.53');
    // Its length, then: header with one question, the name `a`, type A, class IN.
    socket.end(Buffer.from('0013' + '4711' + '0100' + '0001' + '000000000000' + '016100' + '0001' + '0001', 'hex'));
    const reply = Buffer.concat(await socket.toArray()).toString('hex');
    const record = 'c00c' + '0001' + '0001' + '00000005' + '0004' + '0a000001';
    assert.equal(reply, '0023' + '4711' + '8580' + '0001' + '0001' + '00000000' + '016100' + '0001' + '0001' + record);
  } finally {
    server.close();
  }
});

test('k8s/base says all that is rehearsed, and leaves more time to end than it takes', () => {
  const plan = readManifests();
  for (const [name, ms] of Object.entries(plan)) assert.ok(ms > 0, name);
  assert.ok(plan.edgeGraceMs > plan.edgeDrainDelayMs + plan.edgeDrainTimeoutMs);
  assert.ok(plan.serviceGraceMs > plan.serviceDrainDelayMs + plan.serviceDrainTimeoutMs);
});

test('a deployment is replaced one by one: a new one first, and its endpoint is gone before it has ended', async () => {
  const events = [];
  let made = 0;
  const make = async () => {
    const label = `replica ${++made}`;
    const replica = { label, waitUntilReady: async () => events.push(`${label} ready`) };
    replica.ended = new Promise((resolve) => (replica.finish = () => resolve([0, null])));
    replica.child = { kill: (signal) => events.push(`${label} ${signal}`) };
    return replica;
  };
  const endpoints = {
    add: ({ label }) => events.push(`${label} added`),
    remove: (replica) => {
      events.push(`${replica.label} removed`);
      replica.finish();
    },
    free: ({ label }) => events.push(`${label} freed`),
  };
  const deployment = new Deployment({ name: 'replicas', make, endpoints, lagMs: 0, minReadyMs: 5, graceMs: 5000, signal: 'SIGTERM', onStep: () => {} });
  await deployment.start(1);
  await deployment.rollOut();
  assert.deepEqual(events, ['replica 1 ready', 'replica 1 added', 'replica 2 ready', 'replica 2 added', 'replica 1 SIGTERM', 'replica 1 removed', 'replica 1 freed']);
  assert.deepEqual(deployment.replicas.map(({ label }) => label), ['replica 2']);
  assert.deepEqual(deployment.ends.map(({ label, code }) => [label, code]), [['replica 1', 0]]);
});
