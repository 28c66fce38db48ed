// The one class of error that users of the client meet. Codes and reasons are the contract's; those
// that the client gives by itself are listed here.

import { dictionary, object, text } from './decode.js';

/** What the client says by itself, where no server did. */
export const REASON = {
  /** No answer, or none that can be read: it may or may not have been carried out. */
  unreachable: 'UNREACHABLE',
  /** No answer within the caller's `timeoutMs`. */
  timeout: 'TIMEOUT',
  /** The caller's AbortSignal, or `close()`. */
  cancelled: 'CANCELLED',
  /** A client follows the log once at a time. */
  alreadyWatching: 'ALREADY_WATCHING',
  /** There is no token any more; only a new sign-in helps. */
  signedOut: 'SIGNED_OUT',
  /** The copy differs from what the server holds. */
  copyDiffers: 'COPY_DIFFERS',
} as const;

/** Codes after which the same request may do better later. */
const PASSING = new Set(['UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'DEADLINE_EXCEEDED', 'CANCELLED', 'ABORTED']);
const UNDECIDED = new Set([...PASSING, 'UNKNOWN', 'INTERNAL']);

export class LedgercastError extends Error {
  override readonly name = 'LedgercastError';
  /** As in gRPC: `INVALID_ARGUMENT`, `UNAVAILABLE`, … */
  readonly code: string;
  /** `INSUFFICIENT_FUNDS`, `CURSOR_UNKNOWN`, … */
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;

  constructor(code: string, reason: string, message: string, metadata: Readonly<Record<string, string>> = {}) {
    super(message || reason || code);
    this.code = code;
    this.reason = reason;
    this.metadata = metadata;
  }

  /** Nobody knows whether it was carried out; the same again, under the same `id`, is safe. */
  get isUndecided(): boolean {
    return UNDECIDED.has(this.code);
  }

  /** The environment's fault, not the request's: the client tries again by itself. */
  get isPassing(): boolean {
    return PASSING.has(this.code);
  }
}

export const unreachable = (message: string): LedgercastError => new LedgercastError('UNAVAILABLE', REASON.unreachable, message);

export const cancelled = (message: string): LedgercastError => new LedgercastError('CANCELLED', REASON.cancelled, message);

export const signedOut = (message: string): LedgercastError => new LedgercastError('UNAUTHENTICATED', REASON.signedOut, message);

export function decodeError(value: unknown): LedgercastError {
  const { code, reason, message, metadata } = object(value);
  return new LedgercastError(text(code), text(reason), text(message), dictionary(text)(metadata));
}
