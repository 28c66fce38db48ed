// Latencies of millions of deliveries, in buckets that are 5 % wide, by phase.

const WIDTH = Math.log(1.05);
const LEAST_MS = 0.1;

export class LatencyBuckets {
  /** `counts`: of another process. */
  constructor(counts = {}) {
    this.counts = counts;
  }

  add(phase, ms) {
    const bucket = Math.round(Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / WIDTH);
    const counts = (this.counts[phase] ??= []);
    while (counts.length <= bucket) counts.push(0);
    counts[bucket] += 1;
  }

  merge({ counts }) {
    for (const [phase, others] of Object.entries(counts)) {
      const own = (this.counts[phase] ??= []);
      others.forEach((count, bucket) => (own[bucket] = (own[bucket] ?? 0) + count));
    }
    return this;
  }

  count(phase) {
    return (this.counts[phase] ?? []).reduce((sum, count) => sum + count, 0);
  }

  /** In milliseconds; undefined where there was none. */
  quantile(phase, share) {
    let left = share * this.count(phase);
    for (const [bucket, count] of (this.counts[phase] ?? []).entries()) {
      left -= count;
      if (left <= 0 && count > 0) return LEAST_MS * Math.exp(bucket * WIDTH);
    }
    return undefined;
  }
}
