// What travels between the page and the edge. `data` is canonical protobuf JSON:
// 64-bit integers come as strings and fields with their default value are left
// out, so every reader here has a default. Numbers become BigInt at this border;
// a `number` would lose cents above 2^53.

export const SUBPROTOCOL = 'ledgercast.v1';

export interface Transaction {
  readonly sequence: bigint;
  readonly id: string;
  readonly fromAccount: string;
  readonly toAccount: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly description: string;
  readonly createTime: string;
  /** Absent where the reader may not see that account. */
  readonly fromBalance?: bigint;
  readonly toBalance?: bigint;
}

export interface ErrorBody {
  readonly code: string;
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface AuthenticatedFrame {
  readonly state: 'authenticated';
  readonly subject: string;
  readonly admin: boolean;
  readonly expiresAtMs: number;
}

export interface WatchingFrame {
  readonly state: 'watching';
  readonly id: string;
  readonly after: string;
  readonly head: string;
  readonly balances: ReadonlyMap<string, bigint>;
}

export interface TransactionsFrame {
  readonly state: 'transactions';
  readonly transactions: readonly Transaction[];
  readonly after: string;
  readonly cursor: string;
  readonly live: boolean;
}

export interface ProgressFrame {
  readonly state: 'progress';
  readonly after: string;
  readonly cursor: string;
}

export type ServerFrame =
  | AuthenticatedFrame
  | WatchingFrame
  | TransactionsFrame
  | ProgressFrame
  | { readonly state: 'resync'; readonly reason: string }
  | { readonly state: 'reauthenticate' }
  | { readonly state: 'goingAway'; readonly reconnectAfterMs: number }
  | { readonly state: 'error'; readonly id: string; readonly error: ErrorBody }
  /** States of newer servers and replies without meaning for this page, such as `pong`. */
  | { readonly state: 'other' };

export type ClientFrame =
  | { readonly state: 'authenticate' | 'refresh'; readonly data: { readonly token: string } }
  | { readonly state: 'watch'; readonly data: { readonly after: string }; readonly id: string }
  | { readonly state: 'ping' };

/** The peer sent something that the contract does not allow. */
export class ProtocolError extends Error {}

/**
 * The sequence that a cursor stands for; "" is the beginning. The rest of a cursor
 * is the server's business, so this is the only place that looks inside one.
 */
export function sequenceOfCursor(cursor: string): bigint {
  if (cursor === '') return 0n;
  return toBigInt(cursor.slice(cursor.lastIndexOf('.') + 1), 'cursor');
}

export function parseFrame(text: string): ServerFrame {
  const frame = asObject(parseJson(text), 'frame');
  const id = asString(frame.id);
  if (frame.error !== undefined) return { state: 'error', id, error: parseError(frame.error) };
  const data = asObject(frame.data ?? {}, 'data');
  switch (frame.state) {
    case 'authenticated':
      return {
        state: 'authenticated',
        subject: asString(data.subject),
        admin: data.admin === true,
        expiresAtMs: toTimeMs(data.expiresAt),
      };
    case 'watching':
      return {
        state: 'watching',
        id,
        after: asString(data.after),
        head: asString(data.head),
        balances: parseBalances(data.balances),
      };
    case 'transactions':
      return {
        state: 'transactions',
        transactions: asArray(data.transactions).map(parseTransaction),
        after: asString(data.after),
        cursor: asString(data.cursor),
        live: data.live === true,
      };
    case 'progress':
      return { state: 'progress', after: asString(data.after), cursor: asString(data.cursor) };
    case 'resync':
      return { state: 'resync', reason: asString(data.reason) };
    case 'reauthenticate':
      return { state: 'reauthenticate' };
    case 'goingAway':
      return {
        state: 'goingAway',
        reconnectAfterMs: Number(toBigInt(data.reconnectAfterMs ?? '0', 'reconnectAfterMs')),
      };
    default:
      return { state: 'other' };
  }
}

export function parseTransaction(value: unknown): Transaction {
  const raw = asObject(value, 'transaction');
  return {
    sequence: toBigInt(raw.sequence ?? '0', 'sequence'),
    id: asString(raw.id),
    fromAccount: asString(raw.fromAccount),
    toAccount: asString(raw.toAccount),
    amount: toBigInt(raw.amount ?? '0', 'amount'),
    currency: asString(raw.currency),
    description: asString(raw.description),
    createTime: asString(raw.createTime),
    ...(raw.fromBalance !== undefined && { fromBalance: toBigInt(raw.fromBalance, 'fromBalance') }),
    ...(raw.toBalance !== undefined && { toBalance: toBigInt(raw.toBalance, 'toBalance') }),
  };
}

export function parseError(value: unknown): ErrorBody {
  const raw = asObject(value, 'error');
  const metadata = asObject(raw.metadata ?? {}, 'metadata');
  return {
    code: asString(raw.code),
    reason: asString(raw.reason),
    message: asString(raw.message),
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, text]) => [key, String(text)])),
  };
}

function parseBalances(value: unknown): ReadonlyMap<string, bigint> {
  const entries = Object.entries(asObject(value ?? {}, 'balances'));
  return new Map(entries.map(([account, balance]) => [account, toBigInt(balance, 'balance')]));
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProtocolError('not JSON');
  }
}

export function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProtocolError(`${what} is not an object`);
  }
  return value as Record<string, unknown>;
}

function asArray(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ProtocolError('expected a list');
  return value;
}

export function asString(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new ProtocolError('expected a string');
  return value;
}

export function toBigInt(value: unknown, what: string): bigint {
  const isDecimal = typeof value === 'string' && /^-?\d+$/.test(value);
  if (!isDecimal && !Number.isSafeInteger(value)) throw new ProtocolError(`${what} is not an integer`);
  return BigInt(value as string | number);
}

export function toTimeMs(value: unknown): number {
  const timeMs = Date.parse(asString(value));
  if (Number.isNaN(timeMs)) throw new ProtocolError('expected a time');
  return timeMs;
}
