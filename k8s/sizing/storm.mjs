// Sockets that lost their edge come back, event by event, to one of the edges that are left: all of these
// are alike, so one stands for each. What they meet there is what the programs do:
//
//   client   waits at random below a bound that doubles (edge/client/src/backoff.ts), gives a handshake up after
//            10 s (link.ts)
//   edge     lets in so many a second (a token bucket, --max-accepts-per-second), up to --max-sockets, refuses the
//            others; opens one after the other with the CPU that its live sockets leave
//   ring     whoever was away for longer than it reaches back costs a page of the service, 16 at a time, and a member
//            whose balance this edge does not know one call

import { Events } from './events.mjs';
import { seeded } from './random.mjs';

const BACKOFF_BASE_SECONDS = 0.5;
const BACKOFF_CAP_SECONDS = 20;
const HANDSHAKE_TIMEOUT_SECONDS = 10;
// Maximum number of calls from one edge to the service at once; further ones wait (edge/upstream/grpc_history.h).
export const CALLS_AT_ONCE = 16;

export const STORM = {
  // Number of sockets that come back to one edge.
  returning: 0,
  // Each client notices at a time of its own between these.
  noticeSeconds: [0, 0],
  backoffBaseSeconds: BACKOFF_BASE_SECONDS,
  backoffCapSeconds: BACKOFF_CAP_SECONDS,
  handshakeTimeoutSeconds: HANDSHAKE_TIMEOUT_SECONDS,
  // Limits of each edge that is left.
  acceptsPerSecond: 10_000,
  room: Infinity,
  openCoreSeconds: 0.0003,
  freeCores: 1,
  // Work for each second that a client was away: what it missed.
  catchUpCoreSecondsPerSecond: 0,
  ringSeconds: Infinity,
  unknownBalanceShare: 0,
  callSeconds: 0.004,
  // Whoever is not back by then is counted as still out: where there is no room for all.
  horizonSeconds: 3_600,
  seed: 1,
};

// The calls of one edge under way at once; each further one waits for the first that ends.
class Calls {
  #freeAt = new Array(CALLS_AT_ONCE).fill(0);

  constructor(seconds) {
    this.seconds = seconds;
    this.count = 0;
  }

  doneAt(now) {
    this.count++;
    const next = this.#freeAt.indexOf(Math.min(...this.#freeAt));
    this.#freeAt[next] = Math.max(now, this.#freeAt[next]) + this.seconds;
    return this.#freeAt[next];
  }
}

class Edge {
  constructor(options) {
    this.options = options;
    this.tokens = options.acceptsPerSecond;
    this.filledAt = 0;
    this.inside = 0;
    this.cpuFreeAt = 0;
    this.cpuSeconds = 0;
    this.calls = new Calls(options.callSeconds);
    this.refused = 0;
  }

  lets(now) {
    const rate = this.options.acceptsPerSecond;
    if (rate > 0) {
      this.tokens = Math.min(rate, this.tokens + (now - this.filledAt) * rate);
      this.filledAt = now;
    }
    const comesIn = (rate === 0 || this.tokens >= 1) && this.inside < this.options.room;
    if (!comesIn) {
      this.refused++;
      return false;
    }
    this.tokens -= rate > 0 ? 1 : 0;
    this.inside++;
    return true;
  }

  /**
   * When work of so many core seconds that comes now will be done. Null if its client will have given up by then: the
   * edge then finds the connection closed, which is no work.
   */
  workUntil(now, coreSeconds) {
    const until = Math.max(now, this.cpuFreeAt) + coreSeconds / this.options.freeCores;
    if (until - now > this.options.handshakeTimeoutSeconds) return null;
    this.cpuSeconds += coreSeconds;
    this.cpuFreeAt = until;
    return until;
  }
}

/** Plays it to its end. `liveAt` are the times, in order, at which sockets were live again. */
export function playStorm(given) {
  const options = { ...STORM, ...given };
  const random = seeded(options.seed);
  const events = new Events();
  const edge = new Edge(options);
  const liveAt = [];
  let attempts = 0;
  const comeBack = (client, now) => {
    const bound = Math.min(options.backoffCapSeconds, options.backoffBaseSeconds * 2 ** client.attempts++);
    events.add(now + random() * bound, client);
  };
  const [from, to] = options.noticeSeconds;
  for (let index = 0; index < options.returning; index++) {
    comeBack({ attempts: 0, isMemberUnknown: random() < options.unknownBalanceShare }, from + random() * (to - from));
  }
  const opened = (client, now) => {
    // Away since 0.
    let until = edge.workUntil(now, options.openCoreSeconds + now * options.catchUpCoreSecondsPerSecond);
    if (until === null) {
      edge.inside--;
      return comeBack(client, now + options.handshakeTimeoutSeconds);
    }
    if (now > options.ringSeconds) until = edge.calls.doneAt(until);
    if (client.isMemberUnknown) until = edge.calls.doneAt(until);
    liveAt.push(until);
  };
  let stillOut = 0;
  for (let event = events.take(); event; event = events.take()) {
    if (event.time > options.horizonSeconds) {
      stillOut++;
      continue;
    }
    attempts++;
    if (edge.lets(event.time)) opened(event.what, event.time);
    else comeBack(event.what, event.time);
  }
  liveAt.sort((a, b) => a - b);
  return { liveAt, stillOut, attempts, refused: edge.refused, serviceCalls: edge.calls.count, cpuSeconds: edge.cpuSeconds };
}

/** The time at which that share of them were live again; no end where they never were. */
export function liveBy({ liveAt, stillOut }, share) {
  const place = Math.ceil(share * (liveAt.length + stillOut)) - 1;
  return place < 0 ? 0 : (liveAt[place] ?? Infinity);
}
