// One reader of the log: batches on their way from the connection to the consumer, who takes them at its
// own speed. When it lags by too much the connection stops the stream, and goes on from the position later:
// memory is bounded and nothing is lost.

import type { Subscriber } from './connection.js';
import { LedgercastError } from './errors.js';
import type { ResyncFrame } from './generated/messages.js';
import { advance, disconnected, positionAt } from './position.js';
import type { Batch, FeedFrame, Position } from './position.js';

export interface WatchOptions {
  /** The `cursor` of the last batch that was kept; "" = from the beginning (default), "now" = only what is new. */
  readonly after?: string;
  /** Only transactions of these accounts; empty = all that the caller may see. */
  readonly accounts?: readonly string[];
  /**
   * The ledger is another one, or was rewound (a restored backup): everything that was read is void. Drop
   * it and answer where to start again, by default "". Without this the watch ends with `CURSOR_UNKNOWN`.
   */
  readonly onResync?: (resync: ResyncFrame) => string | void | Promise<string | void>;
  /** How many the consumer may lag behind before the stream is stopped for a while. */
  readonly bufferTransactionsMax?: number;
}

const BUFFER_TRANSACTIONS_MAX = 5_000;

export interface WatchHost {
  /** It was stopped from its own side. */
  left(): void;
  /** The connection ended it. */
  ended(): void;
  /** It can take more. */
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

  /** Asking for the next batch says that the one before has been applied. */
  next(): Promise<IteratorResult<Batch, undefined>> {
    const result = this.turn.then(() => this.pull());
    this.turn = result.catch(() => undefined);
    return result;
  }

  return(): Promise<IteratorResult<Batch, undefined>> {
    this.stop();
    return Promise.resolve(DONE);
  }

  /** As callbacks, one after the other; settles when the watch ends. */
  async forEach(onBatch: (batch: Batch) => void | Promise<void>): Promise<void> {
    for await (const batch of this) await onBatch(batch);
  }

  /** What was not taken yet is dropped; a `for await` over it ends. */
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
    // What waits here is of the history that is void.
    this.queue.length = 0;
    this.bufferedTransactions = 0;
    this.pendingResync = frame;
    this.isPaused = true;
    this.wake();
  }

  disconnected(): void {
    this.position = disconnected(this.position);
  }

  /** What came before the error is still given out. */
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
    // Progress of hours must not fill the queue of a consumer that stands still.
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
