// An edge that tests play by hand: the contract's frames, events and polls over a network that cuts,
// loses, repeats, reorders and delays, and that lets sockets or events through or not.

import type { Environment } from '../src/environment.js';
import { FakeClock, FakeNetwork } from './fakes.js';
import { FakeHttp } from './fakeHttp.js';
import { FakeLog } from './fakeLog.js';
import { FakeSocket } from './fakeSocket.js';
import { seededRandom } from './seededRandom.js';

export interface Faults {
  /** Nothing gets through, and nobody is told. */
  isOffline: boolean;
  /** The upgrade is refused, as by a proxy. */
  areSocketsBlocked: boolean;
  /** What is away behind the edge, by the reason that requests are refused with; '' = nothing, 'silence' = they get no answer. */
  away: '' | 'silence' | 'SERVICE_UNAVAILABLE' | 'DATABASE_UNAVAILABLE';
  /** So many of the next watches of sockets are refused as too many. */
  crowdedWatches: number;
  /** A proxy collects event streams until they end. */
  areEventsHeld: boolean;
  /** Each way. */
  latencyMaxMs: number;
  /** For the next frame of the log, each once. */
  next: ('lose' | 'repeat' | 'swap' | 'overlap')[];
}

const NO_FAULTS = { isOffline: false, areSocketsBlocked: false, areEventsHeld: false, latencyMaxMs: 0, away: '', crowdedWatches: 0 } as const;

/** Time between two messages of progress, on a ledger that moves and on one that is quiet. */
const PROGRESS_MS = 5_000;
const QUIET_PROGRESS_MS = 25_000;

/** Reads a Duration as JSON has it. */
function durationMs(text: string): number {
  if (!/^\d+(\.\d{1,9})?s$/.test(text)) throw new Error(`${text} is no Duration`);
  return 1000 * Number(text.slice(0, -1));
}

/** Whoever is given the log: a socket that watches, an event stream, a poll. */
export interface Reader {
  position: number;
  /** Something was posted. */
  onGrowth(): void;
  /** It was idle for a while. */
  onIdle(): void;
}

export class FakeEdge {
  readonly clock = new FakeClock();
  readonly network = new FakeNetwork();
  readonly log = new FakeLog();
  readonly faults: Faults = { ...NO_FAULTS, next: [] };
  readonly sockets: FakeSocket[] = [];
  /** Each with the timer of its next progress, and how long that takes on a quiet ledger. */
  private readonly readers = new Map<Reader, { readonly quietMs: number; timer: unknown }>();
  /** No progress is sent. */
  isMute = false;
  readonly http: FakeHttp;
  readonly random: () => number;
  readonly acks: string[] = [];
  tokenLifetimeMs = 900_000;
  /** How many of the next answers of the token provider are failures. */
  tokenFailures = 0;
  tokensGiven = 0;
  private tokensDead = 0;

  constructor(seed = 1) {
    this.random = seededRandom(seed);
    this.http = new FakeHttp(this);
  }

  get environment(): Environment {
    const edge = this;
    return {
      clock: this.clock,
      network: this.network,
      random: this.random,
      randomBytes: (length) => Uint8Array.from({ length }, () => Math.floor(this.random() * 256)),
      fetch: (url, init) => this.http.fetch(url, init),
      WebSocket: class extends FakeSocket {
        constructor(url: string, protocols: string[]) {
          super(edge, url, protocols);
          edge.sockets.push(this);
        }
      },
    };
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  readonly token = (): Promise<string> => {
    if (this.tokenFailures > 0) {
      this.tokenFailures -= 1;
      return Promise.reject(new Error('the provider is away'));
    }
    this.tokensGiven += 1;
    return Promise.resolve(`token-${this.tokensGiven}`);
  };

  isGood(token: string): boolean {
    return /^token-\d+$/.test(token) && Number(token.slice(6)) > this.tokensDead;
  }

  /** All that were given out by now; streams of theirs end. */
  endTokens(): void {
    this.tokensDead = this.tokensGiven;
    for (const socket of this.sockets) socket.hangUp(4401, 'the token has expired');
    this.http.cut();
  }

  get latencyMs(): number {
    return this.random() * this.faults.latencyMaxMs;
  }

  post(count = 1): void {
    for (let n = 0; n < count; n += 1) this.log.post(`posted-${this.log.head + 1}`);
    this.grow();
  }

  grow(): void {
    for (const reader of [...this.readers.keys()]) reader.onGrowth();
  }

  /** A reader that asks for less than 25 s is told as often on a quiet ledger as on one that moves. '' = it does not ask. */
  enter(reader: Reader, progressInterval = ''): void {
    const isOften = progressInterval !== '' && durationMs(progressInterval) < QUIET_PROGRESS_MS;
    const quietMs = isOften ? PROGRESS_MS : QUIET_PROGRESS_MS;
    this.readers.set(reader, { quietMs, timer: null });
    this.progressIn(reader, quietMs);
  }

  leave(reader: Reader): void {
    this.clock.clearTimer(this.readers.get(reader)?.timer);
    this.readers.delete(reader);
  }

  private progressIn(reader: Reader, delayMs: number): void {
    const entry = this.readers.get(reader);
    if (entry === undefined) return;
    this.clock.clearTimer(entry.timer);
    entry.timer = this.clock.setTimer(() => {
      this.progressIn(reader, entry.quietMs);
      if (!this.isMute) reader.onIdle();
    }, delayMs);
  }

  progress({ position }: Reader): object {
    const cursor = this.log.cursor(position);
    return { after: cursor, cursor };
  }

  /** Every connection just ends. */
  cut(): void {
    for (const socket of this.sockets) socket.hangUp(1006, '');
    this.http.cut();
  }

  goAway(reconnectAfterMs: number): void {
    for (const socket of this.sockets) {
      socket.tell({ state: 'goingAway', data: { reconnectAfterMs: String(reconnectAfterMs) } });
      socket.hangUp(1001, 'going away');
    }
    this.http.goAway(reconnectAfterMs);
  }

  heal(): void {
    Object.assign(this.faults, NO_FAULTS, { next: [] });
    this.network.set(true);
    this.tokenFailures = 0;
  }

  /** The frames of the log after `position`, with what faults make of them. */
  framesAfter(reader: Reader): object[] {
    const frames: object[] = [];
    if (reader.position < this.log.head) this.progressIn(reader, PROGRESS_MS);
    while (reader.position < this.log.head) {
      const fault = this.faults.next.shift();
      const from = fault === 'overlap' ? Math.max(0, reader.position - 2) : reader.position;
      const data = this.log.page(from);
      reader.position = Math.max(reader.position, this.log.sequenceOf(data.cursor)!);
      const frame = { state: 'transactions', data };
      if (fault !== 'lose') frames.push(frame);
      if (fault === 'repeat') frames.push(frame);
      if (fault === 'swap' && frames.length > 1) frames.splice(-2, 2, frames.at(-1)!, frames.at(-2)!);
    }
    return frames;
  }
}
