// Everything that the page shows and can do: who is signed in, the connection's state, and the copy
// of the ledger. Components read `snapshot()` and, for rows and series, `store`.

import { LedgercastError, Session, connect } from '@ledgercast/client';
import type { Client, NewTransaction, Status, Transaction } from '@ledgercast/client';
import { t } from '../messages';
import { listAccounts } from './accountList';
import { Copy } from './copy';
import type { ProofState } from './copy';
import { FramePublisher } from './frames';
import { learnDigits } from './money';
import { Probe } from './probe';
import { LedgerStore } from './store';

/** Longer than a hiccup; then the user may decide. */
const SEND_TIMEOUT_MS = 8_000;
/** Shorter than the client's own limit: somebody looks at the page, and should see quickly that the line is dead. */
const SILENCE_MAX_MS = 15_000;
const ADMIN_DEPARTMENT = 'management';

export interface Snapshot {
  /** Null = nobody is signed in. */
  readonly username: string | null;
  readonly isAdmin: boolean;
  readonly displayName: string;
  /** Currency of the own account; "" = not known yet. */
  readonly currency: string;
  readonly status: Status | null;
  readonly proof: ProofState;
  /** Why the sign-in form is back, where the user did not ask for it. */
  readonly notice: string;
  /** Version of the store when this was taken. */
  readonly version: number;
}

const signedOut = (notice: string): Snapshot => ({
  username: null,
  isAdmin: false,
  displayName: '',
  currency: '',
  status: null,
  proof: { kind: 'unproved' },
  notice,
  version: 0,
});

export class Ledger {
  readonly store = new LedgerStore();
  private readonly session: Session;
  private client: Client | null = null;
  private copy: Copy | null = null;
  private probe: Probe | null = null;
  private readonly listeners = new Set<() => void>();
  private readonly currencies = new Map<string, string>();
  private current = signedOut('');
  private published = this.current;
  private readonly publisher = new FramePublisher(() => this.publish());
  private hasAccounts = false;

  constructor(private readonly url: string) {
    this.session = new Session({ url, storage: sessionStorage });
    if (this.session.username !== null) this.enter(this.session.username);
    // At once, so that a reload does not flash the sign-in form.
    this.published = this.current;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly snapshot = (): Snapshot => this.published;

  get hasOlder(): boolean {
    return this.copy?.hasOlder ?? false;
  }

  async signIn(username: string, password: string): Promise<void> {
    await this.session.signIn(username, password);
    this.enter(username);
  }

  signOut(notice = ''): void {
    const { client } = this;
    this.client = null;
    this.probe?.stop();
    client?.close();
    this.session.signOut();
    this.currencies.clear();
    this.store.reset('');
    this.current = signedOut(notice);
    this.publisher.schedule();
  }

  /** After the connection was closed for good, where only the user can know that something has changed. */
  reconnect(): void {
    if (this.client !== null) void this.follow(this.client);
  }

  /** The page's tab is in front again. */
  hurry(): void {
    this.client?.hurry();
  }

  send(transaction: NewTransaction): Promise<Transaction> {
    return this.reachable().createTransaction(transaction, { timeoutMs: SEND_TIMEOUT_MS });
  }

  async currencyOf(account: string): Promise<string> {
    const known = this.currencies.get(account) ?? this.store.accounts.get(account)?.currency;
    if (known !== undefined) return known;
    const { currency, minorUnitDigits } = await this.reachable().getAccount(account, { timeoutMs: SEND_TIMEOUT_MS });
    learnDigits(currency, minorUnitDigits);
    this.currencies.set(account, currency);
    return currency;
  }

  async prove(): Promise<void> {
    const { copy } = this;
    if (copy === null || this.current.proof.kind === 'proving') return;
    this.update({ proof: { kind: 'proving' } });
    const proof = await copy.prove().catch((error: unknown) => ({ kind: isDifference(error) ? 'differs' : 'failed' }) as const);
    if (copy === this.copy) this.update({ proof });
  }

  async loadOlder(): Promise<void> {
    await this.copy?.loadOlder().catch(() => undefined);
    this.publisher.schedule();
  }

  /** Admins: asks for all accounts, once; transactions keep them current. */
  async loadAccounts(): Promise<void> {
    if (this.hasAccounts) return;
    this.hasAccounts = true;
    const { session, client } = this;
    this.store.accounts.beginLoad();
    try {
      for await (const page of listAccounts(session)) {
        if (client !== this.client) return;
        for (const account of page) {
          learnDigits(account.currency, account.minorUnitDigits);
          this.store.accounts.load(account);
        }
        this.publisher.schedule();
      }
    } catch {
      this.hasAccounts = false;
    }
  }

  private reachable(): Client {
    if (this.client === null) throw new LedgercastError('UNAUTHENTICATED', 'SIGNED_OUT', 'signed out');
    return this.client;
  }

  private enter(username: string): void {
    const client = connect({ url: this.url, token: this.session.token, silenceMaxMs: SILENCE_MAX_MS });
    this.client = client;
    this.copy = null;
    this.hasAccounts = false;
    this.store.reset(username);
    this.current = { ...signedOut(''), username, status: client.status };
    this.probe?.stop();
    this.probe = new Probe(client);
    client.on('status', (status) => client === this.client && this.onStatus(status));
    this.publisher.schedule();
    void this.follow(client);
    void this.loadOwn(client, username);
  }

  private async follow(client: Client): Promise<void> {
    const copy = this.copy ?? new Copy(client, this.store);
    this.copy = copy;
    try {
      const after = copy.cursor ?? (await copy.begin());
      const onResync = () => {
        this.store.clearRows();
        this.update({ proof: { kind: 'unproved' } });
        return copy.startAgain();
      };
      await client.watch({ after, onResync }).forEach(async (batch) => {
        await copy.take(batch);
        if (batch.transactions.length > 0) this.probe?.news();
        this.publisher.schedule();
      });
    } catch (error) {
      const isOver = error instanceof LedgercastError && error.code === 'UNAUTHENTICATED';
      if (isOver && client === this.client) this.signOut(t.signIn.ended);
    }
  }

  private async loadOwn(client: Client, username: string): Promise<void> {
    try {
      const { currency, displayName, department, balance, minorUnitDigits } = await client.getAccount(username);
      if (client !== this.client) return;
      learnDigits(currency, minorUnitDigits);
      this.currencies.set(username, currency);
      this.store.balance ??= balance;
      this.update({ currency, displayName, isAdmin: this.current.isAdmin || department === ADMIN_DEPARTMENT });
    } catch {
      // Only decoration: balance and currency also come with the first transaction.
    }
  }

  private onStatus(status: Status): void {
    this.update({ status, isAdmin: this.current.isAdmin || status.isAdmin });
    if (status.state === 'signedOut') this.signOut(t.signIn.ended);
  }

  private update(change: Partial<Snapshot>): void {
    this.current = { ...this.current, ...change };
    this.publisher.schedule();
  }

  private publish(): void {
    const { username, currency } = this.current;
    if (currency === '' && username !== null) {
      const { newest } = this.store.log;
      const isOwn = newest?.fromAccount === username || newest?.toAccount === username;
      if (isOwn) this.current = { ...this.current, currency: newest!.currency };
    }
    this.published = { ...this.current, version: this.store.version };
    for (const listener of [...this.listeners]) listener();
  }
}

const isDifference = (error: unknown): boolean => error instanceof LedgercastError && error.reason === 'COPY_DIFFERS';
