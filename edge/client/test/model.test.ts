// Runs random sequences of what the network, the edge and the tokens may do. After each, the consumer must have been
// given the log, each transaction once and in order. What it posted must have been posted once.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connect } from '../src/index.js';
import type { Batch, Client, Transport } from '../src/index.js';
import { FakeEdge } from './fakeEdge.js';
import { SUBJECT, idsOf } from './fakeLog.js';

const RUNS = Number(process.env.LEDGERCAST_MODEL_RUNS ?? 60);
/** The amount of transactions that the consumer posts. The script itself posts other amounts. */
const CREATED_AMOUNT = '7';
const LONG_MS = 20 * 60_000;

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('post' as const), count: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 30_000 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('spoil' as const), how: fc.constantFrom('lose' as const, 'repeat' as const, 'swap' as const, 'overlap' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('create' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), code: fc.constantFrom(1013, 4408, 4409, 4429) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('goAway' as const), ms: fc.integer({ min: 0, max: 5_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('endTokens' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('failTokens' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('offline' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unplug' as const), isTrue: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('away' as const), reason: fc.constantFrom('silence' as const, 'SERVICE_UNAVAILABLE' as const, 'DATABASE_UNAVAILABLE' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('check' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('blockSockets' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('holdEvents' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('slow' as const), ms: fc.integer({ min: 0, max: 500 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('heal' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('hurry' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class World {
  readonly edge: FakeEdge;
  readonly client: Client;
  readonly batches: Batch[] = [];
  readonly created: Promise<{ readonly id: string; readonly sequence: bigint }>[] = [];
  readonly consuming: Promise<void>;
  consumerPauseMs = 0;
  /** The sequence after which the consumer's copy begins. */
  start: number;

  constructor(seed: number, transports: readonly Transport[], after: string) {
    this.edge = new FakeEdge(seed);
    this.edge.post(10);
    this.start = { '': 0, middle: 5, now: 10 }[after]!;
    this.client = connect({ url: 'http://edge', token: this.edge.token, transports, ...this.edge.environment });
    const watch = this.client.watch({
      after: after === 'middle' ? this.edge.log.cursor(5) : after,
      bufferTransactionsMax: 10,
      onResync: () => this.dropCopy(),
    });
    this.consuming = watch.forEach(async (batch) => {
      if (this.consumerPauseMs > 0) await this.edge.clock.pause(this.consumerPauseMs);
      this.batches.push(batch);
    });
  }

  async dropCopy(): Promise<void> {
    await this.edge.clock.pause(this.consumerPauseMs);
    this.batches.length = 0;
    this.start = 0;
  }

  async run(one: Step): Promise<void> {
    const { edge, client } = this;
    switch (one.do) {
      case 'post':
        return edge.post(one.count);
      case 'wait':
        return edge.clock.advance(one.ms);
      case 'spoil':
        return void edge.faults.next.push(one.how);
      case 'create':
        return void this.created.push(client.createTransaction({ fromAccount: SUBJECT, toAccount: 'other2', amount: BigInt(CREATED_AMOUNT) }));
      case 'cut':
        return edge.cut();
      case 'close':
        return edge.sockets.forEach((socket) => socket.hangUp(one.code, ''));
      case 'goAway':
        return edge.goAway(one.ms);
      case 'endTokens':
        return edge.endTokens();
      case 'failTokens':
        return void (edge.tokenFailures = one.count);
      case 'offline':
        return void (edge.faults.isOffline = true);
      case 'unplug':
        // A device may be wrong about its network.
        if (one.isTrue) edge.faults.isOffline = true;
        return edge.network.set(false);
      case 'away':
        return void (edge.faults.away = one.reason);
      case 'check':
        return void client.check();
      case 'blockSockets':
        return void (edge.faults.areSocketsBlocked = true);
      case 'holdEvents':
        return void (edge.faults.areEventsHeld = true);
      case 'slow':
        edge.faults.latencyMaxMs = one.ms;
        this.consumerPauseMs = one.ms / 4;
        return undefined;
      case 'heal':
        return edge.heal();
      case 'hurry':
        return client.hurry();
      case 'restore':
        edge.log.name = `${edge.log.name}x`;
        return edge.cut();
    }
  }
}

function check({ edge, batches, start }: World): void {
  const received = batches.flatMap(({ transactions }) => transactions);
  expect(idsOf(received)).toEqual(idsOf(edge.log.visible(start)));
  batches.slice(1).forEach((batch, index) => expect(batch.after).toBe(batches[index]!.cursor));
  for (const { balances, cursor } of batches) {
    const balance = balances[SUBJECT];
    if (balance !== undefined) expect(balance).toBe(edge.log.balanceAt(edge.log.sequenceOf(cursor)!));
  }
}

describe.each([
  { name: 'by whatever gets through', transports: ['websocket', 'sse', 'poll'] },
  { name: 'by socket', transports: ['websocket'] },
  { name: 'by events', transports: ['sse'] },
  { name: 'by polls', transports: ['poll'] },
] as const)('after any script, $name', ({ transports }) => {
  it.each(['', 'middle', 'now'])('what was read from %j is the log, once and in order', async (after) => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(step, { maxLength: 40 }), async (seed, script) => {
        const world = new World(seed, transports, after);
        const { edge, client } = world;
        await edge.clock.advance(after === 'now' ? 1_000 : 0);
        for (const one of script) await world.run(one);
        edge.heal();
        edge.post(3);
        await edge.clock.advance(LONG_MS);
        expect(client.status.state).toBe('live');
        expect(client.status.broken).toBeUndefined();
        check(world);
        const created = await Promise.all(world.created);
        expect(new Set(created.map(({ id }) => id)).size).toBe(world.created.length);
        expect(edge.log.countOf(CREATED_AMOUNT)).toBe(world.created.length);
        client.close();
        await world.consuming;
        await edge.clock.advance(LONG_MS);
        expect(edge.clock.pendingTimers).toBe(0);
      }),
      { numRuns: RUNS },
    );
  });
});
