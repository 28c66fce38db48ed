// A reader of the log. It passes batches from the connection to the consumer, who takes them at its own speed. If the
// consumer is too slow, the connection stops the stream and continues later from the position. So memory is bounded
// and nothing is lost.

import type { Subscriber } from './connection.js';
import { LedgercastError } from './errors.js';
import type { ResyncFrame } from './generated/messages.js';
import { advance, disconnected, positionAt } from './position.js';
import type { Batch, FeedFrame, Position } from './position.js';

export interface WatchOptions {
  /** The `cursor` of the last batch that was kept. "" (default) means from the beginning, "now" means only new transactions. */
  readonly after?: string;
  /** Only transactions of these accounts. Empty means all that the caller may see. */
  readonly accounts?: readonly string[];
  /**
   * Called when the ledger is another one or was rewound (a restored backup), so everything that was read is void.
   * Drop it and return where to start again, by default "". Without this function the watch ends with
   * `CURSOR_UNKNOWN`.
   */
  readonly onResync?: (resync: ResyncFrame) => string | void | Promise<string | void>;
  /** Number of transactions by which the consumer may lag before the stream is stopped for a while. */
  readonly bufferTransactionsMax?: number;
}

const BUFFER_TRANSACTIONS_MAX = 5_000;

export interface WatchHost {
  /** Called when the consumer stopped the watch. */
  left(): void;
  /** Called after the connection ended the watch. */
  ended(): void;
  /** Called when the watch can take more. */
  resume(): void;
  acknowledge(cursor: string): void;
}

const DONE = { done: true, value: undefined } as const;

export class Watch implements Subscriber, AsyncIterableIterator<Batch> {
  readonly accounts: readonly string[];
  position: Position;
  isPaused = false;
  private readonly queue: Batch[] = [];
  private bufferedTransactions = 0;
  private readonly bufferTransactionsMax: number;
  private pendingResync: ResyncFrame | null = null;
  private given: Batch | null = null;
  private isOver = false;
  private failure: unknown = null;
  private wake: () => void = () => undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: WatchOptions,
    private readonly host: WatchHost,
  ) {
    this.accounts = options.accounts ?? [];
    this.position = positionAt(options.after ?? '');
    this.bufferTransactionsMax = options.bufferTransactionsMax ?? BUFFER_TRANSACTIONS_MAX;
  }

  // --- for the consumer ---

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Returns the next batch. The call also says that the batch before has been applied. */
  next(): Promise<IteratorResult<Batch, undefined>> {
    const result = this.turn.then(() => this.pull());
    this.turn = result.catch(() => undefined);
    return result;
  }

  return(): Promise<IteratorResult<Batch, undefined>> {
    this.stop();
    return Promise.resolve(DONE);
  }

  /** Calls `onBatch` for each batch, one after the other. Settles when the watch ends. */
  async forEach(onBatch: (batch: Batch) => void | Promise<void>): Promise<void> {
    for await (const batch of this) await onBatch(batch);
  }

  /** Stops the watch. Batches that were not taken are dropped, and a `for await` over it ends. */
  stop(): void {
    if (this.isOver) return;
    this.finish(null);
    this.host.left();
  }

  // --- for the connection ---

  take(frame: FeedFrame): 'taken' | 'gap' {
    const step = advance(this.position, frame);
    if (step === 'gap') return 'gap';
    this.position = step.position;
    if (step.batch !== null) this.push(step.batch);
    return 'taken';
  }

  resync(frame: ResyncFrame): void {
    // The batches that wait here belong to the history that is void.
    this.queue.length = 0;
    this.bufferedTransactions = 0;
    this.pendingResync = frame;
    this.isPaused = true;
    this.wake();
  }

  disconnected(): void {
    this.position = disconnected(this.position);
  }

  /** Ends the watch. Batches that came before the error are still given to the consumer. */
  end(error: LedgercastError): void {
    if (this.isOver) return;
    this.isOver = true;
    this.failure = error;
    this.host.ended();
    this.wake();
  }

  // --- in between ---

  private push(batch: Batch): void {
    const last = this.queue.at(-1);
    const isJoined = last !== undefined && (last.transactions.length === 0 || batch.transactions.length === 0);
    // Batches of progress are joined, so that they cannot fill the queue of a consumer that stands still.
    if (isJoined) this.queue[this.queue.length - 1] = { ...batch, after: last.after, transactions: last.transactions.concat(batch.transactions) };
    else this.queue.push(batch);
    this.bufferedTransactions += batch.transactions.length;
    if (this.bufferedTransactions >= this.bufferTransactionsMax) this.isPaused = true;
    this.wake();
  }

  private async pull(): Promise<IteratorResult<Batch, undefined>> {
    this.acknowledge();
    for (;;) {
      const batch = this.queue.shift();
      if (batch !== undefined) return this.give(batch);
      if (this.isOver) return this.finished();
      if (this.pendingResync !== null) await this.startAgain(this.pendingResync);
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  private give(batch: Batch): IteratorResult<Batch, undefined> {
    this.given = batch;
    this.bufferedTransactions -= batch.transactions.length;
    const isDrained = this.bufferedTransactions <= this.bufferTransactionsMax / 2;
    if (this.isPaused && isDrained && this.pendingResync === null) {
      this.isPaused = false;
      this.host.resume();
    }
    return { done: false, value: batch };
  }

  private finished(): IteratorResult<Batch, undefined> {
    const { failure } = this;
    this.failure = null;
    if (failure !== null) throw failure;
    return DONE;
  }

  private acknowledge(): void {
    if (this.given !== null && this.given.transactions.length > 0 && !this.isOver) this.host.acknowledge(this.given.cursor);
    this.given = null;
  }

  private async startAgain(resync: ResyncFrame): Promise<void> {
    const { onResync } = this.options;
    try {
      if (onResync === undefined) {
        throw new LedgercastError('OUT_OF_RANGE', resync.reason, 'the copy is void: it is of another ledger, or of a history that was rewound', { head: resync.head });
      }
      const after = (await onResync(resync)) ?? '';
      if (this.isOver) return;
      this.position = positionAt(after);
      this.pendingResync = null;
      this.isPaused = false;
      this.host.resume();
    } catch (error) {
      if (this.isOver) return;
      this.finish(error);
      this.host.left();
    }
  }

  private finish(failure: unknown): void {
    this.isOver = true;
    this.failure = failure;
    this.queue.length = 0;
    this.wake();
  }
}
