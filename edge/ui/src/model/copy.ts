// Holds the page's copy of the log: its newest part, which is then followed, and the proof that nothing in it is
// missing or wrong. A small ledger is read from its beginning, so all of it is proved. Of a large ledger the newest
// page is shown at once, and older pages are loaded on request.

import type { Batch, Client, Proof, Transaction } from '@ledgercast/client';
import type { LedgerStore } from './store';

export const PAGE_SIZE = 1000;
/** Sequence up to which a ledger is read from its beginning. */
const WHOLE_SEQUENCE_MAX = 20_000n;
const FIRST_PAGE_TIMEOUT_MS = 5_000;

export type ProofState =
  | { readonly kind: 'unproved' | 'proving' }
  | { readonly kind: 'proved'; readonly count: number; readonly fromBeginning: boolean; readonly atMs: number }
  | { readonly kind: 'differs' | 'failed' };

interface Page {
  /** The transactions, newest first. */
  readonly transactions: readonly Transaction[];
  /** Token of the next older page; "" if there is none. */
  readonly olderToken: string;
}

export class Copy {
  private proof: Proof | null = null;
  private provedCount = 0;
  private startsAtBeginning = true;
  private olderToken = '';
  private isLoadingOlder = false;
  private needsBridge = false;
  /** Cursor up to which the copy reaches. */
  cursor: string | null = null;

  constructor(
    private readonly client: Client,
    private readonly store: LedgerStore,
  ) {}

  get hasOlder(): boolean {
    return this.olderToken !== '' && !this.store.log.isFull;
  }

  /** Returns the cursor from which to watch. */
  async begin(): Promise<string> {
    const newest = (await this.newestInTime()) ?? (await this.newestOnceConnected());
    const [last] = newest.transactions;
    const isSmall = newest.olderToken === '' || last!.sequence <= WHOLE_SEQUENCE_MAX;
    if (isSmall) return '';
    this.startsAtBeginning = false;
    this.needsBridge = true;
    this.olderToken = newest.olderToken;
    this.store.seed([...newest.transactions].reverse());
    return 'now';
  }

  async take(batch: Batch): Promise<void> {
    if (this.needsBridge) await this.bridge(batch.after);
    this.needsBridge = false;
    this.proof ??= this.client.proof({ after: batch.after });
    this.proof.add(batch);
    this.cursor = batch.cursor;
    this.store.apply(batch);
  }

  /** Drops everything, because it belongs to a history that is void. */
  startAgain(): string {
    this.proof = null;
    this.provedCount = 0;
    this.startsAtBeginning = true;
    this.olderToken = '';
    this.needsBridge = false;
    return '';
  }

  async prove(): Promise<ProofState> {
    if (this.proof === null) return { kind: 'failed' };
    const { count } = await this.proof.verify();
    this.provedCount += Number(count);
    return { kind: 'proved', count: this.provedCount, fromBeginning: this.startsAtBeginning, atMs: Date.now() };
  }

  async loadOlder(): Promise<void> {
    if (this.isLoadingOlder || !this.hasOlder) return;
    this.isLoadingOlder = true;
    try {
      const { transactions, olderToken } = await this.list(this.olderToken);
      const oldest = this.store.log.oldest?.sequence;
      const older = transactions.filter(({ sequence }) => oldest === undefined || sequence < oldest);
      this.olderToken = this.store.prepend(older) ? olderToken : '';
    } finally {
      this.isLoadingOlder = false;
    }
  }

  /** Loads what was posted after the first page and before the watch began. */
  private async bridge(after: string): Promise<void> {
    const newest = await this.list('');
    const shown = this.store.log.newest?.sequence ?? 0n;
    const until = BigInt(after.slice(after.lastIndexOf('.') + 1));
    const oldest = newest.transactions.at(-1);
    if (oldest !== undefined && oldest.sequence > shown && newest.olderToken !== '') {
      // More transactions were missed than a page holds, so the rows shown before would leave a gap.
      this.store.clearRows();
      this.olderToken = newest.olderToken;
    }
    const missed = newest.transactions.filter(({ sequence }) => sequence > shown && sequence <= until);
    this.store.seed(missed.reverse());
  }

  private async newestInTime(): Promise<Page | null> {
    try {
      return await this.list('', FIRST_PAGE_TIMEOUT_MS);
    } catch (error) {
      if ((error as { isPassing?: boolean }).isPassing === true) return null;
      throw error;
    }
  }

  /** Returns the newest page once a watch has begun. The watch reports what is wrong until then. */
  private async newestOnceConnected(): Promise<Page> {
    for await (const _batch of this.client.watch({ after: 'now' })) break;
    return this.list('');
  }

  private async list(pageToken: string, timeoutMs?: number): Promise<Page> {
    const request = { orderBy: 'sequence desc', pageSize: PAGE_SIZE, ...(pageToken !== '' && { pageToken }) };
    const { transactions, nextPageToken } = await this.client.listTransactions(request, timeoutMs === undefined ? {} : { timeoutMs });
    return { transactions, olderToken: nextPageToken };
  }
}
