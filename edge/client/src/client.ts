// The whole API: connect to an edge, follow the log, post to it, read it, prove the copy.

import { Connection } from './connection.js';
import { toJson } from './decode.js';
import { environmentOf } from './environment.js';
import type { Environment } from './environment.js';
import { LedgercastError, REASON } from './errors.js';
import {
  decodeAccount,
  decodeDigestTransactionsResponse,
  decodeListTransactionsResponse,
  decodeTransaction,
} from './generated/messages.js';
import type {
  Account,
  CreateTransactionRequest,
  DigestTransactionsRequest,
  DigestTransactionsResponse,
  GetAccountRequest,
  ListTransactionsRequest,
  ListTransactionsResponse,
  Transaction,
} from './generated/messages.js';
import { baseOf } from './http.js';
import type { Leg } from './legs.js';
import { Lookout } from './lookout.js';
import { Proof } from './proof.js';
import type { ProofOptions } from './proof.js';
import { Requests } from './requests.js';
import type { RequestOptions } from './requests.js';
import { silenceMaxOf } from './silence.js';
import type { Status } from './status.js';
import type { Transport } from './stream.js';
import { Tokens } from './tokens.js';
import type { TokenProvider } from './tokens.js';
import { ALL_TRANSPORTS } from './transports.js';
import { uuidV7 } from './uuid.js';
import { Watch } from './watch.js';
import type { WatchOptions } from './watch.js';

/** `WebSocket`, `fetch` and the rest of the environment are those of the platform where they are not given. */
export interface ConnectOptions extends Partial<Environment> {
  /** The edge's address: `https://ledger.example`, with the folder where it has one. */
  readonly url: string;
  readonly token: string | TokenProvider;
  /** In the order in which they are tried; all of them by default. */
  readonly transports?: readonly Transport[];
  /**
   * Longest silence of a live watch, over a socket or an event stream, before its connection is in doubt. At least 1,000, and 40,000
   * by default. A shorter limit notices a dead line sooner, but below 30,000 the edge has to send every idle client a message every
   * few seconds.
   */
  readonly silenceMaxMs?: number;
}

/**
 * `amount` is in minor units. Where `id` is absent or empty the client makes one, and sends every attempt under it:
 * a server that is sent none makes another id for each attempt, and would post each of them.
 */
export type NewTransaction = Pick<CreateTransactionRequest, 'fromAccount' | 'toAccount' | 'amount'> & Partial<CreateTransactionRequest>;

export type StatusEvent =
  /** On every change. */
  | 'status'
  /** Where `state` is another than before. */
  | 'state';

const AMOUNT_MAX = 2n ** 53n - 1n;

/** Nothing is sent before the first `watch` or request. */
export function connect(options: ConnectOptions): Client {
  return new Client(options);
}

export class Client {
  private readonly environment: Environment;
  private readonly connection: Connection;
  private readonly requests: Requests;
  private readonly lookout: Lookout;
  private readonly stopListening: () => void;
  private readonly listeners = { status: new Set<(status: Status) => void>(), state: new Set<(status: Status) => void>() };
  private lastState: Status['state'] = 'idle';
  private watching: Watch | null = null;
  private isClosed = false;

  constructor({ url, token, transports = ALL_TRANSPORTS, silenceMaxMs, ...environment }: ConnectOptions) {
    this.environment = environmentOf(environment);
    const { clock, random, WebSocket, network } = this.environment;
    const base = baseOf(url);
    const tokens = new Tokens(token, clock);
    const usable = transports.filter((transport) => transport !== 'websocket' || WebSocket !== undefined);
    if (usable.length === 0) throw new LedgercastError('INVALID_ARGUMENT', 'INVALID_FIELD', 'no transport can be used here');
    this.connection = new Connection(this.environment, base, tokens, usable, silenceMaxOf(silenceMaxMs), () => this.onStatus());
    this.requests = new Requests(this.environment, base, tokens, this.connection);
    this.lookout = new Lookout(clock, random, () => this.check());
    this.stopListening = network.listen(() => this.onNetwork());
  }

  get status(): Status {
    return this.connection.status;
  }

  /** Answers how to stop listening. */
  on(event: StatusEvent, listener: (status: Status) => void): () => void {
    this.listeners[event].add(listener);
    return () => void this.listeners[event].delete(listener);
  }

