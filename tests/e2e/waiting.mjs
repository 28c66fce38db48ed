// Waits for conditions, each with a name and a deadline.

import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 25;

/** Calls `condition` until it returns something truthy, and returns that. */
export async function waitUntil(what, condition, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: still not after ${timeoutMs} ms`);
    await pause(POLL_MS);
  }
}

/** Returns the result of `promise`, or throws an error that names `what` if it takes too long. */
export async function within(what, promise, timeoutMs) {
  const cancel = new AbortController();
  const late = pause(timeoutMs, undefined, { signal: cancel.signal }).then(() => {
    throw new Error(`${what}: not within ${timeoutMs} ms`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel.abort();
    late.catch(() => {});
  }
}

/** Waits as a client does before it tries again. */
export function backOff() {
  return pause(30 + Math.random() * 120);
}
