// The contract's table of close codes, as what the page does next.

export type AfterClose =
  /** Come back after the usual backoff. */
  | 'reconnect'
  /** Come back, but not within the next seconds: the other side is short of room. */
  | 'reconnectLater'
  /** Come back with another token. */
  | 'newToken'
  /** The same would happen again. */
  | 'stop';

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

/** Codes outside the table are broken networks (1006) or proxies: come back. */
export function afterClose(code: number): AfterClose {
  return AFTER_CLOSE.get(code) ?? 'reconnect';
}
