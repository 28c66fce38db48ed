// What is asked of the model and of the two simulations for one scenario: its size, the storms that follow
// when edges die, and a roll-out.

import { size, sum } from './model.mjs';
import { playRollout } from './rollout.mjs';
import { CALLS_AT_ONCE, liveBy, playStorm } from './storm.mjs';

// A client whose edge's machine is gone hears nothing any more: after 15 s of silence it asks, 8 s later it gives up
// (edge/client/src/socketStream.ts, link.ts). A process that dies closes its connections.
const SILENCE_SECONDS = 15 + 8;
const LEAST_FREE_CORES = 0.1;

/** The storm on each edge that is left when `lost` of the pods die. */
export function stormAfterLosing(f, sized, lost, given = {}) {
  const { scenario, pods, load, own } = sized;
  const left = pods - lost;
  const returning = Math.ceil((scenario.sockets / pods) * (lost / left));
  // While they come back, those that are there need what they need.
  const busy = (scenario.edgeCores - sized.freeCores) * (pods / left);
  const options = {
    returning,
    acceptsPerSecond: scenario.acceptsPerSecond,
    room: scenario.edgeSockets - scenario.sockets / pods,
    openCoreSeconds: f['edge.cpuUsPerOpen'] * 1e-6,
    freeCores: Math.max(LEAST_FREE_CORES, scenario.edgeCores - busy),
    catchUpCoreSecondsPerSecond: (Math.min(scenario.seeAll, scenario.sockets) / scenario.sockets) * scenario.transactions * f['edge.cpuUsPerDelivery'] * 1e-6,
    ringSeconds: own.ringSeconds,
    // An edge knows the balance of whoever was with it, or has a transaction in its ring.
    unknownBalanceShare: unknownShare(scenario, own),
    callSeconds: callSeconds(f, sized, left),
    ...given,
  };
  const storm = playStorm(options);
  return { options, storm, edges: left, lost: returning * left, commits: load.commits };
}

/** How long a call takes while all edges make as many at once as they may: services and database have only so many cores. */
function callSeconds(f, { scenario, service, postgres }, edges) {
  const free = (cores, busy) => Math.max(LEAST_FREE_CORES, cores - busy);
  const ofService = f['service.cpuUsPerBalance'] / free(scenario.serviceReplicas * scenario.serviceCores, scenario.serviceReplicas * sum(service.cores));
  const ofPostgres = f['postgres.cpuUsPerBalance'] / free(scenario.postgresCores, postgres.cores);
  // The work itself, where nobody else waits.
  const alone = (f['service.cpuUsPerBalance'] + f['postgres.cpuUsPerBalance']) * 1e-6;
  return Math.max(alone, CALLS_AT_ONCE * edges * Math.max(ofService, ofPostgres) * 1e-6);
}

/** Returns the share of the clients who come that are members without a transaction in this edge's ring. */
function unknownShare(scenario, own) {
  const members = Math.max(0, scenario.sockets - scenario.seeAll);
  const touched = 2 * scenario.transactions * own.ringSeconds;
  return (members / scenario.sockets) * Math.exp((-touched * scenario.socketsPerAccount) / Math.max(1, members));
}

export function stormsOf(f, sized) {
  const zone = Math.ceil(sized.pods / sized.scenario.zones);
  return [
    { name: 'one edge process dies', ...stormAfterLosing(f, sized, 1) },
    { name: 'one zone goes dark', ...stormAfterLosing(f, sized, zone, { noticeSeconds: [SILENCE_SECONDS - sized.scenario.progressSeconds, SILENCE_SECONDS] }) },
  ].map((each) => ({
    ...each,
    halfLiveSeconds: liveBy(each.storm, 0.5),
    allLiveSeconds: liveBy(each.storm, 1),
    refusedShare: each.storm.attempts === 0 ? 0 : each.storm.refused / each.storm.attempts,
    serviceCalls: each.storm.serviceCalls * each.edges,
  }));
}

export function rolloutsOf(sized) {
  const { pods, scenario } = sized;
  const tenth = Math.max(1, Math.ceil(pods / 10));
  return [
    { name: 'one at a time', surge: 1 },
    { name: 'a tenth at a time', surge: tenth },
    { name: 'one at a time, round robin', surge: 1, balancer: 'round-robin' },
  ].map((each) => ({ ...each, ...playRollout({ pods, sockets: scenario.sockets, ...each }) }));
}

export const scene = (f, given) => {
  const sized = size(f, given);
  return { sized, storms: stormsOf(f, sized), rollouts: rolloutsOf(sized) };
};
