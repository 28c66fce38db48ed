// Keeps a link up while somebody follows the log. It gets a token for each link, chooses the transport, and
// reconnects after a break, at the time that the server or the backoff sets.

import { Backoff } from './backoff.js';
import { CLOSE_BROKEN, afterClose } from './closeCodes.js';
import type { Environment } from './environment.js';
import { LedgercastError, unreachable } from './errors.js';
import { Legs } from './legs.js';
import { Link } from './link.js';
import type { Follower, LinkEnd } from './link.js';
import { openStream } from './openStream.js';
import type { FeedFrame } from './position.js';
import { probeSocket } from './probeSocket.js';
import { IDLE, withBroken } from './status.js';
import type { State, Status } from './status.js';
import type { StreamHandler, Transport } from './stream.js';
import type { Tokens } from './tokens.js';
import { TransportChoice } from './transports.js';

/** Wait before better transports are tried again. If sockets failed with the whole network, they may work by then. */
const TRY_BETTER_FIRST_MS = 5_000;
/** Longest such wait. Networks change, for example when a laptop is carried home. */
const TRY_BETTER_MAX_MS = 5 * 60_000;
/** Added to the backoff when the server is overloaded. */
export const LATER_MS = 5_000;
/** After this many refused tokens in a row, another one is not tried. */
const REFUSALS_MAX = 2;
const UNDER_WAY: ReadonlySet<State> = new Set<State>(['connecting', 'catchingUp', 'live']);

export interface Subscriber extends Follower {
  disconnected(): void;
  /** Called when the watch ends for good. */
  end(error: LedgercastError): void;
}

export class Connection {
  status: Status = IDLE;
  private subscriber: Subscriber | null = null;
  private link: Link | null = null;
  /** Increases with every attempt. A token that arrives for an older attempt is dropped. */
  private attempt = 0;
  private token = '';
  private refusals = 0;
  private waitTimer: unknown = null;
  private betterTimer: unknown = null;
  private betterDelayMs = TRY_BETTER_FIRST_MS;
  private readonly legs = new Legs();
  private readonly backoff: Backoff;
  private readonly choice: TransportChoice;

  constructor(
    private readonly environment: Environment,
    private readonly base: string,
    private readonly tokens: Tokens,
    transports: readonly Transport[],
    private readonly silenceMaxMs: number,
    private readonly onStatus: () => void,
  ) {
    this.backoff = new Backoff(environment.random);
    this.choice = new TransportChoice(transports);
    this.legs.setOnline(environment.network.isOnline());
    this.status = withBroken(IDLE, this.legs.broken);
  }

  follow(subscriber: Subscriber): void {
    this.subscriber = subscriber;
    this.refusals = 0;
    this.backoff.reset();
    void this.connect();
  }

  /** Called when the subscriber has left. */
  stop(state: 'idle' | 'closed'): void {
    this.leave();
    this.stopTryingBetter();
    this.subscriber = null;
    this.legs.forget();
    // Nothing listens for network changes any more, so the last state must not stay.
    if (state === 'closed') this.legs.setOnline(true);
    this.setStatus({ ...IDLE, state });
  }

  /** Called when the subscriber can take more, or has started again. */
  resume(): void {
    this.link?.resume();
  }

  /** Called when the network or the user is back. Does not wait for the backoff, and does not trust an old socket. */
  hurry(): void {
    if (this.status.state === 'waiting' && !this.status.isAskedToWait) {
      this.choice.startOver();
      void this.connect();
    } else if (this.status.state !== 'connecting') {
      this.link?.hurry();
    }
  }

  /** Called when the device has lost its network, or has one again. */
  networkChanged(): void {
    const isOnline = this.environment.network.isOnline();
    const wasOffline = this.legs.broken === 'here';
    this.legs.setOnline(isOnline);
    if (isOnline) {
      this.backoff.reset();
      // An attempt that began without a network may hang for a long time.
      if (wasOffline && this.status.state === 'connecting') void this.connect();
      else this.hurry();
    } else if (UNDER_WAY.has(this.status.state)) {
      // An old connection may seem to live for many seconds more. If the device is wrong, the next connection shows
      // it.
      this.reconnect(this.backoff.nextDelayMs(), unreachable('this device has no network'));
    }
    this.tellLeg();
  }

  /** Called when a request has learned something about the way to the ledger. */
  learn(tell: (legs: Legs) => void): void {
    tell(this.legs);
    this.tellLeg();
  }

  acknowledge(cursor: string): void {
    this.link?.acknowledge(cursor);
  }

  ask(state: string, data: unknown): Promise<unknown> | null {
    return this.link?.ask(state, data) ?? null;
  }

  private async connect(): Promise<void> {
    this.leave();
    this.attempt += 1;
    const { attempt } = this;
    this.setStatus({ state: 'connecting', transport: this.choice.current });
    try {
      const token = this.refusals === 0 ? await this.tokens.ask() : await this.tokens.insteadOf(this.token);
      if (attempt !== this.attempt) return;
      this.token = token;
    } catch (error) {
      if (attempt !== this.attempt) return;
      if (!(error instanceof LedgercastError)) throw error;
      if (error.code === 'UNAUTHENTICATED') return this.end('signedOut', error);
      this.legs.onTokenError(error);
      return this.reconnect(this.backoff.nextDelayMs(), error);
    }
    this.open(this.subscriber!);
  }

