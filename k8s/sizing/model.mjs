// From the benchmarks' figures and a scenario to what a cluster needs, by arithmetic that fits on a page. Every
// figure that it uses has its source in figures.json; nothing here is measured by itself.

const GIB = 2 ** 30;
const SECONDS_AN_HOUR = 3600;
const BITS = 8;
// --max-batch-transactions.
const BATCH_MAX = 2_000;
// A frame of progress: two cursors.
const BYTES_PER_PROGRESS = 120;
// Ethernet, IP and TCP with timestamps around each write to a socket, and what a WebSocket frame adds.
const BYTES_AROUND_A_WRITE = 66 + 24 + 4;

export const SCENARIO = {
  sockets: 1_000_000,
  transactions: 1_000,
  // Sockets that see every transaction; the others are members, who see their own.
  seeAll: 1_000,
  // Sockets open of one account that a transaction touches: devices times the share that is online.
  socketsPerAccount: 1,
  // Share of sockets that leave in an hour, and as many come.
  churnPerHour: 0.5,
  // A reader who sees all is given what came in frames at most so far apart; the edge does so by itself when it is busy.
  freshSeconds: 0.25,
  // Commits a second; each is a message to every edge. 0: as many as the database is likely to make.
  commits: 0,
  bulk: false,
  progressSeconds: 5,
  compression: false,
  zones: 3,
  // A pod uses at most this share of its limits below, so that the others can take a lost zone's sockets.
  fill: 0.6,
  // As in overlays/production.
  edgeSockets: 60_000,
  edgeCores: 4,
  edgeGib: 4,
  edgeGbit: 10,
  edgeRingMegabytes: 1_024,
  edgeRingTransactions: 1_000_000,
  serviceReplicas: 3,
  serviceCores: 2,
  serviceGbit: 10,
  postgresCores: 4,
  acceptsPerSecond: 10_000,
};

/** Commits a second of posters that take what queued as the next batch. */
export function commitsASecond(f, { transactions, commits }) {
  if (commits > 0) return Math.min(commits, transactions);
  // One commit takes its own time and that of its transactions; the rest of a second is other commits'.
  const left = Math.max(0, 1 - transactions / f['postgres.transfersPerSecondBulk']);
  return Math.min(transactions, Math.max(f['postgres.transfersPerSecondBulk'] / BATCH_MAX, left / f['postgres.secondsPerCommit']));
}

/** What all sockets together take of the edges, in core seconds a second, bytes and bits. */
export function edgeLoad(f, scenario) {
  const { sockets, transactions, churnPerHour, freshSeconds, compression } = scenario;
  const all = Math.min(sockets, scenario.seeAll);
  const members = sockets - all;
  const commits = commitsASecond(f, scenario);
  const allFrames = Math.min(commits, 1 / freshSeconds);
  const memberDeliveries = 2 * transactions * scenario.socketsPerAccount * (members / sockets);
  const opens = (sockets * churnPerHour) / SECONDS_AN_HOUR;
  const us = 1e-6;
  const perWaiting = f['edge.cpuUsPerWaitingSocketSecond'] * (f['edge.progressSeconds'] / scenario.progressSeconds);
  const cores = {
    all: all * (allFrames * f['edge.cpuUsPerWrite'] + transactions * f['edge.cpuUsPerDelivery']) * us,
    members: memberDeliveries * f['edge.cpuUsPerMemberDelivery'] * us,
    waiting: members * perWaiting * us,
    opens: opens * f['edge.cpuUsPerOpen'] * us,
  };
  const shrink = compression ? f['wire.compressedShare'] : 1;
  const bytes =
    all * (allFrames * (f['wire.bytesPerFrame'] + BYTES_AROUND_A_WRITE) + transactions * f['wire.bytesPerTransaction'] * shrink) +
    memberDeliveries * (f['wire.bytesPerMemberFrame'] + BYTES_AROUND_A_WRITE) +
    (members / scenario.progressSeconds) * (BYTES_PER_PROGRESS + BYTES_AROUND_A_WRITE);
  return {
    cores,
    bits: bytes * BITS,
    deliveries: all * transactions + memberDeliveries,
    memory: sockets * f['kernel.bytesPerSocket'] + all * f['edge.bytesPerSocket'] + members * f['edge.bytesPerMemberSocket'],
    opens,
    commits,
  };
}

/** What each edge takes besides, however few sockets it has. */
export function edgeOwn(f, scenario, commits) {
  const ring = Math.min(scenario.edgeRingMegabytes * 2 ** 20, scenario.edgeRingTransactions * f['edge.ringBytesPerTransaction']);
  return {
    cores: commits * f['edge.cpuUsPerMessage'] * 1e-6,
    bits: scenario.transactions * f['service.bytesPerTransactionAndStream'] * BITS,
    memory: f['edge.bytesAtStart'] + ring,
    ringSeconds: ring / f['edge.ringBytesPerTransaction'] / Math.max(1e-9, scenario.transactions),
  };
}

const sum = (values) => Object.values(values).reduce((total, value) => total + value, 0);

