// One socket at a time to the edge, kept up for as long as the session lasts:
// authenticate, watch from the feed's position, and after any break come back.
// Knows no React and no globals: time, chance and the network are handed in.

import { Backoff } from './backoff';
import type { Clock } from './clock';
import { afterClose } from './closeCodes';
import type { ConnectionStatus } from './connectionStatus';
import type { FeedFrame } from './feed';
import { ProtocolError, SUBPROTOCOL, parseFrame } from './protocol';
import type { AuthenticatedFrame, ClientFrame, ErrorBody, ServerFrame } from './protocol';
import { TokenRefresher } from './tokenRefresher';
import { SignedOutError } from './tokens';
import type { TokenProvider } from './tokens';

/** The part of the browser's WebSocket that is used. */
export interface SocketLike {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

/** Whoever keeps the feed. */
export interface ConnectionHost {
  cursor(): string;
  apply(frame: FeedFrame): { readonly verdict: 'applied' | 'gap'; readonly live: boolean };
  /** The server does not know our cursor: forget all rows and start from "". */
  restart(): void;
  authenticated(frame: AuthenticatedFrame): void;
  statusChanged(status: ConnectionStatus): void;
}

export interface ConnectionDeps {
  readonly openSocket: (protocols: string[]) => SocketLike;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tokens: TokenProvider;
}

/** From opening the socket to `authenticated`, and from `watch` to `watching`. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
/** The edge reports progress every few seconds; longer silence deserves a question. */
export const SILENCE_MAX_MS = 15_000;
export const PONG_TIMEOUT_MS = 8_000;
/** Added to the backoff where the other side is overloaded. */
export const LATER_MS = 5_000;

export class Connection {
  private socket: SocketLike | null = null;
  private status: ConnectionStatus = { kind: 'signedOut' };
  /** Grows with every attempt; what an older one still has under way then knows it is over. */
  private attempt = 0;
  private token: 'usable' | 'rejected' | 'renewed' = 'usable';
  /** Until `watching` answers the newest `watch`, feed frames belong to an older one. */
  private watch: 'none' | 'pending' | 'running' = 'none';
  private watchCount = 0;
  private gapCursor: string | null = null;
  private goingAwayMs: number | null = null;
  private isProbing = false;
  private waitTimer: unknown = null;
  private deadlineTimer: unknown = null;
  private readonly backoff: Backoff;
  private readonly refresher: TokenRefresher;

  constructor(
    private readonly deps: ConnectionDeps,
    private readonly host: ConnectionHost,
  ) {
    this.backoff = new Backoff(deps.random);
    this.refresher = new TokenRefresher(
      deps.clock,
      deps.tokens,
      (token) => this.send({ state: 'refresh', data: { token } }),
      () => this.close(),
    );
  }

  start(): void {
    this.token = 'usable';
    this.backoff.reset();
    void this.connect();
  }

  /** For good: the user signed out. */
  close(): void {
    this.leave({ kind: 'signedOut' });
  }

  /** The network or the user came back: do not sit out a backoff, do not trust an old socket. */
  hurry(): void {
    if (this.status.kind === 'waiting' && !this.status.isAsked) void this.connect();
    else if (this.watch === 'running') this.probe();
  }

  private async connect(): Promise<void> {
    this.leave({ kind: 'connecting' });
    const attempt = this.attempt;
    let token: string;
    try {
      token = await this.tokenForAttempt();
    } catch (error) {
      if (attempt !== this.attempt) return;
      if (error instanceof SignedOutError) this.close();
      else this.reconnect(this.backoff.nextDelayMs());
      return;
    }
    if (attempt === this.attempt) this.open(token);
  }

  private async tokenForAttempt(): Promise<string> {
    if (this.token !== 'rejected') return this.deps.tokens.accessToken();
    const token = await this.deps.tokens.renewToken();
    this.token = 'renewed';
    return token;
  }

  private open(token: string): void {
    const socket = this.deps.openSocket([SUBPROTOCOL]);
    this.socket = socket;
    this.setDeadline(HANDSHAKE_TIMEOUT_MS, () => this.fail());
    socket.onopen = () => this.send({ state: 'authenticate', data: { token } });
    socket.onmessage = (event) => this.onMessage(event.data);
    socket.onclose = (event) => this.onClose(event.code, event.reason);
  }

  private onMessage(data: unknown): void {
    if (this.watch === 'running') this.setDeadline(SILENCE_MAX_MS, () => this.probe());
    this.isProbing = false;
    try {
      this.onFrame(parseFrame(String(data)));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      // Half a frame applied would be worse than asking for it again.
      this.fail();
    }
  }

