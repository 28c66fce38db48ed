// Requests with one answer: over the socket that is there, else over HTTP, again and again until there
// is an answer that stays, or the caller has had enough. All of them may be repeated: reads by nature, a
// transaction by its id.

import type { Connection } from './connection.js';
import { ProtocolError, object, toJson } from './decode.js';
import type { Decoder } from './decode.js';
import { Backoff } from './backoff.js';
import type { Environment } from './environment.js';
import { LedgercastError, REASON, cancelled, unreachable } from './errors.js';
import { call as callHttp } from './http.js';
import type { HttpRequest } from './http.js';
import type { Tokens } from './tokens.js';

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** For all attempts together; without it, until there is an answer. */
  readonly timeoutMs?: number;
}

export interface Call<T> {
  /** Of the frame, and what is in it. */
  readonly state: string;
  readonly data: object;
  /** The name of the field that holds the answer, where it is not the whole. */
  readonly field?: string;
  readonly http: HttpRequest;
  readonly decode: Decoder<T>;
}

const ATTEMPT_TIMEOUT_MS = 15_000;
/** A frame above the edge's limit would end the socket, and with it the watch. */
const FRAME_CHARACTERS_MAX = 16_000;

export class Requests {
  private readonly closing = new AbortController();

  constructor(
    private readonly environment: Environment,
    private readonly base: string,
    private readonly tokens: Tokens,
    private readonly connection: Connection,
  ) {}

  close(): void {
    this.closing.abort(cancelled('the client was closed'));
  }

  async run<T>(call: Call<T>, { signal, timeoutMs }: RequestOptions = {}): Promise<T> {
    const scope = new Scope(this.environment, [this.closing.signal, ...(signal ? [signal] : [])]);
    if (timeoutMs !== undefined) scope.abortIn(timeoutMs, new LedgercastError('DEADLINE_EXCEEDED', REASON.timeout, `no answer within ${timeoutMs} ms`));
    const backoff = new Backoff(this.environment.random);
    let isTokenRenewed = false;
    try {
      for (;;) {
        const token = await scope.race(this.tokens.current());
        try {
          return await this.attempt(call, token, scope);
        } catch (error) {
          if (scope.isOver || !(error instanceof LedgercastError)) throw error;
          if (error.code === 'UNAUTHENTICATED' && !isTokenRenewed) {
            isTokenRenewed = true;
            await scope.race(this.tokens.insteadOf(token));
          } else if (error.isPassing) {
            await scope.pause(backoff.nextDelayMs());
          } else {
            throw error;
          }
        }
      }
    } finally {
      scope.end();
    }
  }

  private async attempt<T>({ state, data, field, http, decode }: Call<T>, token: string, scope: Scope): Promise<T> {
    const attempt = new Scope(this.environment, [scope.signal]);
    attempt.abortIn(ATTEMPT_TIMEOUT_MS, unreachable('no answer'));
    try {
      const isSmall = toJson(data).length <= FRAME_CHARACTERS_MAX;
      const answer = isSmall ? this.connection.ask(state, data) : null;
      if (answer === null) return await attempt.race(callHttp(this.environment, this.base, { ...http, token }, decode, attempt.signal));
      const body = await attempt.race(answer);
      return decode(field === undefined ? body : object(body)[field]);
    } catch (error) {
      throw error instanceof ProtocolError ? unreachable('the answer cannot be read') : error;
    } finally {
      attempt.end();
    }
  }
}

/** Ends with any of the signals that it is given, or at its time. */
class Scope {
  private readonly controller = new AbortController();
  private readonly timers: unknown[] = [];
  private readonly abort: (event: Event) => void;
  private readonly aborted: Promise<never>;

  constructor(
    private readonly environment: Environment,
    private readonly signals: readonly AbortSignal[],
  ) {
    this.abort = ({ target }) => this.controller.abort((target as AbortSignal).reason);
    this.aborted = new Promise((_resolve, reject) => this.signal.addEventListener('abort', () => reject(this.signal.reason)));
    this.aborted.catch(() => undefined);
    for (const signal of signals) {
      if (signal.aborted) this.controller.abort(signal.reason);
      signal.addEventListener('abort', this.abort);
    }
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get isOver(): boolean {
    return this.signal.aborted;
  }

  abortIn(delayMs: number, reason: LedgercastError): void {
    this.timers.push(this.environment.clock.setTimer(() => this.controller.abort(reason), delayMs));
  }

  race<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([this.aborted, promise]);
  }

  pause(delayMs: number): Promise<void> {
    return this.race(new Promise((resolve) => this.timers.push(this.environment.clock.setTimer(resolve, delayMs))));
  }

  end(): void {
    this.timers.forEach((timer) => this.environment.clock.clearTimer(timer));
    this.signals.forEach((signal) => signal.removeEventListener('abort', this.abort));
  }
}
