// A connection between a feed and a server that the test plays by hand.

import { Connection } from '../src/connection';
import type { ConnectionStatus } from '../src/connectionStatus';
import { EMPTY_FEED, applyFrame } from '../src/feed';
import type { Feed } from '../src/feed';
import { FakeClock, FakeSocket, cursor, settle } from './fakes';

export class Bench {
  readonly clock = new FakeClock();
  readonly sockets: FakeSocket[] = [];
  readonly protocols: string[][] = [];
  readonly statuses: ConnectionStatus[] = [];
  feed: Feed = EMPTY_FEED;
  random = 0.5;
  renewals = 0;
  tokenFailure: Error | null = null;

  readonly connection = new Connection(
    {
      clock: this.clock,
      random: () => this.random,
      openSocket: (protocols) => {
        const socket = new FakeSocket();
        this.sockets.push(socket);
        this.protocols.push(protocols);
        return socket;
      },
      tokens: {
        accessToken: () => this.token(),
        renewToken: () => {
          this.renewals += 1;
          return this.token();
        },
      },
    },
    {
      cursor: () => this.feed.cursor,
      apply: (frame) => {
        const step = applyFrame(this.feed, frame);
        this.feed = step.feed;
        return { verdict: step.verdict, live: step.feed.live };
      },
      restart: () => {
        this.feed = EMPTY_FEED;
      },
      authenticated: () => undefined,
      statusChanged: (status) => this.statuses.push(status),
    },
  );

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  get status(): ConnectionStatus {
    return this.statuses.at(-1)!;
  }

  async start(): Promise<void> {
    this.connection.start();
    await settle();
  }

  authenticate(lifetimeMs = 900_000): void {
    this.socket.open();
    const expiresAt = new Date(this.clock.now() + lifetimeMs).toISOString();
    this.socket.receive('authenticated', { subject: 'user1', expiresAt, ledger: 'ledger' });
  }

  answerWatch(head: number): void {
    const watch = this.socket.last('watch')!;
    this.socket.receive('watching', { after: watch.data!.after, head: cursor(head), balances: { user1: '7' } }, watch.id);
  }

  rows(after: number, ...sequences: number[]): void {
    this.socket.receive('transactions', {
      transactions: sequences.map((sequence) => ({
        sequence: String(sequence),
        fromAccount: 'user1',
        toAccount: 'user2',
        amount: '1',
      })),
      after: cursor(after),
      cursor: cursor(sequences.at(-1)!),
      live: true,
    });
  }

  async goLive(): Promise<void> {
    await this.start();
    this.authenticate();
    this.answerWatch(0);
  }

  shown(): number[] {
    return this.feed.rows.map((row) => Number(row.sequence));
  }

  private token(): Promise<string> {
    if (this.tokenFailure !== null) return Promise.reject(this.tokenFailure);
    return Promise.resolve(this.renewals === 0 ? 'token' : `token-${this.renewals}`);
  }
}
