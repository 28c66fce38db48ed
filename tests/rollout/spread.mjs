// How evenly something happened over a while.

/** How many of `times` are in each step of `stepMs` from `from` to `until`. */
export function histogramOf(times, { from, until, stepMs }) {
  const counts = new Array(Math.max(1, Math.ceil((until - from) / stepMs))).fill(0);
  for (const time of times) {
    const step = Math.floor((time - from) / stepMs);
    if (step >= 0 && step < counts.length) counts[step] += 1;
  }
  return counts;
}

/** The most within any `windowMs`. */
export function peakOf(times, windowMs) {
  const sorted = times.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, time] of sorted.entries()) {
    while (sorted[first] <= time - windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** `{ count, seconds, mean, peak }`: from first to last, and a second's mean and most. */
export function spreadOf(times) {
  if (times.length === 0) return { count: 0, seconds: 0, mean: 0, peak: 0 };
  const seconds = (Math.max(...times) - Math.min(...times)) / 1000;
  return { count: times.length, seconds, mean: times.length / Math.max(seconds, 1), peak: peakOf(times, 1000) };
}

/**
 * What a second holds at most of `count` that leave at random within `leavingMs` and each come back at random within
 * `returningMs`: the longer of the two makes the top of the sum. Twice that, as a busy machine stands still for a second, and
 * four standard deviations are left to chance.
 */
export function mostASecond(count, { leavingMs, returningMs }) {
  const expected = 2 * Math.min(count, (count * 1000) / Math.max(leavingMs, returningMs));
  return expected + 4 * Math.sqrt(expected);
}
