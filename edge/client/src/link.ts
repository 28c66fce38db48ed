// Runs one stream from its opening to its end. It authenticates, watches from the follower's position, finds gaps,
// notices silence, and sends new tokens. If the follower is full, it ends the watch and continues later from the
// position. It does not decide whether to reconnect.

import { CLOSE_BROKEN } from './closeCodes.js';
import { ProtocolError } from './decode.js';
import type { Clock } from './environment.js';
import { LedgercastError } from './errors.js';
import type { ServerFrame } from './frames.js';
import type { AuthenticatedFrame, ResyncFrame } from './generated/messages.js';
import { Pending } from './pending.js';
import type { FeedFrame, Position } from './position.js';
import { Refresher } from './refresher.js';
import { progressIntervalOf } from './silence.js';
import type { Stream, StreamEnd, StreamHandler } from './stream.js';
import type { Tokens } from './tokens.js';

/** Receives the log. */
export interface Follower {
  readonly accounts: readonly string[];
  readonly position: Position;
  /** True if it is full, or has to start again first. `resume` is called afterwards. */
  readonly isPaused: boolean;
  take(frame: FeedFrame): 'taken' | 'gap';
  resync(frame: ResyncFrame): void;
}

export interface LinkEnd extends StreamEnd {
  /** True if the link brought a frame before it ended. */
  readonly isProved: boolean;
  /** The wait that the server named when it went away. */
  readonly goingAwayMs?: number;
  /** True if a new connection would end the same way. */
  readonly isFinal?: boolean;
}

export interface LinkHost {
  /** Called on the first frame that shows that the transport works. */
  proved(): void;
  authenticated(frame: AuthenticatedFrame): void;
  watching(): void;
  taken(frame: FeedFrame): void;
  /** Called once. The stream is closed by then. */
  ended(end: LinkEnd): void;
}

/** Longest time from opening a socket to `authenticated`. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
export const PONG_TIMEOUT_MS = 8_000;
const WATCH_AGAIN_MS = 1_000;

/** Number of requests that the edge runs at once for one socket. */
const REQUESTS_MAX = 16;

const broken = (reason: string): StreamEnd => ({ code: CLOSE_BROKEN, reason });

export class Link {
  private readonly stream: Stream;
  private readonly pending = new Pending();
  private readonly refresher: Refresher;
  private isEnded = false;
  private isReady = false;
  private isProved = false;
  /** Until `watching` answers the newest `watch`, feed frames belong to an older watch. */
  private watch: 'none' | 'pending' | 'running' = 'none';
  private watchCount = 0;
  private gapCursor: string | null = null;
  private goingAwayMs: number | null = null;
  private lastError: LedgercastError | null = null;
  private isRequestAtFault = false;
  private isProbing = false;
  private deadline: unknown = null;

  constructor(
    private readonly clock: Clock,
    tokens: Tokens,
    private readonly token: string,
    private readonly silenceMaxMs: number,
    private readonly follower: Follower,
    private readonly host: LinkHost,
    makeStream: (handler: StreamHandler) => Stream,
  ) {
    this.refresher = new Refresher(clock, tokens, token, {
      onToken: (next) => this.useToken(next),
      onSignedOut: (error) => this.end({ code: 4401, reason: error.message, error, isFinal: true }),
    });
    this.stream = makeStream({
      opened: () => this.authenticate(),
      frame: (frame) => this.onFrame(frame),
      alive: () => this.onAlive(),
      closed: (end) => this.onClosed(end),
    });
    this.setDeadline(HANDSHAKE_TIMEOUT_MS, () => this.end(broken('no answer')));
  }

  /** Starts the stream. Must be called once after the constructor. */
  start(): void {
    if (this.stream.isDuplex) return;
    this.authenticate();
    this.isReady = true;
    this.clock.clearTimer(this.deadline);
    this.resume();
  }

  /** Called when the follower can take more, or has started again. */
  resume(): void {
    if (this.isReady && this.watch === 'none' && !this.follower.isPaused) this.sendWatch();
  }

  /** Called when the network or the user is back, because an old connection may be dead. */
  hurry(): void {
    if (this.stream.isDuplex) this.probe();
    else if (this.watch !== 'none') this.sendWatch();
  }

  /** Checks a connection, since a half-open one looks like an idle one. */
  private probe(): void {
    if (!this.stream.isDuplex) return this.end(broken('silence'));
    if (this.isProbing || !this.isReady) return;
    this.isProbing = true;
    this.setDeadline(PONG_TIMEOUT_MS, () => this.end(broken('silence')));
    this.stream.send({ state: 'ping' });
  }

  acknowledge(cursor: string): void {
    if (this.isReady) this.stream.send({ state: 'ack', data: { cursor } });
  }

  /** Sends a request over the socket if it is ready and has room. Otherwise returns null. */
  ask(state: string, data: unknown): Promise<unknown> | null {
    if (!this.isReady || !this.stream.isDuplex || this.pending.size >= REQUESTS_MAX) return null;
    return this.pending.ask((id) => this.stream.send({ state, data, id }));
  }

  /** Closes the stream without telling the host. */
  close(): void {
    this.isEnded = true;
    this.isReady = false;
    this.refresher.cancel();
    this.clock.clearTimer(this.deadline);
    this.pending.refuseAll();
    this.stream.close();
  }

  private authenticate(): void {
    this.stream.send({ state: 'authenticate', data: { token: this.token } });
  }

