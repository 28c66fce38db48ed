// Tests which leg of the way is reported as broken, and what the client does when its device loses its network and
// gets it back.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemNetwork } from '../src/environment.js';
import { HANDSHAKE_TIMEOUT_MS } from '../src/link.js';
import { LedgercastError } from '../src/index.js';
import type { Leg } from '../src/index.js';
import { Bench } from './bench.js';
import { refusal } from './fakeHttp.js';

const TRANSFER = { fromAccount: 'user1', toAccount: 'other2', amount: 7n };
const TRANSPORTS = ['websocket', 'sse', 'poll'] as const;

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

const broken = (): Leg | undefined => bench.client.status.broken;

/** Takes the device's network away, so that nothing gets through. */
function unplug(): void {
  bench.edge.faults.isOffline = true;
  bench.edge.network.set(false);
}

/** Waits for something that the client does by itself until it is settled. */
async function settled<T>(promise: Promise<T>): Promise<T> {
  await bench.settle();
  return promise;
}

it('names no leg while all is well', async () => {
  await bench.follow();
  await bench.post(2);
  await settled(bench.client.createTransaction(TRANSFER));
  expect('broken' in bench.client.status).toBe(false);
  expect(await settled(bench.client.check())).toBeUndefined();
});

describe('a device without a network', () => {
  it.each(TRANSPORTS)('is told of in the same moment, by %s', async (transport) => {
    bench = new Bench({ transports: [transport] });
    await bench.follow();
    unplug();
    expect(bench.client.status).toMatchObject({ state: 'waiting', broken: 'here', error: { reason: 'UNREACHABLE' } });
  });

  it.each(TRANSPORTS)('is connected in the moment in which it has one again, by %s, and nothing is lost', async (transport) => {
    bench = new Bench({ transports: [transport] });
    await bench.follow();
    unplug();
    await bench.advance(10 * 60_000);
    expect(broken()).toBe('here');
    bench.edge.post(5);
    bench.edge.heal();
    await bench.settle();
    expect(bench.state).toBe('live');
    expect('broken' in bench.client.status).toBe(false);
    expect(bench.sequences).toEqual([1, 2, 4, 5]);
  });

  it('is told of from the beginning, and tries all the same', async () => {
    unplug();
    bench = new Bench({ network: bench.edge.network });
    expect(bench.client.status).toMatchObject({ state: 'idle', broken: 'here' });
    await bench.follow();
    expect(bench.client.status).toMatchObject({ state: 'live' });
  });

  it('is believed less than what comes over the way', async () => {
    await bench.follow();
    bench.edge.network.set(false);
    expect(broken()).toBe('here');
    await bench.advance(250);
    expect(bench.state).toBe('live');
    expect(broken()).toBeUndefined();
  });

  it('does not cut short the time that the server named', async () => {
    await bench.follow();
    await bench.tell({ state: 'goingAway', data: { reconnectAfterMs: '3000' } });
    await bench.drop(1001);
    expect(broken()).toBeUndefined();
    bench.edge.network.set(false);
    expect(bench.client.status).toMatchObject({ state: 'waiting', isAskedToWait: true, broken: 'here' });
    bench.edge.network.set(true);
    await bench.advance(2_999);
    expect(bench.client.status.state).toBe('waiting');
    await bench.advance(1);
    expect(bench.state).toBe('live');
  });

  it('posts once, in the moment in which it has one again', async () => {
    unplug();
    const posting = bench.client.createTransaction(TRANSFER);
    await bench.advance(10 * 60_000);
    expect(broken()).toBe('here');
    bench.edge.heal();
    await bench.settle();
    expect(bench.edge.log.countOf('7')).toBe(1);
    expect((await posting).amount).toBe(7n);
    expect(broken()).toBeUndefined();
  });

  it('does not wait for the answer to what it sent before', async () => {
    bench.edge.faults.away = 'silence';
    const posting = bench.client.createTransaction(TRANSFER);
    await bench.settle();
    bench.edge.network.set(false);
    await bench.settle();
    bench.edge.faults.away = '';
    bench.edge.network.set(true);
    await bench.settle();
    expect((await posting).amount).toBe(7n);
  });

  it('is nothing to a client that is closed', async () => {
    await bench.follow();
    expect(bench.edge.network.listenerCount).toBe(1);
    bench.edge.network.set(false);
    bench.client.close();
    expect('broken' in bench.client.status).toBe(false);
    expect(bench.edge.network.listenerCount).toBe(0);
    expect(bench.edge.clock.pendingTimers).toBe(0);
  });
});