  private onFrame(frame: ServerFrame): void {
    switch (frame.state) {
      case 'authenticated':
        return this.onAuthenticated(frame);
      case 'watching':
      case 'transactions':
      case 'progress':
        return this.onFeedFrame(frame);
      case 'resync':
        return this.startAgain();
      case 'reauthenticate':
        return void this.refresher.refresh();
      case 'goingAway':
        this.goingAwayMs = Math.max(0, frame.reconnectAfterMs);
        return;
      case 'error':
        return this.onError(frame.error);
      case 'other':
        return;
    }
  }

  private onAuthenticated(frame: AuthenticatedFrame): void {
    this.token = 'usable';
    this.host.authenticated(frame);
    this.refresher.schedule(frame.expiresAtMs);
    if (this.watch === 'none') this.sendWatch();
  }

  private sendWatch(): void {
    this.watch = 'pending';
    this.watchCount += 1;
    this.setStatus({ kind: 'catchingUp' });
    this.setDeadline(HANDSHAKE_TIMEOUT_MS, () => this.fail());
    this.send({ state: 'watch', data: { after: this.host.cursor() }, id: this.watchId() });
  }

  private watchId(): string {
    return `watch-${this.watchCount}`;
  }

  private onFeedFrame(frame: FeedFrame): void {
    if (frame.state === 'watching') {
      if (this.watch !== 'pending' || frame.id !== this.watchId()) return;
      this.watch = 'running';
      this.setDeadline(SILENCE_MAX_MS, () => this.probe());
    } else if (this.watch !== 'running') {
      return;
    }
    const { verdict, live } = this.host.apply(frame);
    if (verdict === 'gap') return this.onGap();
    if (frame.state !== 'watching') {
      this.gapCursor = null;
      this.backoff.reset();
    }
    if (live) this.setStatus({ kind: 'live' });
  }

  private onGap(): void {
    // A second gap at the same place, right after asking for it, is the server's
    // fault; asking on and on would only load it.
    if (this.gapCursor === this.host.cursor()) return this.fail();
    this.gapCursor = this.host.cursor();
    this.sendWatch();
  }

  private startAgain(): void {
    if (this.host.cursor() === '') return this.fail();
    this.host.restart();
    this.sendWatch();
  }

  private onError(error: ErrorBody): void {
    if (error.reason === 'CURSOR_UNKNOWN') this.startAgain();
    else if (error.code === 'UNAUTHENTICATED') this.onTokenRejected();
    else if (error.code === 'PERMISSION_DENIED' || error.code === 'INVALID_ARGUMENT') this.stop(error.message);
    else this.fail();
  }

  private onClose(code: number, reason: string): void {
    switch (afterClose(code)) {
      case 'stop':
        return this.stop(reason);
      case 'newToken':
        return this.onTokenRejected();
      case 'reconnectLater':
        return this.reconnect(LATER_MS + this.backoff.nextDelayMs(), true);
      case 'reconnect':
        if (this.goingAwayMs === null) return this.fail();
        return this.reconnect(this.goingAwayMs, true);
    }
  }

  private onTokenRejected(): void {
    // Refused right after it was issued: no other token will do better.
    if (this.token === 'renewed') return this.close();
    this.token = 'rejected';
    this.fail();
  }

  private fail(): void {
    this.reconnect(this.backoff.nextDelayMs());
  }

  private reconnect(delayMs: number, isAsked = false): void {
    this.leave({ kind: 'waiting', untilMs: this.deps.clock.now() + delayMs, isAsked });
    this.waitTimer = this.deps.clock.setTimer(() => void this.connect(), delayMs);
  }

  private stop(message: string): void {
    this.leave({ kind: 'stopped', message });
  }

  /** Drops the socket and everything that belongs to it. */
  private leave(status: ConnectionStatus): void {
    this.attempt += 1;
    this.refresher.cancel();
    this.deps.clock.clearTimer(this.waitTimer);
    this.deps.clock.clearTimer(this.deadlineTimer);
    if (this.socket !== null) {
      this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
      this.socket.close();
    }
    this.socket = null;
    this.watch = 'none';
    this.gapCursor = null;
    this.goingAwayMs = null;
    this.isProbing = false;
    this.setStatus(status);
  }

  /** A half-open connection looks like an idle one until somebody asks. */
  private probe(): void {
    if (this.isProbing) return;
    this.isProbing = true;
    this.setDeadline(PONG_TIMEOUT_MS, () => this.fail());
    this.send({ state: 'ping' });
  }

  private send(frame: ClientFrame): void {
    this.socket?.send(JSON.stringify(frame));
  }

  private setDeadline(delayMs: number, onTime: () => void): void {
    this.deps.clock.clearTimer(this.deadlineTimer);
    this.deadlineTimer = this.deps.clock.setTimer(onTime, delayMs);
  }

  private setStatus(status: ConnectionStatus): void {
    const isSame = status.kind === this.status.kind && status.kind !== 'waiting' && status.kind !== 'stopped';
    this.status = status;
    if (!isSame) this.host.statusChanged(status);
  }
}
