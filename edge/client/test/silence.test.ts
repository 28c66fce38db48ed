// Tests how long a live watch may be silent, and what the client asks of the edge so that a working one is not.

import { beforeEach, describe, expect, it } from 'vitest';
import type { ConnectOptions } from '../src/index.js';
import { PONG_TIMEOUT_MS } from '../src/link.js';
import { Bench } from './bench.js';

const DEFAULT_MS = 40_000;
const POLL_SILENCE_MS = 35_000;
/** Pairs of options and the limit that they give for sockets and event streams. */
const LIMITS = [
  [{}, DEFAULT_MS],
  [{ silenceMaxMs: 1_000 }, 1_000],
  [{ silenceMaxMs: 15_000 }, 15_000],
  [{ silenceMaxMs: 60_000 }, 60_000],
] as const;

let bench: Bench;

describe.each(LIMITS)('with %j, a socket', (options, limitMs) => {
  beforeEach(async () => {
    bench = new Bench(options);
    bench.edge.isMute = true;
    await bench.follow();
  });

  it(`is asked after ${limitMs} ms of silence, no sooner, and stays if it answers`, async () => {
    await bench.advance(limitMs - 1);
    expect(bench.socket.count('ping')).toBe(0);
    await bench.advance(1);
    expect(bench.socket.count('ping')).toBe(1);
    await bench.advance(10 * limitMs);
    expect(bench.edge.sockets).toHaveLength(1);
    expect(bench.state).toBe('live');
  });

  it('is left if it does not answer', async () => {
    bench.edge.faults.isOffline = true;
    await bench.advance(limitMs + PONG_TIMEOUT_MS - 1);
    expect(bench.state).toBe('live');
    await bench.advance(1);
    expect(bench.state).toBe('waiting');
  });
});

it.each(LIMITS)('with %j, an event stream is left after %i ms of silence, and no sooner', async (options, limitMs) => {
  bench = new Bench({ transports: ['sse'], ...options });
  bench.edge.isMute = true;
  await bench.follow();
  await bench.advance(limitMs - 1);
  expect(bench.state).toBe('live');
  await bench.advance(1);
  expect(bench.state).toBe('waiting');
});

it.each(LIMITS)('with %j, a poll is left after 35,000 ms of silence, its own limit', async (options) => {
  bench = new Bench({ transports: ['poll'], ...options });
  await bench.follow();
  bench.edge.faults.isOffline = true;
  // The running poll is still answered.
  await bench.advance(25_000);
  await bench.advance(POLL_SILENCE_MS - 1);
  expect(bench.state).toBe('live');
  await bench.advance(1);
  expect(bench.state).toBe('waiting');
});

describe.each([{}, { silenceMaxMs: 30_000 }, { silenceMaxMs: 29_999 }, { silenceMaxMs: 15_000 }, { silenceMaxMs: 6_000 }])('on a quiet ledger, with %j,', (options) => {
  it('a sound socket is never in doubt', async () => {
    bench = new Bench(options);
    await bench.follow();
    await bench.post();
    await bench.advance(600_000);
    expect(bench.socket.count('ping')).toBe(0);
    expect(bench.edge.sockets).toHaveLength(1);
  });

  it('a sound event stream is never in doubt', async () => {
    bench = new Bench({ transports: ['sse'], ...options });
    await bench.follow();
    await bench.post();
    await bench.advance(600_000);
    expect(bench.edge.http.count('GET /v1/events')).toBe(1);
    expect(bench.state).toBe('live');
  });
});

/** Returns what the client asks for in the watches of two sockets, one after the other, and in the query of an event stream. */
async function asked(options: Partial<ConnectOptions>): Promise<(string | null)[]> {
  bench = new Bench(options);
  await bench.follow();
  await bench.drop(1006);
  await bench.advance(250);
  const watches = bench.edge.sockets.map((socket) => socket.last('watch')!.data!);
  bench = new Bench({ transports: ['sse'], ...options });
  await bench.follow();
  return [...watches.map(({ progressInterval }) => progressInterval ?? null), bench.edge.http.query.get('progressInterval')];
}

it.each([
  [29_999, '5s'],
  [15_000, '5s'],
  [14_999, '4.999s'],
  [10_000, '3.333s'],
  [1_000, '0.333s'],
])('asks for progress a third of the limit apart, 5 s at most: with %i ms, %s', async (silenceMaxMs, interval) => {
  expect(await asked({ silenceMaxMs })).toEqual([interval, interval, interval]);
});

it.each([{}, { silenceMaxMs: 30_000 }, { silenceMaxMs: 60_000 }])('asks for no progress where what comes by itself is enough: with %j', async (options) => {
  expect(await asked(options)).toEqual([null, null, null]);
});

it('asks for no progress by polls, however short the limit', async () => {
  bench = new Bench({ transports: ['poll'], silenceMaxMs: 1_000 });
  await bench.follow();
  expect(bench.edge.http.query.has('after')).toBe(true);
  expect(bench.edge.http.query.has('progressInterval')).toBe(false);
});

it.each(['15000', '15s', null, NaN, 999, 0, -1])('refuses %s as the limit, and names the option', (value) => {
  const silenceMaxMs = value as unknown as number;
  const refusal = { code: 'INVALID_ARGUMENT', metadata: { field: 'silenceMaxMs' }, message: 'silenceMaxMs: must be a number of at least 1000' };
  expect(() => new Bench({ silenceMaxMs })).toThrow(expect.objectContaining(refusal));
});
