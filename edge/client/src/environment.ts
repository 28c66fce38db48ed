// Holds what the client needs from its environment: time, randomness and the network. Each can be replaced, so that
// tests control the clock.

export interface Clock {
  now(): number;
  setTimer(callback: () => void, delayMs: number): unknown;
  clearTimer(timer: unknown): void;
}

/** The part of WebSocket that the client uses. It may be the browser's, Node's (from 22 on) or that of the package `ws`. */
export interface SocketLike {
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

/** Tells whether this device has a network, as far as it knows. */
export interface Network {
  /** Returns false only if the device surely has no network. */
  isOnline(): boolean;
  /** Calls `onChange` after every change. Returns a function that stops this. */
  listen(onChange: () => void): () => void;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Environment {
  readonly clock: Clock;
  readonly random: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly fetch: Fetch;
  /** Absent if the platform has none. Then the log comes by server-sent events. */
  readonly WebSocket?: SocketConstructor | undefined;
  readonly network: Network;
}

const NETWORK_EVENTS = ['online', 'offline'];

/** A timer with a longer delay would fire at once. */
const DELAY_MAX_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer: (callback, delayMs) => setTimeout(callback, Math.min(delayMs, DELAY_MAX_MS)),
  clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout> | undefined),
};

/** The network state of the browser, in a page or a worker. Node does not know it, so there the device is always online. */
export const systemNetwork: Network = {
  isOnline: () => globalThis.navigator?.onLine !== false,
  listen: (onChange) => {
    if (typeof globalThis.addEventListener !== 'function') return () => undefined;
    NETWORK_EVENTS.forEach((event) => globalThis.addEventListener(event, onChange));
    return () => NETWORK_EVENTS.forEach((event) => globalThis.removeEventListener(event, onChange));
  },
};

export function environmentOf(given: Partial<Environment>): Environment {
  return {
    clock: given.clock ?? systemClock,
    random: given.random ?? Math.random,
    randomBytes: given.randomBytes ?? randomBytes,
    fetch: given.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    WebSocket: 'WebSocket' in given ? given.WebSocket : (globalThis.WebSocket as SocketConstructor | undefined),
    network: given.network ?? systemNetwork,
  };
}

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  // Node 18 has no global `crypto`. The ids must be different, but they need not be secret.
  if (globalThis.crypto === undefined) return bytes.map(() => Math.floor(Math.random() * 256));
  return crypto.getRandomValues(bytes);
}
