// Everything the page shows, in one immutable snapshot, and everything it can do.
// Joins session, connection, feed and HTTP, so that components only draw.

import { Api, ApiError } from './api';
import type { NewTransaction } from './api';
import { Connection } from './connection';
import type { ConnectionDeps } from './connection';
import type { ConnectionStatus } from './connectionStatus';
import { EMPTY_FEED, applyFrame, disconnected } from './feed';
import type { Feed } from './feed';
import type { Transaction } from './protocol';
import { Session } from './session';
import { SignedOutError } from './tokens';

/** Frames may come by the hundred a second; eyes and layout need fewer updates. */
const PUBLISH_DELAY_MS = 40;
/** History rushes past; drawing each step of it would only delay its end. */
const CATCH_UP_PUBLISH_DELAY_MS = 250;

export interface Snapshot {
  /** Null = nobody is signed in. */
  readonly username: string | null;
  readonly admin: boolean;
  readonly displayName: string;
  /** Of the own account; "" = not known yet. */
  readonly currency: string;
  readonly status: ConnectionStatus;
  readonly feed: Feed;
  /** Why the sign-in form is back, where the user did not ask for it. */
  readonly notice: string;
}

export class Ledger {
  private readonly connection: Connection;
  private readonly listeners = new Set<() => void>();
  private readonly currencies = new Map<string, string>();
  private current: Snapshot;
  private published: Snapshot;
  private isPublishDue = false;

  constructor(
    private readonly api: Api,
    private readonly session: Session,
    private readonly deps: Omit<ConnectionDeps, 'tokens'>,
  ) {
    this.current = signedOut('');
    this.published = this.current;
    this.connection = new Connection(
      { ...deps, tokens: session },
      {
        cursor: () => this.current.feed.cursor,
        apply: (frame) => {
          const { feed, verdict } = applyFrame(this.current.feed, frame);
          this.update({ feed });
          return { verdict, live: feed.live };
        },
        restart: () => this.update({ feed: EMPTY_FEED }),
        authenticated: ({ subject, admin }) => this.update({ username: subject, admin }),
        statusChanged: (status) => this.onStatus(status),
      },
    );
    if (session.username !== null) this.enter(session.username);
    // At once, so that a reload does not flash the sign-in form.
    this.published = this.current;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): Snapshot => this.published;

  async signIn(username: string, password: string): Promise<void> {
    await this.session.signIn(username, password);
    this.enter(username);
  }

  signOut(notice = ''): void {
    this.session.signOut();
    this.currencies.clear();
    this.current = signedOut(notice);
    this.connection.close();
    this.update({});
  }

  /** After `stopped`, where only the user can know that something has changed. */
  reconnect(): void {
    this.connection.start();
  }

  /** The browser is back online or its tab in front. */
  hurry(): void {
    this.connection.hurry();
  }

  send(id: string, transaction: NewTransaction): Promise<Transaction> {
    return this.authorized((token) => this.api.createTransaction(token, id, transaction));
  }

  async currencyOf(account: string): Promise<string> {
    const known = this.currencies.get(account);
    if (known !== undefined) return known;
    const { currency } = await this.authorized((token) => this.api.getAccount(token, account));
    this.currencies.set(account, currency);
    return currency;
  }

  private enter(username: string): void {
    this.current = { ...signedOut(''), username };
    this.connection.start();
    void this.loadAccount(username);
  }

  private async loadAccount(username: string): Promise<void> {
    try {
      const { currency, displayName } = await this.authorized((token) => this.api.getAccount(token, username));
      this.currencies.set(username, currency);
      if (this.current.username === username) this.update({ currency, displayName });
    } catch {
      // Only decoration: the currency also comes with the first transaction.
    }
  }

  private async authorized<T>(call: (token: string) => Promise<T>): Promise<T> {
    try {
      try {
        return await call(await this.session.accessToken());
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 401) throw error;
        return await call(await this.session.renewToken());
      }
    } catch (error) {
      if (error instanceof SignedOutError) this.onSessionEnded();
      throw error;
    }
  }

  private onStatus(status: ConnectionStatus): void {
    const isUp = status.kind === 'live' || status.kind === 'catchingUp';
    this.update({ status, feed: isUp ? this.current.feed : disconnected(this.current.feed) });
    if (status.kind === 'signedOut') this.onSessionEnded();
  }

  private onSessionEnded(): void {
    if (this.current.username !== null) this.signOut('Your session has ended. Please sign in again.');
  }

  private update(change: Partial<Snapshot>): void {
    this.current = { ...this.current, ...change };
    if (this.isPublishDue) return;
    this.isPublishDue = true;
    const isRushing = this.current.status.kind === 'catchingUp';
    this.deps.clock.setTimer(() => this.publish(), isRushing ? CATCH_UP_PUBLISH_DELAY_MS : PUBLISH_DELAY_MS);
  }

  private publish(): void {
    this.isPublishDue = false;
    const { username, currency, feed } = this.current;
    if (currency === '') {
      const own = feed.rows.find((row) => row.fromAccount === username || row.toAccount === username);
      if (own !== undefined) this.current = { ...this.current, currency: own.currency };
    }
    this.published = this.current;
    this.listeners.forEach((listener) => listener());
  }
}

function signedOut(notice: string): Snapshot {
  return {
    username: null,
    admin: false,
    displayName: '',
    currency: '',
    status: { kind: 'signedOut' },
    feed: EMPTY_FEED,
    notice,
  };
}
