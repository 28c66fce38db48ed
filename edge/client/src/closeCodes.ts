// Maps the contract's close codes to what the client does next. An HTTP answer is mapped to a close code first, so
// that one table serves all transports.

export type AfterClose =
  /** Come back after the usual backoff. */
  | 'reconnect'
  /** Come back, but not within the next seconds: the server is overloaded. */
  | 'reconnectLater'
  /** Come back with another token. */
  | 'newToken'
  /** Do not come back, since the same would happen again. */
  | 'stop';

/** The code that a socket reports when it ended without a close frame. */
export const CLOSE_BROKEN = 1006;

const AFTER_CLOSE: ReadonlyMap<number, AfterClose> = new Map([
  [1001, 'reconnect'],
  [1003, 'stop'],
  [1007, 'stop'],
  [1009, 'stop'],
  [1013, 'reconnectLater'],
  [4400, 'stop'],
  [4401, 'newToken'],
  [4403, 'stop'],
  [4408, 'reconnect'],
  [4409, 'reconnect'],
  [4429, 'reconnectLater'],
]);

/** Returns whether the edge closes with this code. Any other code comes from the network or a proxy. */
export function isOfEdge(code: number): boolean {
  return AFTER_CLOSE.has(code);
}

/** Returns what to do after this code. Codes outside the table come from broken networks (1006) or proxies, so the client comes back. */
export function afterClose(code: number): AfterClose {
  return AFTER_CLOSE.get(code) ?? 'reconnect';
}

export function closeCodeOf(httpStatus: number): number {
  if (httpStatus === 401) return 4401;
  if (httpStatus === 403) return 4403;
  if (httpStatus === 429) return 4429;
  if (httpStatus >= 500) return 1013;
  return httpStatus >= 400 ? 4400 : CLOSE_BROKEN;
}
