// Describes what a stream carries: the frames of a socket, and the events of an SSE stream with the same states and
// data. tests/e2e/protocol.test.mjs checks the edge against the same description.

import { object, parseJson, text } from './decode.js';
import { decodeError } from './errors.js';
import type { LedgercastError } from './errors.js';
import {
  decodeAuthenticatedFrame,
  decodeGoingAwayFrame,
  decodeProgressFrame,
  decodeResyncFrame,
  decodeWatchTransactionsResponse,
  decodeWatchingFrame,
} from './generated/messages.js';
import type {
  AuthenticatedFrame,
  GoingAwayFrame,
  ProgressFrame,
  ResyncFrame,
  WatchTransactionsResponse,
  WatchingFrame,
} from './generated/messages.js';

export const SUBPROTOCOL = 'ledgercast.v1';

export type ServerFrame =
  | { readonly state: 'authenticated'; readonly data: AuthenticatedFrame }
  | { readonly state: 'watching'; readonly data: WatchingFrame; readonly id: string }
  | { readonly state: 'transactions'; readonly data: WatchTransactionsResponse }
  | { readonly state: 'progress'; readonly data: ProgressFrame }
  | { readonly state: 'resync'; readonly data: ResyncFrame; readonly id: string }
  | { readonly state: 'reauthenticate' }
  | { readonly state: 'goingAway'; readonly data: GoingAwayFrame }
  | { readonly state: 'error'; readonly error: LedgercastError; readonly id: string }
  /** An answer to a request, or a state of a newer server. */
  | { readonly state: 'other'; readonly data: unknown; readonly id: string };

export interface ClientFrame {
  readonly state: string;
  readonly data?: unknown;
  readonly id?: string;
}

export function parseFrame(source: string): ServerFrame {
  const { state, data, error, id } = object(parseJson(source));
  if (error !== undefined) return { state: 'error', error: decodeError(error), id: text(id) };
  return decodeFrame(text(state), data, text(id));
}

export function decodeFrame(state: string, data: unknown, id: string): ServerFrame {
  switch (state) {
    case 'authenticated':
      return { state, data: decodeAuthenticatedFrame(data) };
    case 'watching':
      return { state, data: decodeWatchingFrame(data), id };
    case 'transactions':
      return { state, data: decodeWatchTransactionsResponse(data) };
    case 'progress':
      return { state, data: decodeProgressFrame(data) };
    case 'resync':
      return { state, data: decodeResyncFrame(data), id };
    case 'reauthenticate':
      return { state };
    case 'goingAway':
      return { state, data: decodeGoingAwayFrame(data) };
    default:
      return { state: 'other', data, id };
  }
}
