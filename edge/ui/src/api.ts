// The edge's HTTP side. Every failure is one of two: the server answered with an
// error (ApiError), or nobody knows what it did (NetworkError).

import { ProtocolError, asObject, asString, parseError, parseJson, parseTransaction, toTimeMs } from './protocol';
import type { ErrorBody, Transaction } from './protocol';

const REQUEST_TIMEOUT_MS = 15_000;

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAtMs: number;
}

export interface NewTransaction {
  readonly fromAccount: string;
  readonly toAccount: string;
  readonly amount: bigint;
  readonly description: string;
}

export interface Account {
  readonly name: string;
  readonly displayName: string;
  readonly currency: string;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: ErrorBody,
  ) {
    super(body.message);
  }
}

/** No answer, or none that can be read: the request may or may not have been carried out. */
export class NetworkError extends Error {}

type Credentials = { readonly username: string; readonly password: string } | { readonly refreshToken: string };

interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export class Api {
  constructor(private readonly fetch: typeof globalThis.fetch) {}

  issueToken(credentials: Credentials): Promise<TokenPair> {
    return this.call({ method: 'POST', path: '/v1/token', body: credentials }, (body) => {
      const raw = asObject(body, 'token');
      return {
        accessToken: asString(raw.accessToken),
        refreshToken: asString(raw.refreshToken),
        expiresAtMs: toTimeMs(raw.expiresAt),
      };
    });
  }

  /** `id` makes it safe to call again with the same arguments: it is posted once. */
  createTransaction(token: string, id: string, transaction: NewTransaction): Promise<Transaction> {
    return this.call(
      {
        method: 'POST',
        path: '/v1/transactions',
        headers: { authorization: `Bearer ${token}`, 'idempotency-key': id },
        body: { ...transaction, amount: transaction.amount.toString() },
      },
      parseTransaction,
    );
  }

  getAccount(token: string, name: string): Promise<Account> {
    return this.call(
      {
        method: 'GET',
        path: `/v1/accounts/${encodeURIComponent(name)}`,
        headers: { authorization: `Bearer ${token}` },
      },
      (body) => {
        const raw = asObject(body, 'account');
        return {
          name: asString(raw.name),
          displayName: asString(raw.displayName),
          currency: asString(raw.currency),
        };
      },
    );
  }

  private async call<T>(request: Request, parse: (body: unknown) => T): Promise<T> {
    const { status, text } = await this.exchange(request);
    try {
      const body = parseJson(text);
      if (status >= 200 && status < 300) return parse(body);
      throw new ApiError(status, parseError(asObject(body, 'body').error));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      // A proxy on the way answers in its own words; its status still says something.
      if (status >= 400) throw new ApiError(status, { code: '', reason: '', message: '', metadata: {} });
      throw new NetworkError('the answer cannot be read');
    }
  }

  private async exchange(request: Request): Promise<{ status: number; text: string }> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), REQUEST_TIMEOUT_MS);
    try {
      const response = await this.fetch(request.path, {
        method: request.method,
        headers: { ...request.headers, ...(request.body !== undefined && { 'content-type': 'application/json' }) },
        ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
        cache: 'no-store',
        credentials: 'omit',
        signal: abort.signal,
      });
      return { status: response.status, text: await response.text() };
    } catch {
      throw new NetworkError('no answer');
    } finally {
      clearTimeout(timer);
    }
  }
}
