// Runs requests with one answer, over the socket if there is one and over HTTP otherwise. Each is repeated until
// there is a final answer or the caller's time is over. Every request may be repeated: reads change nothing, and a
// transaction has its id.

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
  /** Time limit for all attempts together. Without it they go on until there is an answer. */
  readonly timeoutMs?: number;
}

export interface Call<T> {
  /** State and data of the frame. */
  readonly state: string;
  readonly data: object;
  /** Name of the field that holds the answer, if it is not the whole data. */
  readonly field?: string;
  readonly http: HttpRequest;
  readonly decode: Decoder<T>;
}

/** Result of one attempt: the answer, or the error and the token if the token was refused. */
type Outcome<T> = { readonly answer: T } | { readonly error: LedgercastError; readonly refused: string | null };

const ATTEMPT_TIMEOUT_MS = 15_000;
/** Time limit of `look`, which asks for so little that an answer comes at once. */
const LOOK_TIMEOUT_MS = 5_000;
/** A longer frame would exceed the edge's limit, and the edge would close the socket. */
const FRAME_CHARACTERS_MAX = 16_000;

export class Requests {
  private isClosed = false;
  private readonly running = new Set<Scope>();
  private readonly attempts = new Set<Scope>();
  /** Functions that each end one wait for a broken way. */
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
    // A first refusal may mean that the token has just expired. A second one in a row is an error.
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

  /** Asks once, only to learn about the way to the ledger. */
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

  /** Called when the network or the user is back. Requests that wait for a broken way are tried again at once. */
  hurry(): void {
    for (const end of [...this.waits]) end();
  }

  /** Called when the network is gone. All running attempts are aborted. */
  abandon(): void {
    for (const attempt of [...this.attempts]) attempt.abort(unreachable('this device has no network'));
  }

  private async pause({ reason }: LedgercastError, backoff: Backoff, scope: Scope): Promise<void> {
    const pause = scope.pause(backoff.nextDelayMs());
    // A busy server must not be asked earlier, so this wait is not cut short.
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

