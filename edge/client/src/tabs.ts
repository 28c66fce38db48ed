// Tabs of one browser that hold the same sign-in: two that share `localStorage`, or one that was
// duplicated together with its `sessionStorage`. A refresh token is good once, so they renew one
// after the other, and whoever has renewed tells the others.

import type { Clock } from './environment.js';

/** The tokens of one sign-in, as they are stored. */
export interface Stored {
  readonly username: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

/** The part of BroadcastChannel that is used. */
export interface TabChannel {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
}

/** The part of the browser's LockManager that is used. */
export interface TabLocks {
  request<T>(name: string, callback: () => Promise<T>): Promise<T>;
}

const NAME = 'ledgercast.session';
/** The longest that a tab which may have slept waits for others to tell it what they have. */
const ANSWER_TIMEOUT_MS = 200;

type Message = { readonly renewed: Stored } | { readonly ask: Place };

/** Which of a sign-in's refresh tokens one is. */
interface Place {
  readonly family: string;
  readonly number: number;
}

export class Tabs {
  private answered: (() => void) | null = null;

  /** `current` is what this tab has; `adopt` is given what another one has that is newer. */
  constructor(
    private readonly clock: Clock,
    private readonly channel: TabChannel | undefined,
    private readonly locks: TabLocks | undefined,
    private readonly current: () => Stored | null,
    private readonly adopt: (stored: Stored) => void,
  ) {
    if (channel !== undefined) channel.onmessage = ({ data }) => this.onMessage(data as Message);
  }

  /** Runs `renew` while no other tab renews the same sign-in. */
  inTurn<T>(before: Stored, renew: () => Promise<T>): Promise<T> {
    const { locks } = this;
    const place = placeOf(before);
    return locks === undefined || place === null ? renew() : locks.request(`${NAME}.${place.family}`, renew);
  }

  /** Waits a moment for a tab that has newer tokens than these. */
  async ask(stored: Stored): Promise<void> {
    const { channel } = this;
    const place = placeOf(stored);
    if (channel === undefined || place === null) return;
    await new Promise<void>((resolve) => {
      const timer = this.clock.setTimer(resolve, ANSWER_TIMEOUT_MS);
      this.answered = () => {
        this.clock.clearTimer(timer);
        resolve();
      };
      channel.postMessage({ ask: place } satisfies Message);
    });
    this.answered = null;
  }

  tell(renewed: Stored): void {
    this.channel?.postMessage({ renewed } satisfies Message);
  }

  private onMessage(message: Message): void {
    const stored = this.current();
    const own = stored === null ? null : placeOf(stored);
    if (stored === null || own === null) return;
    if ('ask' in message) {
      if (message.ask.family === own.family && message.ask.number < own.number) this.tell(stored);
    } else if (isNewer(message.renewed, stored)) {
      this.adopt(message.renewed);
      this.answered?.();
    }
  }
}

/** Returns this browser's channel and locks between tabs, for a session that outlives its page. */
export function browserTabs(): { readonly channel?: TabChannel; readonly locks?: TabLocks } {
  if (!('document' in globalThis)) return {};
  const { locks } = navigator;
  return {
    ...('BroadcastChannel' in globalThis && { channel: new BroadcastChannel(NAME) as TabChannel }),
    // Only pages that came over TLS, or from this machine, have them.
    ...(locks !== undefined && { locks: locks as unknown as TabLocks }),
  };
}

/** Whether `one` was issued after `other`, for the same sign-in. */
export function isNewer(one: Stored, other: Stored): boolean {
  const [a, b] = [placeOf(one), placeOf(other)];
  return a !== null && b !== null && a.family === b.family && a.number > b.number;
}

/** Null for a token that does not say. */
function placeOf({ refreshToken }: Stored): Place | null {
  try {
    const payload = refreshToken.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/');
    const { fam, num } = JSON.parse(atob(payload)) as { readonly fam?: unknown; readonly num?: unknown };
    return typeof fam === 'string' && typeof num === 'number' ? { family: fam, number: num } : null;
  } catch {
    return null;
  }
}