  private onFrame(frame: ServerFrame): void {
    if (this.isEnded) return;
    this.onAlive();
    switch (frame.state) {
      case 'authenticated':
        return this.onAuthenticated(frame.data);
      case 'watching':
        if (this.watch !== 'pending' || frame.id !== this.watchId) return;
        this.watch = 'running';
        this.prove();
        this.onAlive();
        this.host.watching();
        return this.take(frame);
      case 'transactions':
      case 'progress':
        return this.watch === 'running' ? this.take(frame) : undefined;
      case 'resync':
        return this.onResync(frame.data, frame.id);
      case 'reauthenticate':
        return void this.refresher.refresh();
      case 'goingAway':
        this.goingAwayMs = Math.max(0, Number(frame.data.reconnectAfterMs));
        return;
      case 'error':
        return this.onError(frame.error, frame.id);
      case 'other':
        this.pending.answer(frame.id, frame.data);
    }
  }

  private onAlive(): void {
    this.isProbing = false;
    const isWaitedFor = !this.isReady || this.watch === 'pending';
    if (!isWaitedFor) this.setDeadline(this.stream.silenceMaxMs ?? this.silenceMaxMs, () => this.probe());
  }

  private onAuthenticated(frame: AuthenticatedFrame): void {
    const expiresAtMs = Date.parse(frame.expiresAt);
    if (Number.isNaN(expiresAtMs)) throw new ProtocolError('expected a time');
    this.refresher.schedule(expiresAtMs);
    this.host.authenticated(frame);
    if (this.isReady) return;
    this.prove();
    this.isReady = true;
    this.onAlive();
    this.resume();
  }

  private prove(): void {
    if (this.isProved) return;
    this.isProved = true;
    this.host.proved();
  }

  private get watchId(): string {
    return `watch-${this.watchCount}`;
  }

  private sendWatch(): void {
    this.watch = 'pending';
    this.watchCount += 1;
    // If a stream opens but brings nothing, something in between holds it back.
    const late: StreamEnd = { ...broken('nothing came in time'), isForeign: this.stream.transport === 'sse' };
    this.setDeadline(this.stream.firstFrameMaxMs, () => this.end(late));
    const { position, accounts } = this.follower;
    const progressInterval = progressIntervalOf(this.silenceMaxMs);
    this.stream.send({ state: 'watch', data: { after: position.cursor, accounts, progressInterval }, id: this.watchId });
  }

  private take(frame: FeedFrame): void {
    if (this.follower.take(frame) === 'gap') return this.onGap();
    if (frame.state !== 'watching') this.gapCursor = null;
    this.host.taken(frame);
    if (this.follower.isPaused) this.pause();
  }

  private onGap(): void {
    // A second gap at the same place means that the server is wrong. Asking again would only load it.
    const { cursor } = this.follower.position;
    if (this.gapCursor === cursor) return this.end(broken('a gap that does not close'));
    this.gapCursor = cursor;
    this.sendWatch();
  }

  private onResync(frame: ResyncFrame, id: string): void {
    if (this.watch === 'none' || (this.watch === 'pending' && id !== this.watchId)) return;
    // Even the beginning is unknown, so a new cursor would not help.
    if (this.follower.position.cursor === '') return this.end(broken('resync from the beginning'));
    this.follower.resync(frame);
    this.pause();
  }

  /** Ends the watch, because nobody can take its transactions now. `resume` starts it again. */
  private pause(): void {
    if (this.isEnded || this.watch === 'none') return;
    this.watch = 'none';
    this.stream.send({ state: 'unwatch' });
    if (this.stream.isDuplex) this.onAlive();
    else this.clock.clearTimer(this.deadline);
  }

  private onError(error: LedgercastError, id: string): void {
    if (id !== '' && this.pending.refuse(id, error)) {
      this.isRequestAtFault ||= error.code === 'INVALID_ARGUMENT';
    } else if (id === this.watchId && error.reason === 'TOO_BUSY') {
      // There were too many watches within a short time, for example of a consumer that stops and goes on.
      this.setDeadline(WATCH_AGAIN_MS, () => this.sendWatch());
    } else if (id === this.watchId && error.reason === 'CURSOR_UNKNOWN') {
      this.onResync({ reason: error.reason, head: error.metadata.head ?? '' }, id);
    } else if (id === this.watchId && !error.isPassing && error.code !== 'UNAUTHENTICATED') {
      this.end({ code: 4400, reason: error.message, error, isFinal: true });
    } else {
      // An error is not the end. If the socket cannot go on, the edge closes it.
      this.lastError = error;
    }
  }

  private onClosed(end: StreamEnd): void {
    const error = end.error ?? this.lastError;
    this.end({
      ...end,
      // One bad request ended this socket. The next socket can work, so this end is treated as a break.
      code: end.code === 4400 && this.isRequestAtFault ? CLOSE_BROKEN : end.code,
      ...(error !== null && { error }),
      ...(this.goingAwayMs !== null && { goingAwayMs: this.goingAwayMs }),
    });
  }

  private useToken(token: string): void {
    this.stream.send({ state: 'refresh', data: { token } });
    // Over HTTP a token belongs to one request, so the watch is sent again with the new one.
    if (!this.stream.isDuplex && this.watch !== 'none') this.sendWatch();
  }

  private end(end: Omit<LinkEnd, 'isProved'>): void {
    if (this.isEnded) return;
    this.close();
    this.host.ended({ ...end, isProved: this.isProved });
  }

  private setDeadline(delayMs: number, onTime: () => void): void {
    this.clock.clearTimer(this.deadline);
    this.deadline = this.clock.setTimer(onTime, delayMs);
  }
}
