// Holds everything that the page knows about the ledger, in the forms in which it is shown. It changes in place,
// because it may change a thousand times a second and copies would be slow. `version` shows that it changed.

import type { Batch, Transaction } from '@ledgercast/client';
import { AccountBook, Movers } from './accounts';
import { FilteredRows } from './filter';
import { RowLog, RowMaker } from './rows';
import type { Row } from './rows';
import { BalanceHistory, Buckets } from './series';

/** Number of newest rows among which a transfer is searched whose answer was lost. */
const RECENT_MAX = 2000;

export class LedgerStore {
  readonly log: RowLog;
  readonly filtered: FilteredRows;
  readonly seconds = new Buckets(1000, 600);
  readonly minutes = new Buckets(60_000, 1440);
  readonly history = new BalanceHistory();
  readonly accounts = new AccountBook();
  readonly movers = new Movers();
  version = 0;
  /** Number of rows that arrived, whether kept or not. */
  seenCount = 0;
  balance: bigint | undefined;
  /** Position from which on rows arrived live. */
  freshFrom = Infinity;
  private readonly maker = new RowMaker();
  private own = '';

  constructor(rowsMax?: number) {
    this.log = new RowLog(rowsMax);
    this.filtered = new FilteredRows(this.log);
  }

  /** Starts again for the account `own`, whose balance and history are shown. */
  reset(own: string): void {
    this.own = own;
    this.balance = undefined;
    this.accounts.clear();
    this.clearRows();
  }

  clearRows(): void {
    this.seenCount = 0;
    this.freshFrom = Infinity;
    this.log.clear();
    this.filtered.rescan();
    for (const part of [this.seconds, this.minutes, this.history, this.movers]) part.clear();
    this.version += 1;
  }

  apply({ transactions, balances, live }: Pick<Batch, 'transactions' | 'balances' | 'live'>): void {
    if (live && this.freshFrom === Infinity) this.freshFrom = this.log.end + transactions.length;
    for (const transaction of transactions) this.push(transaction);
    this.balance = balances[this.own] ?? this.balance;
    this.version += 1;
  }

  /** Adds the newest past transactions, oldest first, before the first batch. */
  seed(transactions: readonly Transaction[]): void {
    for (const transaction of transactions) this.push(transaction);
    this.version += 1;
  }

  /** Adds rows before all others, newest first. Returns false if there is no room for more. */
  prepend(transactions: readonly Transaction[]): boolean {
    const points: { timeMs: number; balance: number }[] = [];
    let isRoom = true;
    for (const transaction of transactions) {
      const row = this.maker.make(transaction);
      isRoom = this.log.prepend(row);
      if (!isRoom) break;
      this.seenCount += 1;
      const balance = this.balanceIn(transaction);
      if (balance !== undefined) points.unshift({ timeMs: row.timeMs, balance: Number(balance) });
    }
    this.history.prepend(points);
    this.filtered.rescan();
    this.version += 1;
    return isRoom;
  }

  /** Finds a transaction among the newest rows. */
  findRecent(id: string): Row | undefined {
    for (let position = this.log.end - 1; position >= Math.max(this.log.start, this.log.end - RECENT_MAX); position -= 1) {
      const row = this.log.at(position);
      if (row?.id === id) return row;
    }
    return undefined;
  }

  private push(transaction: Transaction): void {
    const row = this.maker.make(transaction);
    const amount = Number(row.amount);
    this.log.push(row);
    this.filtered.pushed();
    this.seenCount += 1;
    this.seconds.add(row.timeMs, amount, row.currency);
    this.minutes.add(row.timeMs, amount, row.currency);
    this.accounts.apply(transaction);
    this.movers.add(transaction, row.timeMs);
    const balance = this.balanceIn(transaction);
    if (balance === undefined) return;
    this.balance = balance;
    this.history.add(row.timeMs, Number(balance));
  }

  private balanceIn({ fromAccount, toAccount, fromBalance, toBalance }: Transaction): bigint | undefined {
    return fromAccount === this.own ? fromBalance : toAccount === this.own ? toBalance : undefined;
  }
}
