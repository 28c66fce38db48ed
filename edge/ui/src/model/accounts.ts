// Holds all accounts that the reader may see. Transactions keep the balances up to date.

import type { Account, Transaction } from '@ledgercast/client';

export interface Holder {
  readonly name: string;
  readonly displayName: string;
  readonly department: string;
  readonly currency: string;
  readonly balance: bigint;
}

export class AccountBook {
  private readonly holders = new Map<string, Holder>();
  /** Accounts that a transaction has updated since the list was requested. Their balance is newer than the list's. */
  private readonly told = new Set<string>();
  /** Increases with every change. */
  version = 0;

  get size(): number {
    return this.holders.size;
  }

  all(): Holder[] {
    return [...this.holders.values()];
  }

  get(name: string): Holder | undefined {
    return this.holders.get(name);
  }

  /** Must be called before a list is requested. */
  beginLoad(): void {
    this.told.clear();
  }

  load({ name, displayName, department, currency, balance = 0n }: Account): void {
    const known = this.holders.get(name);
    const isNewer = known !== undefined && this.told.has(name);
    this.holders.set(name, { name, displayName, department, currency, balance: isNewer ? known.balance : balance });
    this.version += 1;
  }

  apply({ fromAccount, toAccount, fromBalance, toBalance, currency }: Transaction): void {
    this.set(fromAccount, fromBalance, currency);
    this.set(toAccount, toBalance, currency);
    this.version += 1;
  }

  clear(): void {
    this.holders.clear();
    this.told.clear();
    this.version += 1;
  }

  private set(name: string, balance: bigint | undefined, currency: string): void {
    if (balance === undefined) return;
    const known = this.holders.get(name) ?? { name, displayName: '', department: '', currency };
    this.holders.set(name, { ...known, balance });
    this.told.add(name);
  }
}

export interface Mover {
  readonly name: string;
  readonly currency: string;
  readonly change: bigint;
}

const STEP_MS = 60_000;

/** Computes by how much each account changed within the last hour. */
export class Movers {
  private readonly steps: { step: number; changes: Map<string, bigint> }[] = [];
  private readonly totals = new Map<string, bigint>();
  private readonly currencies = new Map<string, string>();

  constructor(private readonly stepsMax = 60) {}

  add({ fromAccount, toAccount, amount, currency }: Transaction, timeMs: number): void {
    const step = Math.floor(timeMs / STEP_MS);
    const last = this.steps.at(-1);
    if (last === undefined || last.step < step) this.steps.push({ step, changes: new Map() });
    const { changes } = this.steps.at(-1)!;
    this.change(changes, fromAccount, -amount, currency);
    this.change(changes, toAccount, amount, currency);
    this.expire(timeMs);
  }

  /** Returns the biggest changes first, whether up or down. */
  biggest(count: number, nowMs: number): Mover[] {
    this.expire(nowMs);
    const movers = [...this.totals].map(([name, change]) => ({ name, change, currency: this.currencies.get(name) ?? '' }));
    const size = ({ change }: Mover) => (change < 0n ? -change : change);
    return movers.sort((a, b) => (size(a) < size(b) ? 1 : size(a) > size(b) ? -1 : a.name < b.name ? -1 : 1)).slice(0, count);
  }

  clear(): void {
    this.steps.length = 0;
    this.totals.clear();
    this.currencies.clear();
  }

  private change(changes: Map<string, bigint>, name: string, by: bigint, currency: string): void {
    changes.set(name, (changes.get(name) ?? 0n) + by);
    this.addTotal(name, by);
    this.currencies.set(name, currency);
  }

  private addTotal(name: string, by: bigint): void {
    const total = (this.totals.get(name) ?? 0n) + by;
    if (total !== 0n) {
      this.totals.set(name, total);
      return;
    }
    this.totals.delete(name);
    this.currencies.delete(name);
  }

  private expire(nowMs: number): void {
    const first = Math.floor(nowMs / STEP_MS) - this.stepsMax + 1;
    while (this.steps.length > 0 && this.steps[0]!.step < first) {
      for (const [name, by] of this.steps.shift()!.changes) this.addTotal(name, -by);
    }
  }
}
