import type { Leg, Status } from '@ledgercast/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inWords, kindOf, spoken } from '../src/model/connection';
import { Probe } from '../src/model/probe';

const NOW_MS = 1_000_000;

const LIVE: Status = {
  state: 'live',
  transport: 'websocket',
  position: 1200n,
  from: 0n,
  head: 1200n,
  retryAtMs: null,
  isAskedToWait: false,
  delayMs: null,
  subject: 'user1',
  isAdmin: false,
  error: null,
};

const seen = (change: Partial<Status>): [kind: string, words: string, spoken: string] => {
  const status = { ...LIVE, ...change };
  return [kindOf(status), inWords(status, NOW_MS), spoken(status)];
};

describe('the connection’s state', () => {
  it('is shown without a reason while all is well', () => {
    expect(seen({})).toEqual(['live', 'Live', 'Live']);
    expect(seen({ state: 'connecting' })).toEqual(['connecting', 'Connecting', 'Connecting']);
    expect(seen({ state: 'catchingUp', position: 200n })).toEqual(['catchingUp', 'Catching up from 200 to 1,200', 'Catching up']);
    expect(kindOf(null)).toBe('signedOut');
    expect(seen({ state: 'signedOut', broken: 'here' })[0]).toBe('signedOut');
  });

  it.each(['live', 'catchingUp', 'connecting', 'waiting', 'idle'] as const)('says that this device has no network, while it is %s', (state) => {
    const words = 'This device has no network';
    expect(seen({ state, broken: 'here', retryAtMs: NOW_MS + 3_000 })).toEqual(['offline', words, words]);
  });

  it.each([
    ['service', 'The ledger does not answer: its service is away'],
    ['database', 'The ledger does not answer: its database is away'],
  ] as const)('names the %s behind an edge that is there', (broken, words) => {
    expect(seen({ broken })).toEqual(['away', words, words]);
    expect(seen({ state: 'catchingUp', broken })[1]).toBe(words);
  });

  it.each([
    ['edge', 'The edge cannot be reached'],
    ['service', 'The ledger does not answer: its service is away'],
    ['database', 'The ledger does not answer: its database is away'],
  ] as const)('names the %s where that is why it waits, and reads out neither countdown nor attempts', (broken: Leg, why) => {
    const lost = `${why}. Connection lost, reconnecting`;
    expect(seen({ state: 'waiting', retryAtMs: NOW_MS + 2_500, broken })).toEqual(['waiting', `${why}. Reconnecting in 3 s`, lost]);
    expect(seen({ state: 'connecting', broken })).toEqual(['connecting', `${why}. Connecting`, lost]);
  });

  it('says that it waits where no leg is broken: the server asked it to', () => {
    expect(seen({ state: 'waiting', retryAtMs: NOW_MS + 2_500 })).toEqual(['waiting', 'Reconnecting in 3 s', 'Connection lost, reconnecting']);
  });
});

describe('the page asks whether the ledger answers', () => {
  let status: Status;
  let asked: number;
  let probe: Probe;
  const page = { visibilityState: 'visible' };

  beforeEach(() => {
    vi.useFakeTimers();
    page.visibilityState = 'visible';
    vi.stubGlobal('document', page);
    status = LIVE;
    asked = 0;
    const check = () => {
      asked += 1;
      return Promise.resolve(status.broken);
    };
    probe = new Probe({ check, get status() { return status; } });
  });
  afterEach(() => {
    probe.stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('while its stream is quiet, and more often while a leg behind the edge is broken', async () => {
    await vi.advanceTimersByTimeAsync(80_000);
    expect(asked).toBe(10);
    status = { ...LIVE, broken: 'database' };
    await vi.advanceTimersByTimeAsync(8_000);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked).toBe(21);
  });

  it('not while transactions come in, while it is hidden, or without a connection', async () => {
    for (let n = 0; n < 40; n += 1) {
      probe.news();
      await vi.advanceTimersByTimeAsync(2_000);
    }
    page.visibilityState = 'hidden';
    await vi.advanceTimersByTimeAsync(80_000);
    page.visibilityState = 'visible';
    status = { ...LIVE, state: 'waiting', broken: 'edge' };
    await vi.advanceTimersByTimeAsync(80_000);
    expect(asked).toBe(0);
  });

  it('no more once it is stopped', async () => {
    probe.stop();
    await vi.advanceTimersByTimeAsync(80_000);
    expect(asked).toBe(0);
  });
});
