import { beforeEach, describe, expect, it } from 'vitest';
import { HANDSHAKE_TIMEOUT_MS, LATER_MS, PONG_TIMEOUT_MS, SILENCE_MAX_MS } from '../src/connection';
import { EMPTY_FEED } from '../src/feed';
import { SignedOutError } from '../src/tokens';
import { Bench } from './connectionBench';
import { cursor, settle } from './fakes';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

describe('coming up', () => {
  it('authenticates by the first frame, watches from the beginning, goes live', async () => {
    await bench.start();
    expect(bench.protocols).toEqual([['ledgercast.v1']]);
    expect(bench.status.kind).toBe('connecting');
    bench.socket.open();
    expect(bench.socket.sent).toEqual([{ state: 'authenticate', data: { token: 'token' } }]);
    bench.authenticate();
    expect(bench.socket.last('watch')?.data).toEqual({ after: '' });
    expect(bench.status.kind).toBe('catchingUp');
    bench.answerWatch(2);
    bench.rows(0, 1, 2);
    expect(bench.status.kind).toBe('live');
    expect(bench.shown()).toEqual([2, 1]);
  });

  it('ignores states that a newer server may send', async () => {
    await bench.goLive();
    bench.socket.receive('weather', { sunny: true });
    expect(bench.status.kind).toBe('live');
  });

  it('gives up on a socket that does not get anywhere', async () => {
    await bench.start();
    await bench.clock.advance(HANDSHAKE_TIMEOUT_MS);
    expect(bench.sockets[0]?.isClosedByClient).toBe(true);
    expect(bench.status.kind).toBe('waiting');
  });
});

describe('resuming', () => {
  it('watches from the last cursor after a break', async () => {
    await bench.goLive();
    bench.rows(0, 1, 2);
    bench.socket.drop(1006);
    expect(bench.status).toMatchObject({ kind: 'waiting', untilMs: bench.clock.now() + 250 });
    await bench.clock.advance(250);
    bench.authenticate();
    expect(bench.sockets).toHaveLength(2);
    expect(bench.socket.last('watch')?.data).toEqual({ after: cursor(2) });
    bench.answerWatch(3);
    bench.rows(2, 3);
    expect(bench.shown()).toEqual([3, 2, 1]);
  });

  it('watches again from its own position at a gap, and drops frames of the old watch', async () => {
    await bench.goLive();
    bench.rows(0, 1);
    bench.rows(3, 4);
    expect(bench.socket.last('watch')).toMatchObject({ data: { after: cursor(1) }, id: 'watch-2' });
    bench.rows(4, 5);
    expect(bench.socket.count('watch')).toBe(2);
    bench.socket.receive('watching', { after: '', head: cursor(5) }, 'watch-1');
    bench.rows(0, 1, 2);
    expect(bench.shown()).toEqual([1]);
    bench.answerWatch(5);
    bench.rows(1, 2, 3, 4, 5);
    expect(bench.shown()).toEqual([5, 4, 3, 2, 1]);
  });

  it('does not ask on and on where the gap stays', async () => {
    await bench.goLive();
    bench.rows(0, 1);
    bench.rows(3, 4);
    bench.answerWatch(4);
    bench.rows(3, 4);
    expect(bench.socket.count('watch')).toBe(2);
    expect(bench.status.kind).toBe('waiting');
  });

  it.each(['resync frame', 'error'])('starts again from the beginning on CURSOR_UNKNOWN (%s)', async (form) => {
    await bench.goLive();
    bench.rows(0, 1, 2);
    if (form === 'error') {
      bench.socket.receiveText('{"state":"watch","error":{"code":"OUT_OF_RANGE","reason":"CURSOR_UNKNOWN"}}');
    } else {
      bench.socket.receive('resync', { reason: 'CURSOR_UNKNOWN', head: cursor(1) });
    }
    expect(bench.feed).toEqual(EMPTY_FEED);
    expect(bench.socket.last('watch')?.data).toEqual({ after: '' });
    bench.answerWatch(1);
    bench.rows(0, 1);
    expect(bench.shown()).toEqual([1]);
  });

  it('reconnects on a frame that makes no sense', async () => {
    await bench.goLive();
    bench.socket.receiveText('{"state":"transactions","data":{"transactions":[{"sequence":"x"}]}}');
    expect(bench.status.kind).toBe('waiting');
    expect(bench.shown()).toEqual([]);
  });
});

describe('backoff', () => {
  it('doubles its bound with full jitter up to the cap, and starts anew after progress', async () => {
    await bench.goLive();
    bench.random = 1;
    const waits: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      bench.socket.drop(1006);
      const { status } = bench;
      if (status.kind !== 'waiting') throw new Error(status.kind);
      waits.push(status.untilMs - bench.clock.now());
      await bench.clock.advance(status.untilMs - bench.clock.now());
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
    bench.authenticate();
    bench.answerWatch(1);
    bench.rows(0, 1);
    bench.random = 0.1;
    bench.socket.drop(1006);
    expect(bench.status).toMatchObject({ untilMs: bench.clock.now() + 50 });
  });

  it('is cut short when the network comes back, unless the server named the wait', async () => {
    await bench.goLive();
    bench.socket.drop(1006);
    bench.connection.hurry();
    await settle();
    expect(bench.sockets).toHaveLength(2);
    bench.socket.receive('goingAway', { reconnectAfterMs: '3000', cursor: '' });
    bench.socket.drop(1001);
    bench.connection.hurry();
    await settle();
    expect(bench.sockets).toHaveLength(2);
    await bench.clock.advance(2999);
    expect(bench.sockets).toHaveLength(2);
    await bench.clock.advance(1);
    expect(bench.sockets).toHaveLength(3);
  });
});

