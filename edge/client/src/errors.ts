// The only class of error that users of the client see. Its codes and reasons are those of the contract. Reasons that
// only the client itself gives are listed here.

import { dictionary, object, text } from './decode.js';

/** Reasons that the client gives by itself, without an answer of a server. */
export const REASON = {
  /** There was no answer, or it could not be read. The request may or may not have been carried out. */
  unreachable: 'UNREACHABLE',
  /** No answer came within the caller's `timeoutMs`. */
  timeout: 'TIMEOUT',
  /** The caller's AbortSignal or `close()` ended the request. */
  cancelled: 'CANCELLED',
  /** The client already follows the log, and it can do so only once at a time. */
  alreadyWatching: 'ALREADY_WATCHING',
  /** There is no valid token any more. Only a new sign-in helps. */
  signedOut: 'SIGNED_OUT',
  /** The copy differs from what the server holds. */
  copyDiffers: 'COPY_DIFFERS',
} as const;

/** Codes with which the same request may succeed later. */
const PASSING = new Set(['UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'DEADLINE_EXCEEDED', 'CANCELLED', 'ABORTED']);
const UNDECIDED = new Set([...PASSING, 'UNKNOWN', 'INTERNAL']);

export class LedgercastError extends Error {
  override readonly name = 'LedgercastError';
  /** The code as in gRPC: `INVALID_ARGUMENT`, `UNAVAILABLE`, … */
  readonly code: string;
  /** The reason in the contract: `INSUFFICIENT_FUNDS`, `CURSOR_UNKNOWN`, … */
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;

  constructor(code: string, reason: string, message: string, metadata: Readonly<Record<string, string>> = {}) {
    super(message || reason || code);
    this.code = code;
    this.reason = reason;
    this.metadata = metadata;
  }

  /** True if it is not known whether the request was carried out. Sending it again under the same `id` is safe. */
  get isUndecided(): boolean {
    return UNDECIDED.has(this.code);
  }

  /** True if the environment caused the error and not the request. The client then tries again by itself. */
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
