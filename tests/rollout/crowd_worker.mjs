// A part of the crowd in a process of its own. What the parent says: `open` with the followers to be,
// `phase` with the name that latencies go under, `countAway`, `finish` with the sequence to wait for.

import { latenciesMsOf } from '../bench/latencies.mjs';
import { Follower } from './follower.mjs';
import { LatencyBuckets } from './latency_buckets.mjs';

// Beginnings at a time: they are no part of the rehearsal.
const OPENING = 20;
const CATCH_UP_TIMEOUT_MS = 60_000;

const followers = [];
const latencies = new LatencyBuckets();
let phase = 'opening';

function noteRows(transactions, openedAt) {
  const now = Date.now();
  for (const ms of latenciesMsOf({ transactions })) {
    // What was committed while the follower was away had to wait for it.
    latencies.add(now - ms < openedAt ? `${phase} away` : phase, ms);
  }
}

async function open({ edge, people }) {
  const waiting = [...people];
  const lane = async () => {
    while (waiting.length > 0) {
      const follower = new Follower({ ...waiting.shift(), edge, onRows: noteRows }).start();
      followers.push(follower);
      await follower.watching();
    }
  };
  await Promise.all(Array.from({ length: OPENING }, lane));
}

async function finish({ sequence }) {
  // Who does not get there says so by its place.
  await Promise.allSettled(followers.map(({ record }) => record.waitForSequence(sequence, CATCH_UP_TIMEOUT_MS)));
  await Promise.all(followers.map((follower) => follower.stop()));
  return { followers: followers.map((follower) => follower.summary()), latencies: latencies.counts };
}

const countAway = async () => followers.filter(({ isAway }) => isAway).length;

const ACTIONS = { open, finish, countAway, phase: async (name) => void (phase = name) };

process.on('message', async ({ action, data }) => {
  try {
    process.send({ done: action, data: await ACTIONS[action](data) });
  } catch (error) {
    process.send({ failed: action, message: error.stack });
  }
});
process.on('disconnect', () => process.exit(1));