describe('close codes', () => {
  it.each([1003, 1007, 1009, 4400, 4403])('%i ends it', async (code) => {
    await bench.goLive();
    bench.socket.drop(code, 'why');
    expect(bench.status).toEqual({ kind: 'stopped', message: 'why' });
    await bench.clock.advance(600_000);
    expect(bench.sockets).toHaveLength(1);
  });

  it.each([1000, 1001, 1006, 1011, 4408, 4409])('%i comes back after the backoff', async (code) => {
    await bench.goLive();
    bench.socket.drop(code);
    await bench.clock.advance(250);
    expect(bench.sockets).toHaveLength(2);
    expect(bench.renewals).toBe(0);
  });

  it.each([4429, 1013])('%i comes back later', async (code) => {
    await bench.goLive();
    bench.socket.drop(code);
    await bench.clock.advance(LATER_MS);
    expect(bench.sockets).toHaveLength(1);
    await bench.clock.advance(250);
    expect(bench.sockets).toHaveLength(2);
  });

  it('4401 comes back with a new token', async () => {
    await bench.goLive();
    bench.socket.drop(4401);
    await bench.clock.advance(250);
    bench.socket.open();
    expect(bench.socket.last('authenticate')?.data).toEqual({ token: 'token-1' });
  });

  it('4401 for a token just renewed signs out', async () => {
    await bench.goLive();
    bench.socket.drop(4401);
    await bench.clock.advance(250);
    bench.socket.open();
    bench.socket.drop(4401);
    expect(bench.status.kind).toBe('signedOut');
  });
});

describe('tokens', () => {
  it('signs out where the session is over', async () => {
    bench.tokenFailure = new SignedOutError();
    await bench.start();
    expect(bench.status.kind).toBe('signedOut');
    expect(bench.sockets).toHaveLength(0);
  });

  it('keeps trying where no token could be fetched', async () => {
    bench.tokenFailure = new Error('network');
    await bench.start();
    expect(bench.status.kind).toBe('waiting');
    bench.tokenFailure = null;
    await bench.clock.advance(250);
    expect(bench.sockets).toHaveLength(1);
  });

  it('are refreshed on the open socket before they end', async () => {
    await bench.start();
    bench.authenticate(100_000);
    bench.answerWatch(0);
    const refreshed = () => bench.socket.last('refresh')?.data;
    for (let elapsedMs = 0; elapsedMs < 75_000; elapsedMs += 5000) {
      expect(refreshed()).toBeUndefined();
      await bench.clock.advance(5000);
      bench.socket.receive('pong');
    }
    expect(refreshed()).toEqual({ token: 'token-1' });
    bench.socket.receive('authenticated', { expiresAt: new Date(bench.clock.now() + 100_000).toISOString() });
    expect(bench.socket.count('watch')).toBe(1);
  });

  it('are refreshed when the server asks', async () => {
    await bench.goLive();
    bench.socket.receive('reauthenticate', { expiresAt: new Date(bench.clock.now() + 30_000).toISOString() });
    await settle();
    expect(bench.socket.last('refresh')?.data).toEqual({ token: 'token-1' });
  });

  it('fetched for a socket that is gone are not sent', async () => {
    await bench.goLive();
    bench.socket.receive('reauthenticate', { expiresAt: new Date(bench.clock.now() + 30_000).toISOString() });
    bench.socket.drop(1006);
    await bench.clock.advance(250);
    expect(bench.sockets.map((socket) => socket.count('refresh'))).toEqual([0, 0]);
  });
});

describe('silence', () => {
  it('is asked about, and an answer keeps the socket', async () => {
    await bench.goLive();
    await bench.clock.advance(SILENCE_MAX_MS);
    expect(bench.socket.count('ping')).toBe(1);
    bench.socket.receive('pong');
    await bench.clock.advance(PONG_TIMEOUT_MS);
    expect(bench.sockets).toHaveLength(1);
    expect(bench.status.kind).toBe('live');
  });

  it('without an answer is a broken connection', async () => {
    await bench.goLive();
    await bench.clock.advance(SILENCE_MAX_MS + PONG_TIMEOUT_MS);
    expect(bench.sockets[0]?.isClosedByClient).toBe(true);
    expect(bench.status.kind).toBe('waiting');
  });
});

describe('signing out', () => {
  it('closes the socket and stays away', async () => {
    await bench.goLive();
    bench.connection.close();
    expect(bench.socket.isClosedByClient).toBe(true);
    expect(bench.status.kind).toBe('signedOut');
    await bench.clock.advance(600_000);
    expect(bench.sockets).toHaveLength(1);
  });

  it('while a token is being fetched opens no socket', async () => {
    bench.connection.start();
    bench.connection.close();
    await settle();
    expect(bench.sockets).toHaveLength(0);
  });
});