describe('an edge that cannot be reached', () => {
  it('is named until it is reached', async () => {
    bench.edge.faults.isOffline = true;
    await bench.follow();
    expect(broken()).toBeUndefined();
    await bench.advance(HANDSHAKE_TIMEOUT_MS);
    expect(bench.client.status).toMatchObject({ state: 'waiting', broken: 'edge' });
    await bench.advance(250);
    expect(bench.client.status).toMatchObject({ state: 'connecting', broken: 'edge' });
    bench.edge.heal();
    await bench.advance(60_000);
    expect(bench.state).toBe('live');
    expect(broken()).toBeUndefined();
  });

  it.each([1006, 1011, 1014])('is one whose socket ends with %i, which no edge says', async (code) => {
    await bench.follow();
    await bench.drop(code);
    expect(broken()).toBe('edge');
  });

  it.each([1001, 1013, 4408, 4409, 4429])('is none that ends a socket with %i', async (code) => {
    await bench.follow();
    await bench.drop(code);
    expect(bench.client.status).toMatchObject({ state: 'waiting' });
    expect(broken()).toBeUndefined();
  });

  it('is one for which a proxy answers', async () => {
    bench.edge.http.answers.push(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
    const posting = bench.client.createTransaction(TRANSFER);
    await bench.settle();
    expect(broken()).toBe('edge');
    await bench.advance(1_000);
    await posting;
    expect(broken()).toBeUndefined();
  });

  it('is one that no token can be had from, but not one beside which a provider of its own fails', async () => {
    for (const [error, leg] of [
      [new LedgercastError('UNAVAILABLE', 'UNREACHABLE', 'no answer'), 'edge'],
      [new LedgercastError('UNAVAILABLE', 'DATABASE_UNAVAILABLE', 'away'), 'database'],
      [new Error('the provider is away'), undefined],
    ] as const) {
      bench = new Bench({ token: () => Promise.reject(error) });
      await bench.follow();
      expect(bench.state).toBe('waiting');
      expect(broken()).toBe(leg);
    }
  });
});

describe.each([
  ['SERVICE_UNAVAILABLE', 'service'],
  ['DATABASE_UNAVAILABLE', 'database'],
] as const)('%s', (reason, leg) => {
  it.each(TRANSPORTS)('says that the %s is away, while the stream by %s goes on', async (transport) => {
    bench = new Bench({ transports: [transport] });
    await bench.follow();
    bench.edge.faults.away = reason;
    const posting = bench.client.createTransaction(TRANSFER);
    await bench.settle();
    expect(bench.client.status).toMatchObject({ state: 'live', broken: leg });
    bench.edge.faults.away = '';
    await bench.advance(30_000);
    await posting;
    expect(broken()).toBeUndefined();
  });

  it('is asked about again, more and more seldom, until it is over', async () => {
    await bench.follow();
    bench.edge.faults.away = reason;
    expect(await settled(bench.client.check())).toBe(leg);
    await bench.advance(600_000);
    expect(bench.client.status).toMatchObject({ state: 'live', broken: leg });
    expect(bench.socket.count('listTransactions')).toBeGreaterThan(30);
    expect(bench.socket.count('listTransactions')).toBeLessThan(90);
    bench.edge.faults.away = '';
    await bench.advance(20_000);
    expect(broken()).toBeUndefined();
    const asked = bench.socket.count('listTransactions');
    await bench.advance(600_000);
    expect(bench.socket.count('listTransactions')).toBe(asked);
  });

  it('is over with the next transaction', async () => {
    await bench.follow();
    bench.edge.faults.away = reason;
    await settled(bench.client.check());
    await bench.post();
    expect(broken()).toBeUndefined();
  });

  it.each(['sse', 'poll'] as const)('is why no stream can be had, by %s', async (transport) => {
    bench = new Bench({ transports: [transport] });
    bench.edge.http.answers.push(() => refusal(503, 'UNAVAILABLE', reason));
    await bench.follow();
    expect(bench.client.status).toMatchObject({ state: 'waiting', broken: leg });
    await bench.advance(60_000);
    expect(bench.state).toBe('live');
    expect(broken()).toBeUndefined();
  });

  it('says nothing of a service that is full, or of two transactions in each other’s way', async () => {
    const code = leg === 'service' ? 'RESOURCE_EXHAUSTED' : 'ABORTED';
    bench.edge.http.answers.push(() => refusal(409, code, reason));
    const posting = bench.client.createTransaction(TRANSFER);
    await bench.settle();
    expect(broken()).toBeUndefined();
    await bench.advance(1_000);
    await posting;
  });

  it('is forgotten with the watch: nothing would notice that it is over', async () => {
    await bench.follow();
    bench.edge.faults.away = reason;
    await settled(bench.client.check());
    bench.watch!.stop();
    expect(bench.client.status.state).toBe('idle');
    expect(broken()).toBeUndefined();
    expect(bench.edge.clock.pendingTimers).toBe(0);
  });
});

it('takes an edge that answers nothing for its service for one whose service is away', async () => {
  await bench.follow();
  bench.edge.faults.away = 'silence';
  const checked = bench.client.check();
  await bench.advance(5_000);
  expect(await checked).toBe('service');
  bench.edge.faults.away = '';
  await bench.advance(20_000);
  expect(broken()).toBeUndefined();
});

it('asks about the ledger with a new token where the last one has ended', async () => {
  bench.edge.faults.away = 'DATABASE_UNAVAILABLE';
  bench.edge.http.answers.push(() => refusal(401, 'UNAUTHENTICATED', 'TOKEN_EXPIRED'));
  expect(await settled(bench.client.check())).toBe('database');
});

describe('the platform', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('of a browser says when its network changes', () => {
    const events = new EventTarget();
    const navigator = { onLine: false };
    vi.stubGlobal('navigator', navigator);
    vi.stubGlobal('addEventListener', events.addEventListener.bind(events));
    vi.stubGlobal('removeEventListener', events.removeEventListener.bind(events));
    const heard: boolean[] = [];
    const stop = systemNetwork.listen(() => heard.push(systemNetwork.isOnline()));
    events.dispatchEvent(new Event('offline'));
    navigator.onLine = true;
    events.dispatchEvent(new Event('online'));
    stop();
    events.dispatchEvent(new Event('offline'));
    expect(heard).toEqual([false, true]);
  });

  it.each([undefined, {}])('without such events is online, with %j as its navigator', (navigator) => {
    vi.stubGlobal('navigator', navigator);
    vi.stubGlobal('addEventListener', undefined);
    expect(systemNetwork.isOnline()).toBe(true);
    expect(() => systemNetwork.listen(() => undefined)()).not.toThrow();
  });
});
