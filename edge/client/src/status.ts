// Where a client stands, for whoever shows it.

import type { LedgercastError } from './errors.js';
import type { Leg } from './legs.js';
import type { Transport } from './stream.js';

export type State =
  /** Nothing is followed. */
  | 'idle'
  /** Opening a stream, up to its first frame. */
  | 'connecting'
  /** On the way from `from` to `head`. */
  | 'catchingUp'
  /** Everything that is posted comes at once. */
  | 'live'
  /** Connects again at `retryAtMs`. */
  | 'waiting'
  /** There is no token any more; a new `watch` asks for one again. */
  | 'signedOut'
  /** By `close`, or because coming back would end the same way: see `error`. */
  | 'closed';

/** An immutable snapshot; every change is a new one. */
export interface Status {
  readonly state: State;
  /** In use, or being tried; null before the first. */
  readonly transport: Transport | null;
  /** Up to where the watch has received the log. */
  readonly position: bigint;
  /** Where it was when this connection began. */
  readonly from: bigint;
  /** Where the log's end was when last heard of; null = not known. */
  readonly head: bigint | null;
  /** By the client's clock, while `waiting`. */
  readonly retryAtMs: number | null;
  /** The server named the wait, so `hurry` does not cut it short. */
  readonly isAskedToWait: boolean;
  /** From the commit of the newest live transaction to its arrival, as far as the two clocks agree. */
  readonly delayMs: number | null;
  /** Whom the server takes the socket for; null = it did not say (only sockets are told). */
  readonly subject: string | null;
  readonly isAdmin: boolean;
  /** Why it waits, is signed out or closed. */
  readonly error: LedgercastError | null;
  /** Which leg of the way to the ledger is broken; absent where none is known to be. */
  readonly broken?: Leg;
}

export const IDLE: Status = {
  state: 'idle',
  transport: null,
  position: 0n,
  from: 0n,
  head: null,
  retryAtMs: null,
  isAskedToWait: false,
  delayMs: null,
  subject: null,
  isAdmin: false,
  error: null,
};

/** `status` with the leg that is broken by now. */
export function withBroken({ broken: _before, ...status }: Status, broken: Leg | undefined): Status {
  return broken === undefined ? status : { ...status, broken };
}
