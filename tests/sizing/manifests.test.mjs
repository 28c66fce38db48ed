// The simulation's pods and times are those of the manifests.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SCENARIO } from '../../k8s/sizing/model.mjs';
import { ROLLOUT } from '../../k8s/sizing/rollout.mjs';

const read = (path) => readFileSync(new URL(`../../k8s/${path}`, import.meta.url), 'utf8');
/** The number behind a text, the first after `from`. */
function number(path, name, from = '') {
  const text = read(path);
  const found = new RegExp(`${name}[=: "]+(\\d+)`).exec(text.slice(text.indexOf(from)));
  assert.ok(found, `${path} has no ${name}`);
  return Number(found[1]);
}

test('an edge is one of overlays/production', () => {
  assert.equal(SCENARIO.edgeSockets, number('components/prometheus/kustomization.yaml', 'LEDGERCAST_MAX_SOCKETS'));
  const production = 'overlays/production/kustomization.yaml';
  assert.equal(SCENARIO.edgeCores, number(production, 'LEDGERCAST_THREADS'));
  assert.equal(SCENARIO.edgeRingMegabytes, number(production, 'LEDGERCAST_RING_MEGABYTES', '- name: edge\n    namespace'));
  const sizes = 'overlays/production/sizes.yaml';
  assert.equal(SCENARIO.edgeCores, number(sizes, 'cpu', 'name: edge'));
  assert.equal(SCENARIO.edgeGib, number(sizes, 'memory', 'name: edge'));
});

test('a service and PostgreSQL are, too', () => {
  assert.equal(SCENARIO.serviceReplicas, number('overlays/production/kustomization.yaml', 'count', 'replicas:'));
  assert.equal(SCENARIO.serviceCores, number('overlays/production/sizes.yaml', 'cpu', 'name: transaction-service'));
  assert.equal(SCENARIO.postgresCores, number('overlays/production/database.yaml', 'cpu'));
});

test('a roll-out waits and drains as long as theirs', () => {
  const settings = 'base/edge/settings.env';
  assert.equal(ROLLOUT.drainDelaySeconds * 1_000, number(settings, 'LEDGERCAST_DRAIN_DELAY_MS'));
  assert.equal(ROLLOUT.drainSeconds * 1_000, number(settings, 'LEDGERCAST_DRAIN_TIMEOUT_MS'));
  assert.equal(ROLLOUT.surge, number('base/edge/deployment.yaml', 'maxSurge'));
  // Some seconds more until it has started.
  assert.ok(ROLLOUT.readySeconds >= number('base/edge/deployment.yaml', 'minReadySeconds'));
});
