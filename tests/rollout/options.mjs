// What a rehearsal is made of, from the environment that run.sh sets.

import { readManifests } from './manifests.mjs';

const RATES = { postsPerSecond: 20, readsPerSecond: 10, visitorsPerSecond: 10 };

const SIZES = {
  // As k8s/base sets it; a cluster's endpoints lag behind by some seconds, and its names' TTL is 5 s.
  full: () => ({
    sockets: 2000, workers: 2, edges: 3, services: 2, members: 20,
    ...readManifests(),
    endpointsLagMs: 3_000, nameTtlMs: 5_000, calmMs: 10_000, progressMs: 5_000,
  }),
  // A short version of `full`.
  small: () => ({
    sockets: 60, workers: 1, edges: 2, services: 2, members: 6,
    edgeMinReadyMs: 3_300, edgeGraceMs: 10_000,
    edgeDrainDelayMs: 1_500, edgeDrainTimeoutMs: 1_800, reconnectSpreadMs: 1_200,
    serviceMinReadyMs: 1_500, serviceGraceMs: 10_000,
    serviceDrainDelayMs: 1_000, serviceDrainTimeoutMs: 500,
    endpointsLagMs: 500, nameTtlMs: 1_000, calmMs: 1_000, progressMs: 500,
  }),
};

// How long a new replica has to be ready until an old one is told to go: as it is set; as long as a drain, so
// that one ends at a time; or not at all.
const PACES = {
  base: ({ edgeMinReadyMs, serviceMinReadyMs }) => ({ edgeMinReadyMs, serviceMinReadyMs }),
  one: (options) => ({
    edgeMinReadyMs: options.edgeDrainDelayMs + options.edgeDrainTimeoutMs,
    serviceMinReadyMs: options.serviceDrainDelayMs + options.serviceDrainTimeoutMs,
  }),
  none: () => ({ edgeMinReadyMs: 0, serviceMinReadyMs: 0 }),
};

// Each breaks one promise, and has to be found out.
const SABOTAGES = {
  'no-drain': { signal: 'SIGKILL' },
  'no-delay': { edgeDrainDelayMs: 0 },
  'herd': { edgeDrainTimeoutMs: 100, reconnectSpreadMs: 100 },
};

// Share of the drain in which clients are sent away; in the rest the last of them leave.
const LEAVING_SHARE = 2 / 3;

const oneOf = (name, choices, fallback) => {
  const value = process.env[name] || fallback;
  if (!choices.includes(value)) throw new Error(`${name} is ${value}, not one of ${choices.join(', ')}`);
  return value;
};

export function readOptions() {
  const size = oneOf('ROLLOUT_SIZE', Object.keys(SIZES), 'full');
  const sabotage = oneOf('ROLLOUT_SABOTAGE', ['none', ...Object.keys(SABOTAGES)], 'none');
  const options = {
    size,
    sabotage,
    signal: 'SIGTERM',
    // How services are found: a list that does not change, or a name whose addresses do.
    discovery: oneOf('ROLLOUT_DISCOVERY', ['list', 'dns'], 'dns'),
    balance: oneOf('ROLLOUT_BALANCE', ['leastconn', 'roundrobin', 'random'], 'leastconn'),
    out: process.env.ROLLOUT_OUT || undefined,
    ...RATES,
    ...SIZES[size](),
  };
  if (process.env.ROLLOUT_SOCKETS) options.sockets = Number(process.env.ROLLOUT_SOCKETS);
  if (process.env.ROLLOUT_POSTS) options.postsPerSecond = Number(process.env.ROLLOUT_POSTS);
  if (process.env.ROLLOUT_RECONNECT_SPREAD_MS) options.reconnectSpreadMs = Number(process.env.ROLLOUT_RECONNECT_SPREAD_MS);
  // What is promised is what was asked for before the sabotage.
  options.leavingMs = options.edgeDrainTimeoutMs * LEAVING_SHARE;
  options.returningMs = options.reconnectSpreadMs;
  Object.assign(options, PACES[oneOf('ROLLOUT_PACE', Object.keys(PACES), 'base')](options));
  return { ...options, ...SABOTAGES[sabotage] };
}
