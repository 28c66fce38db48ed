// How k8s/base sets up a roll-out, read from the manifests themselves: what is rehearsed is what is shipped.

import { readFileSync } from 'node:fs';

const read = (name, file) => readFileSync(new URL(`../../k8s/base/${name}/${file}`, import.meta.url), 'utf8');

function numberOf(text, pattern, what) {
  const match = pattern.exec(text);
  if (!match) throw new Error(`k8s/base says nothing of ${what}`);
  return Number(match[1]);
}

/** Reads the Deployment and the settings in the folder `name`. */
function planOf(name) {
  const deployment = read(name, 'deployment.yaml');
  const settings = read(name, 'settings.env');
  const seconds = (field) => 1000 * numberOf(deployment, new RegExp(`^ *${field}: (\\d+)$`, 'm'), `${field} of ${name}`);
  const setting = (variable) => numberOf(settings, new RegExp(`^LEDGERCAST_${variable}=(\\d+)$`, 'm'), `${variable} of ${name}`);
  return {
    minReadyMs: seconds('minReadySeconds'),
    graceMs: seconds('terminationGracePeriodSeconds'),
    drainDelayMs: setting('DRAIN_DELAY_MS'),
    drainTimeoutMs: setting('DRAIN_TIMEOUT_MS'),
    setting,
  };
}

export function readManifests() {
  const edge = planOf('edge');
  const service = planOf('transaction-service');
  return {
    edgeMinReadyMs: edge.minReadyMs, edgeGraceMs: edge.graceMs,
    edgeDrainDelayMs: edge.drainDelayMs, edgeDrainTimeoutMs: edge.drainTimeoutMs,
    reconnectSpreadMs: edge.setting('RECONNECT_SPREAD_MS'),
    serviceMinReadyMs: service.minReadyMs, serviceGraceMs: service.graceMs,
    serviceDrainDelayMs: service.drainDelayMs, serviceDrainTimeoutMs: service.drainTimeoutMs,
  };
}
