// What a rehearsal is made of, from the environment that run.sh sets.

const SIZES = {
  // As the base of k8s/ sets it.
  full: {
    sockets: 2000, workers: 2, edges: 3, services: 2, members: 20,
    edgeDrainDelayMs: 5_000, edgeDrainTimeoutMs: 15_000, reconnectSpreadMs: 10_000,
    serviceDrainDelayMs: 5_000, serviceDrainTimeoutMs: 5_000,
    endpointsLagMs: 3_000, nameTtlMs: 5_000, calmMs: 10_000, progressMs: 5_000,
    postsPerSecond: 20, readsPerSecond: 10, visitorsPerSecond: 10,
  },
  // The same in short.
  small: {
    sockets: 60, workers: 1, edges: 2, services: 2, members: 6,
    edgeDrainDelayMs: 1_500, edgeDrainTimeoutMs: 1_800, reconnectSpreadMs: 1_200,
    serviceDrainDelayMs: 1_000, serviceDrainTimeoutMs: 500,
    endpointsLagMs: 500, nameTtlMs: 1_000, calmMs: 1_000, progressMs: 500,
    postsPerSecond: 20, readsPerSecond: 10, visitorsPerSecond: 10,
  },
};

// Each breaks one promise, and has to be found out.
const SABOTAGES = {
  'no-drain': { signal: 'SIGKILL' },
  'no-delay': { edgeDrainDelayMs: 0 },
  'herd': { edgeDrainTimeoutMs: 100, reconnectSpreadMs: 100 },
};

// Of the time in which clients are sent away, the edge keeps the rest for the last of them to be gone.
const LEAVING_SHARE = 2 / 3;
// What a program may take to end beyond its drain.
const ENDING_MS = 5_000;

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
    // `one`: minReadySeconds as long as a drain, so that one replica ends at a time; `none`: without it.
    minReadyMs: oneOf('ROLLOUT_PACE', ['one', 'none'], 'one') === 'one' ? undefined : 0,
    out: process.env.ROLLOUT_OUT || undefined,
    ...SIZES[size],
  };
  if (process.env.ROLLOUT_SOCKETS) options.sockets = Number(process.env.ROLLOUT_SOCKETS);
  if (process.env.ROLLOUT_POSTS) options.postsPerSecond = Number(process.env.ROLLOUT_POSTS);
  if (process.env.ROLLOUT_RECONNECT_SPREAD_MS) options.reconnectSpreadMs = Number(process.env.ROLLOUT_RECONNECT_SPREAD_MS);
  // What is promised is what was asked for before the sabotage.
  options.leavingMs = options.edgeDrainTimeoutMs * LEAVING_SHARE;
  options.returningMs = options.reconnectSpreadMs;
  options.edgeGraceMs = options.edgeDrainDelayMs + options.edgeDrainTimeoutMs + ENDING_MS;
  options.serviceGraceMs = options.serviceDrainDelayMs + options.serviceDrainTimeoutMs + ENDING_MS;
  return { ...options, ...SABOTAGES[sabotage] };
}
