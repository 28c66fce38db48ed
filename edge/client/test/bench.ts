// Holds a client of a fake edge, and records what the client received and reported.

import { connect } from '../src/index.js';
import type { Batch, Client, ConnectOptions, State, Watch, WatchOptions } from '../src/index.js';
import { FakeEdge } from './fakeEdge.js';
import type { FakeSocket } from './fakeSocket.js';

export class Bench {
  readonly edge = new FakeEdge();
  readonly client: Client;
  readonly batches: Batch[] = [];
  readonly states: State[] = [];
  watch: Watch | null = null;
  /** How the watch ended; null if it has not ended. */
  ended: 'well' | unknown = null;

  constructor(options: Partial<ConnectOptions> = {}) {
    this.client = connect({ url: 'http://edge', token: this.edge.token, ...this.edge.environment, random: () => 0.5, ...options });
    this.client.on('state', ({ state }) => this.states.push(state));
  }

  get socket(): FakeSocket {
    return this.edge.socket;
  }

  get state(): State {
    return this.client.status.state;
  }

  get sequences(): number[] {
    return this.batches.flatMap(({ transactions }) => transactions.map(({ sequence }) => Number(sequence)));
  }

  async follow(options: WatchOptions = {}): Promise<void> {
    this.watch = this.client.watch(options);
    this.watch.forEach((batch) => void this.batches.push(batch)).then(
      () => (this.ended = 'well'),
      (error: unknown) => (this.ended = error),
    );
    await this.settle();
  }

  settle(): Promise<void> {
    return this.edge.clock.advance(0);
  }

  advance(ms: number): Promise<void> {
    return this.edge.clock.advance(ms);
  }

  async post(count = 1): Promise<void> {
    this.edge.post(count);
    await this.settle();
  }

  async drop(code: number, reason = ''): Promise<void> {
    this.socket.hangUp(code, reason);
    await this.settle();
  }

  async tell(frame: object): Promise<void> {
    this.socket.tell(frame);
    await this.settle();
  }
}
