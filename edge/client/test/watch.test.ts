// Tests what a consumer of the log can rely on: its own speed, its position, and being told what is void.

import { beforeEach, describe, expect, it } from 'vitest';
import { LedgercastError } from '../src/index.js';
import { Bench } from './bench.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

describe('batches', () => {
  it('tell at once where the reader stands, what it owns and whether it is live', async () => {
    const { log } = bench.edge;
    bench.edge.post(3);
    await bench.follow({ after: 'now' });
    const cursor = log.cursor(3);
    expect(bench.batches).toEqual([{ transactions: [], after: cursor, cursor, live: true, balances: { user1: log.balanceAt(3) } }]);
  });

  it('follow each other without a gap, with the balance at each cursor', async () => {
    const { log } = bench.edge;
    bench.edge.post(9);
    await bench.follow();
    bench.edge.faults.next.push('repeat', 'overlap');
    await bench.post(2);
    await bench.post(2);
    expect(bench.sequences).toEqual([1, 2, 4, 5, 7, 8, 10, 11, 13]);
    bench.batches.slice(1).forEach(({ after }, index) => expect(after).toBe(bench.batches[index]!.cursor));
    for (const { cursor, balances } of bench.batches) expect(balances.user1).toBe(log.balanceAt(log.sequenceOf(cursor)!));
  });

  it('are acknowledged once they have been applied', async () => {
    const { edge, client } = bench;
    const watch = client.watch();
    edge.post(2);
    await bench.settle();
    const first = await watch.next();
    await bench.settle();
    expect(edge.acks).toEqual([]);
    const second = watch.next();
    await bench.settle();
    expect(edge.acks).toEqual([first.value!.cursor]);
    watch.stop();
    expect((await second).done).toBe(true);
  });
});

describe('a slow consumer', () => {
  it('whose watch the edge has no room for asks again on the same socket', async () => {
    const { edge } = bench;
    edge.post(9);
    edge.faults.crowdedWatches = 2;
    await bench.follow();
    await bench.advance(2_000);
    expect(bench.socket.count('watch')).toBe(3);
    expect(edge.sockets).toHaveLength(1);
    expect(bench.state).toBe('live');
    expect(bench.sequences).toEqual(edge.log.visible(0).map(({ sequence }) => Number(sequence)));
  });

  it('is sent no more than it can hold, and misses nothing', async () => {
    const { edge, client } = bench;
    const watch = client.watch({ bufferTransactionsMax: 10 });
    edge.post(60);
    await bench.settle();
    edge.post(60);
    await bench.settle();
    expect(bench.socket.count('unwatch')).toBe(1);
    expect(bench.socket.count('watch')).toBe(1);
    expect(bench.state).toBe('catchingUp');
    const sequences: number[] = [];
    while (sequences.length < edge.log.visible(0).length) {
      const { value } = await watch.next();
      sequences.push(...value!.transactions.map(({ sequence }) => Number(sequence)));
      await bench.settle();
    }
    expect(sequences).toEqual(edge.log.visible(0).map(({ sequence }) => Number(sequence)));
    expect(bench.socket.count('unwatch')).toBeGreaterThan(3);
    expect(edge.sockets).toHaveLength(1);
    expect(bench.state).toBe('live');
  });

  it('that stands still is not piled up with progress', async () => {
    const { edge, client } = bench;
    const watch = client.watch();
    await bench.settle();
    for (let n = 1; n <= 1_000; n += 1) edge.post(3);
    await bench.settle();
    const { value } = await watch.next();
    expect(value!.transactions.length).toBeGreaterThan(0);
  });

  it('does not keep a socket from being seen alive', async () => {
    bench.client.watch({ bufferTransactionsMax: 1 });
    bench.edge.post(5);
    await bench.advance(600_000);
    expect(bench.edge.sockets).toHaveLength(1);
    expect(bench.socket.count('ping')).toBeGreaterThan(10);
  });
});

describe('a ledger that is another one', () => {
  const restore = async (): Promise<void> => {
    bench.edge.log.name = 'restored';
    await bench.drop(1006);
    await bench.advance(1_000);
  };

  it('ends the watch where nobody says what to do about the copy', async () => {
    await bench.follow();
    await bench.post(2);
    await restore();
    expect(bench.ended).toMatchObject({ code: 'OUT_OF_RANGE', reason: 'CURSOR_UNKNOWN' });
    expect(bench.state).toBe('idle');
    await bench.advance(600_000);
    expect(bench.edge.sockets).toHaveLength(2);
  });

  it('starts again from the beginning once the consumer has dropped its copy', async () => {
    let dropped = (): void => undefined;
    await bench.follow({ onResync: () => new Promise<void>((resolve) => (dropped = resolve)) });
    await bench.post(2);
    await restore();
    expect(bench.sequences).toEqual([1, 2]);
    await bench.drop(1006);
    await bench.advance(10_000);
    expect(bench.socket.count('watch')).toBe(0);
    dropped();
    await bench.settle();
    expect(bench.sequences).toEqual([1, 2, 1, 2]);
    expect(bench.state).toBe('live');
  });

  it('starts again where the consumer says', async () => {
    await bench.follow({ onResync: () => 'now' });
    await bench.post(2);
    await restore();
    await bench.post(2);
    expect(bench.sequences).toEqual([1, 2, 4]);
  });
});

describe('the end', () => {
  it('of a `for await` stops the stream', async () => {
    bench.edge.post(5);
    const watch = bench.client.watch();
    await bench.settle();
    for await (const { live } of watch) if (live) break;
    expect(bench.state).toBe('idle');
    expect(bench.socket.isGone).toBe(true);
    await bench.follow();
    expect(bench.sequences).toEqual([1, 2, 4, 5]);
  });

  it('comes with an error of the consumer, too', async () => {
    const failing = bench.client.watch().forEach(() => {
      throw new Error('the disk is full');
    });
    const failed = expect(failing).rejects.toThrow('the disk is full');
    await bench.settle();
    await failed;
    expect(bench.state).toBe('idle');
  });

  it('is told to whoever waits, with the reason', async () => {
    await bench.follow();
    await bench.drop(4403, 'not yours');
    expect(bench.ended).toBeInstanceOf(LedgercastError);
    expect(bench.state).toBe('closed');
    await bench.follow();
    expect(bench.state).toBe('live');
  });

  it('of the client is for good', async () => {
    await bench.follow();
    bench.client.close();
    await bench.advance(600_000);
    expect(bench.ended).toBe('well');
    expect(bench.states.at(-1)).toBe('closed');
    expect(bench.edge.clock.pendingTimers).toBe(0);
    expect(() => bench.client.watch()).toThrow('closed');
  });

  it('has to come before another beginning', async () => {
    await bench.follow();
    expect(() => bench.client.watch()).toThrow(LedgercastError);
    bench.watch!.stop();
    expect(() => bench.client.watch()).not.toThrow();
  });
});
