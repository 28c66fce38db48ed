// The contract's table of close codes, as what the client does next; and what an answer over HTTP
// would have been as a close code, so that one table serves all transports.

export type AfterClose =
  /** Come back after the usual backoff. */
  | 'reconnect'
  /** Come back, but not within the next seconds: the other side is short of room. */
  | 'reconnectLater'
  /** Come back with another token. */
  | 'newToken'
  /** Coming back would end in the same way. */
  | 'stop';

/** What a socket says that just ended. */
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

/** Whether it is one that the edge closes with; else the network or a proxy ended the stream. */
export function isOfEdge(code: number): boolean {
  return AFTER_CLOSE.has(code);
}

/** Codes outside the table are broken networks (1006) or proxies: come back. */
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
