// What the charts draw, in memory that does not grow. Amounts become numbers here and only here: a
// chart has no cents.

/** Counts and volumes of equal steps of time, the newest `length` of them. */
export class Buckets {
  private readonly counts: Float64Array;
  private readonly volumes = new Map<string, Float64Array>();
  /** The step of the newest bucket. */
  private newest = -1;
  /** The step of the oldest bucket that ever was. */
  private oldest = Infinity;

  constructor(
    readonly stepMs: number,
    readonly length: number,
    private readonly stepsMin = 60,
    private readonly currenciesMax = 8,
  ) {
    this.counts = new Float64Array(length);
  }

  get currencies(): readonly string[] {
    return [...this.volumes.keys()];
  }

  add(timeMs: number, amount: number, currency: string): void {
    const step = Math.floor(timeMs / this.stepMs);
    this.moveTo(step);
    this.oldest = Math.min(this.oldest, step);
    if (!(step > this.newest - this.length)) return;
    const slot = step % this.length;
    this.counts[slot]! += 1;
    let volumes = this.volumes.get(currency);
    if (volumes === undefined) {
      if (this.volumes.size >= this.currenciesMax) return;
      volumes = new Float64Array(this.length);
      this.volumes.set(currency, volumes);
    }
    volumes[slot]! += amount;
  }

  /** The mean of the newest `steps` whole steps. */
  rate(nowMs: number, steps: number): number {
    const last = Math.floor(nowMs / this.stepMs) - 1;
    let sum = 0;
    for (let step = last - steps + 1; step <= last; step += 1) {
      if (step <= this.newest && step > this.newest - this.length) sum += this.counts[step % this.length]!;
    }
    return sum / steps;
  }

  /**
   * Times in seconds, counts and volumes up to `nowMs`, oldest first; without the unfinished step, and
   * without most of the time before the first transaction.
   */
  read(nowMs: number, currency: string): { times: number[]; counts: number[]; volumes: number[] } {
    const last = Math.floor(nowMs / this.stepMs) - 1;
    const volumesOf = this.volumes.get(currency);
    const times: number[] = [];
    const counts: number[] = [];
    const volumes: number[] = [];
    const first = Math.max(last - this.length + 2, Math.min(this.oldest, last - this.stepsMin + 1));
    for (let step = first; step <= last; step += 1) {
      const isKept = step <= this.newest && step > this.newest - this.length;
      const slot = step % this.length;
      times.push((step * this.stepMs) / 1000);
      counts.push(isKept ? this.counts[slot]! : 0);
      volumes.push(isKept ? (volumesOf?.[slot] ?? 0) : 0);
    }
    return { times, counts, volumes };
  }

  clear(): void {
    this.counts.fill(0);
    this.volumes.clear();
    this.newest = -1;
    this.oldest = Infinity;
  }

  private moveTo(step: number): void {
    if (step <= this.newest) return;
    const emptied = Math.min(step - this.newest, this.length);
    for (let index = 0; index < emptied; index += 1) {
      const slot = (step - index) % this.length;
      this.counts[slot] = 0;
      for (const volumes of this.volumes.values()) volumes[slot] = 0;
    }
    this.newest = step;
  }
}

/** A balance over time. When there are too many points, every second one goes. */
export class BalanceHistory {
  readonly times: number[] = [];
  readonly balances: number[] = [];
  private gapMs = 0;
  private lastKeptMs = -Infinity;

  constructor(private readonly pointsMax = 4000) {}

  add(timeMs: number, balance: number): void {
    const isNear = timeMs - this.lastKeptMs < this.gapMs;
    // The newest is always the last, so that the chart ends where the balance is.
    if (isNear && this.times.length > 1) {
      this.times[this.times.length - 1] = timeMs / 1000;
      this.balances[this.balances.length - 1] = balance;
      return;
    }
    this.lastKeptMs = timeMs;
    this.times.push(timeMs / 1000);
    this.balances.push(balance);
    if (this.times.length > this.pointsMax) this.thin();
  }

  /** In front of all others, oldest first. */
  prepend(points: readonly { readonly timeMs: number; readonly balance: number }[]): void {
    this.times.unshift(...points.map(({ timeMs }) => timeMs / 1000));
    this.balances.unshift(...points.map(({ balance }) => balance));
    while (this.times.length > this.pointsMax) this.thin();
  }

  clear(): void {
    this.times.length = 0;
    this.balances.length = 0;
    this.gapMs = 0;
    this.lastKeptMs = -Infinity;
  }

  private thin(): void {
    const last = this.times.length - 1;
    let kept = 0;
    for (let index = 0; index <= last; index += 1) {
      if (index % 2 === 1 && index !== last) continue;
      this.times[kept] = this.times[index]!;
      this.balances[kept] = this.balances[index]!;
      kept += 1;
    }
    this.times.length = kept;
    this.balances.length = kept;
    this.gapMs = Math.max(2 * this.gapMs, (1000 * (this.times[kept - 1]! - this.times[0]!)) / this.pointsMax);
  }
}
