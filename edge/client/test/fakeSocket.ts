// The client's end of a socket, and what the fake edge does with its frames.

import type { SocketLike } from '../src/environment.js';
import type { FakeEdge, Reader } from './fakeEdge.js';
import { SUBJECT } from './fakeLog.js';

export interface SentFrame {
  readonly state: string;
  readonly data?: Record<string, string>;
  readonly id?: string;
}

/** States that the edge does not answer by itself. */
const OF_SERVICE = new Set(['createTransaction', 'listTransactions', 'digest']);

export class FakeSocket implements SocketLike, Reader {
  onopen: SocketLike['onopen'] = null;
  onmessage: SocketLike['onmessage'] = null;
  onclose: SocketLike['onclose'] = null;
  onerror: SocketLike['onerror'] = null;
  readonly sent: SentFrame[] = [];
  position = 0;
  isOpen = false;
  isGone = false;
  private lastDueMs = 0;

  constructor(
    private readonly edge: FakeEdge,
    readonly url: string,
    readonly protocols: string[],
  ) {
    if (edge.faults.isOffline) return;
    this.later(() => {
      if (edge.faults.areSocketsBlocked) return this.hangUp(1006, '');
      this.isOpen = true;
      this.onopen?.({});
    });
  }

  send(text: string): void {
    if (!this.isOpen) throw new Error('the socket is not open');
    // Browsers also drop what is sent too late.
    if (this.isGone) return;
    const frame = JSON.parse(text) as SentFrame;
    this.sent.push(frame);
    this.later(() => this.answer(frame));
  }

  close(): void {
    this.isGone = true;
    this.edge.leave(this);
  }

  /** Ends the socket, as the edge or the network does. Frames on the way are lost. */
  hangUp(code: number, reason: string): void {
    if (this.isGone) return;
    const { onclose } = this;
    this.isGone = true;
    this.edge.leave(this);
    this.edge.clock.setTimer(() => onclose?.({ code, reason }), 0);
  }

  tell(frame: object): void {
    this.tellText(JSON.stringify(frame));
  }

  tellText(text: string): void {
    this.later(() => this.onmessage?.({ data: text }));
  }

  onGrowth(): void {
    this.edge.framesAfter(this).forEach((frame) => this.tell(frame));
  }

  onIdle(): void {
    this.tell({ state: 'progress', data: this.edge.progress(this) });
  }

  last(state: string): SentFrame | undefined {
    return this.sent.filter((frame) => frame.state === state).at(-1);
  }

  count(state: string): number {
    return this.sent.filter((frame) => frame.state === state).length;
  }

  /** Runs `action` after the latency, in the order of the calls, as TCP does. */
  private later(action: () => void): void {
    const { clock, latencyMs } = this.edge;
    this.lastDueMs = Math.max(this.lastDueMs, clock.now() + latencyMs);
    clock.setTimer(() => {
      if (!this.isGone && !this.edge.faults.isOffline) action();
    }, this.lastDueMs - clock.now());
  }

  private answer({ state, data = {}, id }: SentFrame): void {
    const { edge } = this;
    const { away } = edge.faults;
    if (away === 'silence' && OF_SERVICE.has(state)) return;
    if (away !== '' && OF_SERVICE.has(state)) return this.tell({ state: 'error', error: { code: 'UNAVAILABLE', reason: away, message: 'away' }, id });
    switch (state) {
      case 'authenticate':
      case 'refresh': {
        if (!edge.isGood(data.token ?? '')) return this.hangUp(4401, 'the token is not good');
        const expiresAt = new Date(edge.clock.now() + edge.tokenLifetimeMs).toISOString();
        return this.tell({ state: 'authenticated', data: { subject: SUBJECT, admin: false, expiresAt, ledger: edge.log.name } });
      }
      case 'watch':
        return this.watch(data, id);
      case 'unwatch':
        edge.leave(this);
        return this.tell({ state: 'unwatched', id });
      case 'ping':
        return this.tell({ state: 'pong', id });
      case 'ack':
        return void edge.acks.push(data.cursor!);
      case 'createTransaction': {
        const transaction = edge.log.post(data.id!, data.amount);
        edge.grow();
        return this.tell({ state: 'transactionCreated', data: { transaction }, id });
      }
      case 'listTransactions':
        return this.tell({ state: 'transactionList', data: { transactions: [] }, id });
      case 'digest':
        return this.tell({ state: 'digested', data: edge.log.digest(data.after!, data.until!), id });
      default:
        return undefined;
    }
  }

  private watch({ after = '', progressInterval }: Record<string, string>, id: string | undefined): void {
    const { edge } = this;
    if (edge.faults.crowdedWatches > 0) {
      edge.faults.crowdedWatches -= 1;
      return this.tell({ state: 'error', error: { code: 'RESOURCE_EXHAUSTED', reason: 'TOO_BUSY', message: 'too many watches a second' }, id });
    }
    const start = edge.log.sequenceOf(after);
    edge.leave(this);
    const head = edge.log.cursor(edge.log.head);
    if (start === null) return this.tell({ state: 'resync', data: { reason: 'CURSOR_UNKNOWN', head }, id });
    this.position = start;
    const balances = { [SUBJECT]: String(edge.log.balanceAt(start)) };
    this.tell({ state: 'watching', data: { after: edge.log.cursor(start), head, balances }, id });
    edge.enter(this, progressInterval);
    this.onGrowth();
  }
}
