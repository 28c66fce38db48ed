// The edge's HTTP side behind a `fetch`: event streams, long polls and plain requests.

import type { FakeEdge, Reader } from './fakeEdge.js';
import { SUBJECT } from './fakeLog.js';

interface Exchange {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly init: RequestInit;
  readonly signal: AbortSignal;
}

const json = (status: number, body: object): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

export const refusal = (status: number, code: string, reason: string, metadata = {}): Response =>
  json(status, { error: { code, reason, message: reason.toLowerCase(), metadata } });

export class FakeHttp {
  readonly requests: string[] = [];
  /** The query of the newest request. */
  query = new URLSearchParams();
  /** In place of the edge's answers, each once. */
  readonly answers: (() => Response)[] = [];
  /** One function for each open event stream, which sends it a frame. */
  private readonly tells = new Set<(state: string, data: object) => void>();
  /** Breaks what is under way. */
  private readonly open = new Set<(away: number | null) => void>();

  constructor(private readonly edge: FakeEdge) {}

  async fetch(url: string, init: RequestInit): Promise<Response> {
    const { pathname: path, searchParams: query } = new URL(url);
    this.requests.push(`${init.method} ${path}`);
    this.query = query;
    const aborted = new AbortController();
    const signal = aborted.signal;
    const end = (): void => aborted.abort(new TypeError('fetch failed'));
    init.signal?.addEventListener('abort', end);
    this.open.add(end);
    try {
      return await this.until(signal, async () => {
        await this.edge.clock.pause(this.edge.latencyMs);
        if (this.edge.faults.isOffline) return new Promise<never>(() => undefined);
        const answer = await this.answer({ path, query, init, signal });
        await this.edge.clock.pause(this.edge.latencyMs);
        return answer;
      });
    } finally {
      this.open.delete(end);
      init.signal?.removeEventListener('abort', end);
    }
  }

  cut(): void {
    for (const end of [...this.open]) end(null);
  }

  goAway(reconnectAfterMs: number): void {
    for (const end of [...this.open]) end(reconnectAfterMs);
  }

  /** An event on every stream. */
  async tellAll(state: string, data: object): Promise<void> {
    for (const tell of this.tells) tell(state, data);
    await this.edge.clock.advance(0);
  }

  count(request: string): number {
    return this.requests.filter((one) => one === request).length;
  }

  private until<T>(signal: AbortSignal, action: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) reject(signal.reason as Error);
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      action().then(resolve, reject);
    });
  }

  private async answer(exchange: Exchange): Promise<Response> {
    const { edge } = this;
    if (exchange.signal.aborted) throw exchange.signal.reason;
    const instead = this.answers.shift();
    if (instead !== undefined) return instead();
    const headers = new Headers(exchange.init.headers);
    if (!edge.isGood((headers.get('authorization') ?? '').replace('Bearer ', ''))) return refusal(401, 'UNAUTHENTICATED', 'TOKEN_EXPIRED');
    if (exchange.path === '/v1/events') return this.events(exchange);
    if (exchange.path === '/v1/poll') return this.poll(exchange);
    if (edge.faults.away === 'silence') return new Promise<never>(() => undefined);
    if (edge.faults.away !== '') return refusal(503, 'UNAVAILABLE', edge.faults.away);
    switch (`${exchange.init.method} ${exchange.path}`) {
      case 'GET /v1/transactions':
        return json(200, { transactions: [] });
      case 'GET /v1/digest':
        return json(200, edge.log.digest(exchange.query.get('after')!, exchange.query.get('until')!));
      case 'POST /v1/transactions': {
        const { amount } = JSON.parse(String(exchange.init.body)) as { readonly amount: string };
        const key = headers.get('idempotency-key');
        if (key === '') return refusal(400, 'INVALID_ARGUMENT', 'INVALID_FIELD');
        const row = edge.log.post(key ?? '', amount);
        edge.grow();
        return json(201, row);
      }
      default:
        return refusal(404, 'NOT_FOUND', 'ACCOUNT_NOT_FOUND');
    }
  }

  private events({ query, init }: Exchange): Response {
    const { edge } = this;
    const { log } = edge;
    const encoder = new TextEncoder();
    const start = log.sequenceOf(query.get('after') ?? '');
    const head = log.cursor(log.head);
    let held = '';
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const tell = (state: string, data: object): void => {
          held += `event: ${state}\ndata: ${JSON.stringify(data)}\n\n`;
          if (edge.faults.areEventsHeld || edge.faults.isOffline) return;
          controller.enqueue(encoder.encode(held));
          held = '';
        };
        const reader: Reader = {
          position: start ?? 0,
          onGrowth: () => edge.framesAfter(reader).forEach((frame) => tell('transactions', (frame as { readonly data: object }).data)),
          onIdle: () => tell('progress', edge.progress(reader)),
        };
        const end = (away: number | null): void => {
          this.open.delete(end);
          this.tells.delete(tell);
          edge.leave(reader);
          init.signal?.removeEventListener('abort', abort);
          if (away === null) return controller.error(new TypeError('terminated'));
          tell('goingAway', { reconnectAfterMs: String(away) });
          controller.close();
        };
        const abort = (): void => end(null);
        this.open.add(end);
        this.tells.add(tell);
        init.signal?.addEventListener('abort', abort);
        if (start === null) {
          tell('resync', { reason: 'CURSOR_UNKNOWN', head });
          controller.close();
          this.open.delete(end);
          init.signal?.removeEventListener('abort', abort);
          return;
        }
        tell('watching', { after: log.cursor(start), head, balances: { [SUBJECT]: String(log.balanceAt(start)) } });
        edge.enter(reader, query.get('progressInterval') ?? '');
        reader.onGrowth();
      },
    });
    return new Response(body, { status: 200, headers: { 'content-type': 'text/event-stream' } });
  }

  private async poll({ query, signal }: Exchange): Promise<Response> {
    const { edge } = this;
    const start = edge.log.sequenceOf(query.get('after') ?? '');
    if (start === null) return refusal(400, 'OUT_OF_RANGE', 'CURSOR_UNKNOWN', { head: edge.log.cursor(edge.log.head) });
    if (start === edge.log.head && query.get('wait') !== '0') await this.growth(Number(query.get('wait')) * 1000, signal);
    return json(200, edge.log.page(start));
  }

  private growth(waitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.edge.leave(reader);
        this.edge.clock.clearTimer(timer);
        resolve();
      };
      const reader: Reader = { position: 0, onGrowth: end, onIdle: () => undefined };
      const timer = this.edge.clock.setTimer(end, waitMs);
      signal.addEventListener('abort', end);
      this.edge.enter(reader);
    });
  }
}
