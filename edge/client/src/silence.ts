// Decides how long a stream may be silent before its connection is in doubt. Also decides how often to ask the edge
// for progress, so that a working stream is never silent for that long.

import { LedgercastError } from './errors.js';

/** Covers the 25 s after which the edge sends progress on a quiet ledger, with a margin. */
const SILENCE_MAX_MS = 40_000;
const SILENCE_MAX_LEAST_MS = 1_000;
/** With this limit or more, the edge's own 25 s are short enough. Asking for more would cost a message for every idle client. */
const UNASKED_FROM_MS = 30_000;
const PROGRESS_INTERVAL_MAX_MS = 5_000;

/** Returns the limit to use. Throws if it is too short or not a number, since JavaScript programs may pass texts or null. */
export function silenceMaxOf(silenceMaxMs = SILENCE_MAX_MS): number {
  if (typeof silenceMaxMs === 'number' && silenceMaxMs >= SILENCE_MAX_LEAST_MS) return silenceMaxMs;
  throw new LedgercastError('INVALID_ARGUMENT', 'INVALID_FIELD', `silenceMaxMs: must be a number of at least ${SILENCE_MAX_LEAST_MS}`, { field: 'silenceMaxMs' });
}

/** Returns the Duration to ask for: a third of the limit, so that one late message causes no doubt. Undefined means to ask for none. */
export function progressIntervalOf(silenceMaxMs: number): string | undefined {
  if (silenceMaxMs >= UNASKED_FROM_MS) return undefined;
  return `${Math.min(PROGRESS_INTERVAL_MAX_MS, Math.floor(silenceMaxMs / 3)) / 1000}s`;
}