  /**
   * Follows the log: an async iterator of batches, or `forEach` for callbacks. One at a time; for another one
   * beside it, connect another client.
   */
  watch(options: WatchOptions = {}): Watch {
    if (this.isClosed) throw new LedgercastError('FAILED_PRECONDITION', REASON.cancelled, 'the client is closed');
    if (this.watching !== null) throw new LedgercastError('FAILED_PRECONDITION', REASON.alreadyWatching, 'stop the watch before first');
    const watch = new Watch(options, {
      left: () => this.onLeft(watch),
      ended: () => this.onEnded(watch),
      resume: () => this.connection.resume(),
      acknowledge: (cursor) => this.connection.acknowledge(cursor),
    });
    this.watching = watch;
    this.connection.follow(watch);
    return watch;
  }

  /** Posts once, however often it has to be sent. Answers after commit. */
  async createTransaction(transaction: NewTransaction, options?: RequestOptions): Promise<Transaction> {
    const { amount } = transaction;
    if (typeof amount !== 'bigint' || amount <= 0n || amount > AMOUNT_MAX) {
      throw new LedgercastError('INVALID_ARGUMENT', 'INVALID_FIELD', 'amount: must be a bigint above 0 and below 2^53', { field: 'amount' });
    }
    // Programs in JavaScript pass null, too.
    const id = transaction.id || uuidV7(this.environment.clock.now(), this.environment.randomBytes);
    const data = { ...transaction, id };
    const http = { method: 'POST', path: '/v1/transactions', headers: { 'idempotency-key': id }, body: toJson(data) } as const;
    return this.requests.run({ state: 'createTransaction', data, field: 'transaction', http, decode: decodeTransaction }, options);
  }

  listTransactions(request: Partial<ListTransactionsRequest> = {}, options?: RequestOptions): Promise<ListTransactionsResponse> {
    const http = { method: 'GET', path: '/v1/transactions', query: request } as const;
    return this.requests.run({ state: 'listTransactions', data: request, http, decode: decodeListTransactionsResponse }, options);
  }

  /** `at`: a cursor or a time (RFC 3339), for the balance as it was then. */
  getAccount(name: string, { at, ...options }: RequestOptions & Partial<Pick<GetAccountRequest, 'at'>> = {}): Promise<Account> {
    const query = at === undefined ? {} : { at };
    const http = { method: 'GET', path: `/v1/accounts/${encodeURIComponent(name)}`, query } as const;
    return this.requests.run({ state: 'getAccount', data: { name, ...query }, http, decode: decodeAccount }, options);
  }

  /** Count and SHA-256 of a stretch of the log, as the server holds it. */
  digest(request: Partial<DigestTransactionsRequest> = {}, options?: RequestOptions): Promise<DigestTransactionsResponse> {
    const http = { method: 'GET', path: '/v1/digest', query: request } as const;
    return this.requests.run({ state: 'digest', data: request, http, decode: decodeDigestTransactionsResponse }, options);
  }

  /** Proves a copy that is handed to it piece by piece. */
  proof(options: ProofOptions = {}): Proof {
    return new Proof(options, (request) => this.digest(request));
  }

  /**
   * Asks the ledger for next to nothing, and answers which leg of the way is broken, if one is. The edge keeps its streams when
   * the ledger behind it is away, so a stream that is quiet does not tell.
   */
  async check(): Promise<Leg | undefined> {
    const data = { pageSize: 1 };
    const http = { method: 'GET', path: '/v1/transactions', query: data } as const;
    await this.requests.look({ state: 'listTransactions', data, http, decode: decodeListTransactionsResponse });
    return this.status.broken;
  }

  /**
   * The user is back: connects now instead of later, and asks an old socket whether it lives. The client does so by itself when
   * the device has a network again.
   */
  hurry(): void {
    this.connection.hurry();
    this.requests.hurry();
  }

  /** Ends the watch and what is under way; for good. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.stopListening();
    this.watching?.stop();
    this.connection.stop('closed');
    this.requests.close();
  }

  private onLeft(watch: Watch): void {
    if (this.watching !== watch) return;
    this.watching = null;
    this.connection.stop('idle');
  }

  private onEnded(watch: Watch): void {
    if (this.watching === watch) this.watching = null;
  }

  private onNetwork(): void {
    this.connection.networkChanged();
    if (this.environment.network.isOnline()) this.requests.hurry();
    else this.requests.abandon();
  }

  private onStatus(): void {
    const { status } = this;
    const isConnected = status.state === 'live' || status.state === 'catchingUp';
    // Without a stream, whatever opens the next one tells.
    this.lookout.setNeeded(isConnected && (status.broken === 'service' || status.broken === 'database'));
    const isOther = status.state !== this.lastState;
    this.lastState = status.state;
    const listeners = [...this.listeners.status, ...(isOther ? this.listeners.state : [])];
    for (const listener of listeners) inform(listener, status);
  }
}

/** A listener's mistake is the program's to see, and nothing that the connection should stumble over. */
function inform(listener: (status: Status) => void, status: Status): void {
  try {
    listener(status);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