/** The number of pods, and which of their resources asks for so many. */
export function edgePods(f, scenario) {
  const load = edgeLoad(f, scenario);
  const own = edgeOwn(f, scenario, load.commits);
  const { fill } = scenario;
  const room = {
    sockets: scenario.edgeSockets * fill,
    cpu: scenario.edgeCores * fill - own.cores,
    memory: scenario.edgeGib * GIB * fill - own.memory,
    network: scenario.edgeGbit * 1e9 * fill - own.bits,
  };
  const needed = { sockets: scenario.sockets, cpu: sum(load.cores), memory: load.memory, network: load.bits };
  const pods = Object.fromEntries(Object.keys(needed).map((name) => [name, room[name] > 0 ? needed[name] / room[name] : Infinity]));
  const most = Math.max(...Object.values(pods));
  if (!Number.isFinite(most)) {
    const [name] = Object.entries(pods).find(([, count]) => !Number.isFinite(count));
    throw new Error(`an edge of that size has no ${name} left for sockets`);
  }
  // Fewer than one a zone would not outlive one.
  return { load, own, pods: Math.max(scenario.zones, Math.ceil(most)), wanted: pods };
}

/** One service replica's share of posting, of streams to edges, and of members' questions. */
export function serviceLoad(f, scenario, pods, load) {
  const { transactions, serviceReplicas } = scenario;
  const streams = pods / serviceReplicas;
  const way = scenario.bulk ? 'Bulk' : 'Single';
  const us = 1e-6;
  const cores = {
    posting: ((transactions * f[`service.cpuUsPerTransfer${way}`]) / serviceReplicas) * us,
    streams: streams * load.commits * f['service.cpuUsPerMessageAndStream'] * us,
    balances: ((load.opens * f['service.cpuUsPerBalance']) / serviceReplicas) * us,
  };
  return { streams, cores, bits: streams * transactions * f['service.bytesPerTransactionAndStream'] * BITS };
}

export function postgresLoad(f, scenario, load) {
  const way = scenario.bulk ? 'Bulk' : 'Single';
  const { transactions } = scenario;
  return {
    cores: (transactions * f[`postgres.cpuUsPerTransfer${way}`] + load.opens * f['postgres.cpuUsPerBalance']) * 1e-6,
    ceiling: f[`postgres.transfersPerSecond${way}`],
    walBytes: transactions * f['postgres.walBytesPerTransfer'],
    tableBytesADay: transactions * f['postgres.tableBytesPerTransfer'] * 24 * SECONDS_AN_HOUR,
  };
}

// What to turn on when a resource is the next to run out.
const REMEDIES = {
  'edge: sockets a pod': 'more edge pods (or --max-sockets, while the other three allow it)',
  'edge: CPU': 'more edge pods; fewer who see all; a longer --progress-interval-ms',
  'edge: memory': 'more edge pods; a smaller --ring-megabytes',
  'edge: network': '--compression; more edge pods on more machines; fewer who see all',
  'service: CPU of streams': 'more service replicas: each edge takes one of them',
  'service: network of streams': 'more service replicas',
  'service: CPU of posting': 'more service replicas; bulk calls (SubmitTransactions)',
  'PostgreSQL: CPU': 'more cores; bulk calls',
  'PostgreSQL: one head': 'bulk calls; then one ledger more, on a cluster of its own: the head is one row, so no replica helps',
};

/** All of it, with the resources by how far they are used. */
export function size(f, given = {}) {
  const scenario = { ...SCENARIO, ...given };
  const { load, own, pods, wanted } = edgePods(f, scenario);
  const service = serviceLoad(f, scenario, pods, load);
  const postgres = postgresLoad(f, scenario, load);
  const ofPod = (value, limit, extra) => (value / pods + extra) / limit;
  const used = {
    'edge: sockets a pod': scenario.sockets / pods / scenario.edgeSockets,
    'edge: CPU': ofPod(sum(load.cores), scenario.edgeCores, own.cores),
    'edge: memory': ofPod(load.memory, scenario.edgeGib * GIB, own.memory),
    'edge: network': ofPod(load.bits, scenario.edgeGbit * 1e9, own.bits),
    'service: CPU of streams': service.cores.streams / scenario.serviceCores,
    'service: network of streams': service.bits / (scenario.serviceGbit * 1e9),
    'service: CPU of posting': (service.cores.posting + service.cores.balances) / scenario.serviceCores,
    'PostgreSQL: CPU': postgres.cores / scenario.postgresCores,
    'PostgreSQL: one head': scenario.transactions / postgres.ceiling,
  };
  const resources = Object.entries(used)
    .map(([name, share]) => ({ name, share, remedy: REMEDIES[name] }))
    .sort((a, b) => b.share - a.share);
  return {
    scenario, pods, wanted, load, own, service, postgres, resources,
    edgeCores: sum(load.cores) + pods * own.cores,
    edgeGib: (load.memory + pods * own.memory) / GIB,
    edgeGbit: (load.bits + pods * own.bits) / 1e9,
    freeCores: scenario.edgeCores - sum(load.cores) / pods - own.cores,
  };
}

export { sum };