  private open(subscriber: Subscriber): void {
    const host = {
      proved: () => this.onProved(),
      authenticated: ({ subject, admin }: { readonly subject: string; readonly admin: boolean }) => this.setStatus({ subject, isAdmin: admin }),
      watching: () => this.setStatus({ from: subscriber.position.sequence ?? 0n }),
      taken: (frame: FeedFrame) => this.onTaken(subscriber, frame),
      ended: (end: LinkEnd) => this.onEnded(end),
    };
    try {
      const makeStream = (handler: StreamHandler) => openStream(this.choice.current, this.environment, this.base, handler);
      this.link = new Link(this.environment.clock, this.tokens, this.token, this.silenceMaxMs, subscriber, host, makeStream);
    } catch (error) {
      // A browser throws here if the page's policy forbids the socket.
      return this.onEnded({ code: CLOSE_BROKEN, reason: String(error), isProved: false });
    }
    this.link.start();
  }

  private onProved(): void {
    this.refusals = 0;
    this.legs.streamBegan();
    this.choice.proved();
    if (!this.choice.isBest) return this.tryBetterLater();
    this.betterDelayMs = TRY_BETTER_FIRST_MS;
    this.stopTryingBetter();
  }

  private onTaken({ position, isPaused }: Subscriber, frame: FeedFrame): void {
    // A stream that is always cut right after its beginning is no progress, so the waits keep growing.
    if (frame.state !== 'watching') this.backoff.reset();
    const isLive = position.live && !isPaused;
    // The delay is measured only while live. Before that, transactions waited until the client came back.
    const wasLive = isLive && this.status.state === 'live';
    const newest = wasLive && frame.state === 'transactions' ? frame.data.transactions.at(-1) : undefined;
    if (newest !== undefined) this.legs.onLedger();
    this.setStatus({
      state: isLive ? 'live' : 'catchingUp',
      position: position.sequence ?? 0n,
      head: position.head,
      ...(newest !== undefined && { delayMs: Math.max(0, this.environment.clock.now() - Date.parse(newest.createTime)) }),
    });
  }

  private onEnded(end: LinkEnd): void {
    const error = end.error ?? unreachable(end.reason || 'the connection ended');
    this.legs.streamEnded(end);
    if (!end.isProved) this.choice.failed(end);
    if (end.isFinal) return this.end(error.code === 'UNAUTHENTICATED' ? 'signedOut' : 'closed', error);
    switch (afterClose(end.code)) {
      case 'stop':
        return this.end('closed', end.error ?? new LedgercastError('FAILED_PRECONDITION', 'CONNECTION_REFUSED', end.reason, { closeCode: String(end.code) }));
      case 'newToken':
        return this.onRefused(error);
      case 'reconnectLater':
        return this.reconnect(Math.max(end.retryAfterMs ?? 0, LATER_MS + this.backoff.nextDelayMs()), error, true);
      case 'reconnect':
        if (end.goingAwayMs !== undefined) return this.reconnect(end.goingAwayMs, error, true);
        return this.reconnect(Math.max(end.retryAfterMs ?? 0, this.backoff.nextDelayMs()), error);
    }
  }

  private onRefused(error: LedgercastError): void {
    this.refusals += 1;
    if (this.refusals > REFUSALS_MAX) return this.end('signedOut', error);
    // A first refusal may mean that the token has just expired. After a second one the client waits.
    this.reconnect(this.refusals === 1 ? 0 : this.backoff.nextDelayMs(), error);
  }

  private reconnect(delayMs: number, error: LedgercastError, isAskedToWait = false): void {
    this.leave();
    this.subscriber?.disconnected();
    this.setStatus({ state: 'waiting', retryAtMs: this.environment.clock.now() + delayMs, isAskedToWait, error });
    this.waitTimer = this.environment.clock.setTimer(() => void this.connect(), delayMs);
  }

  private end(state: 'signedOut' | 'closed', error: LedgercastError): void {
    const { subscriber } = this;
    this.leave();
    this.stopTryingBetter();
    this.subscriber = null;
    this.legs.forget();
    this.setStatus({ ...IDLE, state, error });
    subscriber?.end(error);
  }

  /** Sets a timer to try a better transport. It keeps running when the stream breaks. */
  private tryBetterLater(): void {
    if (this.betterTimer !== null) return;
    this.betterTimer = this.environment.clock.setTimer(() => {
      this.betterTimer = null;
      void this.tryBetter();
    }, this.betterDelayMs);
    this.betterDelayMs = Math.min(TRY_BETTER_MAX_MS, this.betterDelayMs * 2);
  }

  /** Changes to the best transport. If that is the socket, it is first probed beside the working stream. */
  private async tryBetter(): Promise<void> {
    const { attempt, environment, choice } = this;
    const settle = (isGood: boolean): void => {
      if (this.subscriber === null || choice.isBest) return;
      if (!isGood || attempt !== this.attempt) return this.tryBetterLater();
      choice.startOver();
      void this.connect();
    };
    if (choice.best !== 'websocket' || this.link === null) return settle(this.link !== null);
    const token = await this.tokens.current().catch(() => null);
    if (token === null) return settle(false);
    try {
      probeSocket(environment.WebSocket!, this.base, token, environment.clock, settle);
    } catch {
      settle(false);
    }
  }

  private stopTryingBetter(): void {
    this.environment.clock.clearTimer(this.betterTimer);
    this.betterTimer = null;
  }

  /** Drops the link and everything that belongs to it. */
  private leave(): void {
    this.attempt += 1;
    const { clock } = this.environment;
    clock.clearTimer(this.waitTimer);
    this.link?.close();
    this.link = null;
    this.legs.streamLeft();
  }

  private setStatus(change: Partial<Status>): void {
    const status = { ...this.status, retryAtMs: null, isAskedToWait: false, error: null, ...change };
    this.status = withBroken(status, this.legs.broken);
    this.onStatus();
  }

  private tellLeg(): void {
    const { broken } = this.legs;
    if (broken === this.status.broken) return;
    this.status = withBroken(this.status, broken);
    this.onStatus();
  }
}
