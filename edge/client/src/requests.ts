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
import { Scope } from './scope.js';
import type { Tokens } from './tokens.js';

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** For all attempts together; without it, until there is an answer. */
  readonly timeoutMs?: number;
}

export interface Call<T> {
  /** The frame's state, and beside it the frame's data. */
  readonly state: string;
  readonly data: object;
  /** The name of the field that holds the answer, where it is not the whole. */
  readonly field?: string;
  readonly http: HttpRequest;
  readonly decode: Decoder<T>;
}

/** What one attempt came to: the answer, or the error, with the token if that was refused. */
type Outcome<T> = { readonly answer: T } | { readonly error: LedgercastError; readonly refused: string | null };

const ATTEMPT_TIMEOUT_MS = 15_000;
/** How long a look may take: it asks for so little that the answer comes at once. */
const LOOK_TIMEOUT_MS = 5_000;
/** A frame above the edge's limit would end the socket, and with it the watch. */
const FRAME_CHARACTERS_MAX = 16_000;

export class Requests {
  private isClosed = false;
  private readonly running = new Set<Scope>();
  private readonly attempts = new Set<Scope>();
  /** Each ends a wait for a way that was broken. */
  private readonly waits = new Set<() => void>();

  constructor(
    private readonly environment: Environment,
    private readonly base: string,
    private readonly tokens: Tokens,
    private readonly connection: Connection,
  ) {}

  close(): void {
    this.isClosed = true;
    for (const scope of this.running) scope.abort(cancelled('the client was closed'));
  }

  async run<T>(call: Call<T>, { signal, timeoutMs }: RequestOptions = {}): Promise<T> {
    if (this.isClosed) throw cancelled('the client is closed');
    const scope = new Scope(this.environment.clock, signal);
    this.running.add(scope);
    if (timeoutMs !== undefined) scope.abortIn(timeoutMs, new LedgercastError('DEADLINE_EXCEEDED', REASON.timeout, `no answer within ${timeoutMs} ms`));
    const backoff = new Backoff(this.environment.random);
    // One token that just ran out is no trouble; a second refusal right after it is.
    let refused: string | null = null;
    try {
      for (;;) {
        const outcome: Outcome<T> = await this.once(call, refused, scope);
        if ('answer' in outcome) return outcome.answer;
        if (outcome.refused !== null && refused === null) {
          refused = outcome.refused;
        } else if (outcome.error.isPassing) {
          refused = null;
          await this.pause(outcome.error, backoff, scope);
        } else {
          throw outcome.error;
        }
      }
    } finally {
      this.running.delete(scope);
      scope.end();
    }
  }

  /** Asks once, for what is learned of the way. */
  async look(call: Call<unknown>): Promise<void> {
    if (this.isClosed) throw cancelled('the client is closed');
    const scope = new Scope(this.environment.clock);
    this.running.add(scope);
    scope.abortIn(LOOK_TIMEOUT_MS, unreachable('no answer'));
    try {
      const outcome = await this.once(call, null, scope);
      if ('error' in outcome && outcome.refused !== null) await this.once(call, outcome.refused, scope);
    } catch (error) {
      if (!scope.isOver) throw error;
      if (!this.isClosed) this.connection.learn((legs) => legs.onSilence());
    } finally {
      this.running.delete(scope);
      scope.end();
    }
  }

  /** The network or the user is back: what waits for a way that was broken is tried again at once. */
  hurry(): void {
    for (const end of [...this.waits]) end();
  }

  /** The network is gone, and what is under way with it. */
  abandon(): void {
    for (const attempt of [...this.attempts]) attempt.abort(unreachable('this device has no network'));
  }

  private async pause({ reason }: LedgercastError, backoff: Backoff, scope: Scope): Promise<void> {
    const pause = scope.pause(backoff.nextDelayMs());
    // A server that is busy is not asked any sooner.
    if (reason !== REASON.unreachable) return pause;
    let end = (): void => undefined;
    const woken = new Promise<void>((resolve) => {
      end = () => {
        backoff.reset();
        resolve();
      };
    });
    this.waits.add(end);
    try {
      await Promise.race([pause, woken]);
    } finally {
      this.waits.delete(end);
    }
  }

  private async once<T>(call: Call<T>, refused: string | null, scope: Scope): Promise<Outcome<T>> {
    let token: string | null = null;
    try {
      token = await scope.race(refused === null ? this.tokens.current() : this.tokens.insteadOf(refused));
      const answer = await this.attempt(call, token, scope);
      this.connection.learn((legs) => legs.onLedger());
      return { answer };
    } catch (error) {
      if (scope.isOver || !(error instanceof LedgercastError)) throw error;
      this.connection.learn((legs) => (token === null ? legs.onTokenError(error) : legs.onError(error)));
      return { error, refused: error.code === 'UNAUTHENTICATED' ? token : null };
    }
  }

  private async attempt<T>({ state, data, field, http, decode }: Call<T>, token: string, scope: Scope): Promise<T> {
    const attempt = new Scope(this.environment.clock, scope.signal);
    this.attempts.add(attempt);
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
      this.attempts.delete(attempt);
      attempt.end();
    }
  }
}

