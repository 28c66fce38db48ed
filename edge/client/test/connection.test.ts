import { beforeEach, describe, expect, it } from 'vitest';
import { LATER_MS } from '../src/connection.js';
import { HANDSHAKE_TIMEOUT_MS } from '../src/link.js';
import { LedgercastError } from '../src/index.js';
import { Tokens } from '../src/tokens.js';
import { Bench } from './bench.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

describe('coming up', () => {
  it('authenticates by the first frame, watches from the beginning, goes live', async () => {
    bench.edge.post(5);
    await bench.follow();
    expect(bench.socket.url).toBe('ws://edge/v1/stream');
    expect(bench.socket.protocols).toEqual(['ledgercast.v1']);
    expect(bench.socket.sent.slice(0, 2)).toEqual([
      { state: 'authenticate', data: { token: 'token-1' } },
      { state: 'watch', data: { after: '', accounts: [] }, id: 'watch-1' },
    ]);
    expect(bench.states).toEqual(['connecting', 'catchingUp', 'live']);
    expect(bench.sequences).toEqual([1, 2, 4, 5]);
    expect(bench.client.status).toMatchObject({ transport: 'websocket', subject: 'user1', isAdmin: false, position: 5n, head: 5n, delayMs: null });
  });

  it('says how long a transaction was on its way', async () => {
    await bench.follow();
    const createTime = new Date(bench.edge.clock.now() - 42).toISOString();
    const { log } = bench.edge;
    const transactions = [{ ...log.post('one'), createTime }];
    await bench.tell({ state: 'transactions', data: { transactions, after: log.cursor(0), cursor: log.cursor(1), live: true } });
    expect(bench.client.status.delayMs).toBe(42);
  });

  it('ignores states that a newer server may send', async () => {
    await bench.follow();
    await bench.tell({ state: 'weather', data: { sunny: true } });
    expect(bench.state).toBe('live');
  });

  it('gives up on a socket that does not get anywhere', async () => {
    bench.edge.faults.isOffline = true;
    await bench.follow();
    await bench.advance(HANDSHAKE_TIMEOUT_MS);
    expect(bench.socket.isGone).toBe(true);
    expect(bench.state).toBe('waiting');
  });
});

describe('resuming', () => {
  it('watches from the last cursor after a break', async () => {
    await bench.follow();
    await bench.post(2);
    await bench.drop(1006);
    expect(bench.client.status).toMatchObject({ state: 'waiting', retryAtMs: bench.edge.clock.now() + 250 });
    await bench.advance(250);
    expect(bench.edge.sockets).toHaveLength(2);
    expect(bench.socket.last('watch')?.data).toMatchObject({ after: bench.edge.log.cursor(2) });
    expect(bench.state).toBe('live');
  });

  it('watches again from its own position at a gap, and drops frames of the old watch', async () => {
    const { log } = bench.edge;
    await bench.follow();
    await bench.post();
    bench.edge.faults.next.push('lose');
    await bench.post(2);
    bench.edge.faults.latencyMaxMs = 100;
    bench.edge.post();
    await bench.advance(99);
    await bench.tell({ state: 'watching', id: 'watch-1', data: { after: '', head: log.cursor(4) } });
    await bench.advance(1_000);
    expect(bench.socket.last('watch')).toMatchObject({ data: { after: log.cursor(1) }, id: 'watch-2' });
    expect(bench.sequences).toEqual([1, 2, 4]);
    expect(bench.edge.sockets).toHaveLength(1);
  });

  it('does not ask on and on where the gap stays', async () => {
    const { log } = bench.edge;
    await bench.follow();
    const beyond = { state: 'transactions', data: { transactions: [], after: log.cursor(7), cursor: log.cursor(8) } };
    await bench.tell(beyond);
    expect(bench.socket.count('watch')).toBe(2);
    await bench.tell(beyond);
    expect(bench.state).toBe('waiting');
  });

  it('takes nothing of a frame that is not what it says', async () => {
    const { log } = bench.edge;
    await bench.follow();
    const [one, two] = [log.post('one'), log.post('two')];
    await bench.tell({ state: 'transactions', data: { transactions: [two, one], after: log.cursor(0), cursor: log.cursor(2) } });
    expect(bench.state).toBe('waiting');
    expect(bench.sequences).toEqual([]);
    await bench.advance(250);
    expect(bench.sequences).toEqual([1, 2]);
  });
});

describe('after each close code', () => {
  it.each([
    [1001, 250],
    [1006, 250],
    [4408, 250],
    [4409, 250],
    [1013, LATER_MS + 250],
    [4429, LATER_MS + 250],
  ])('%i: comes back after a while', async (code, delayMs) => {
    await bench.follow();
    await bench.drop(code);
    expect(bench.client.status.retryAtMs).toBe(bench.edge.clock.now() + delayMs);
    await bench.advance(delayMs);
    expect(bench.state).toBe('live');
  });

  it.each([1003, 1007, 1009, 4400, 4403])('%i: does not come back, and says so', async (code) => {
    await bench.follow();
    await bench.drop(code, 'no');
    expect(bench.client.status).toMatchObject({ state: 'closed', error: { metadata: { closeCode: String(code) } } });
    expect(bench.ended).toBeInstanceOf(LedgercastError);
    await bench.advance(600_000);
    expect(bench.edge.sockets).toHaveLength(1);
  });

  it('after goingAway comes back when the server said, and no sooner', async () => {
    await bench.follow();
    await bench.tell({ state: 'goingAway', data: { reconnectAfterMs: '3000' } });
    await bench.drop(1001);
    expect(bench.client.status).toMatchObject({ state: 'waiting', isAskedToWait: true });
    bench.client.hurry();
    await bench.advance(2_999);
    expect(bench.state).toBe('waiting');
    await bench.advance(1);
    expect(bench.state).toBe('live');
  });

  it('waits longer with every failure, up to a bound, and short again after progress', async () => {
    bench = new Bench({ transports: ['websocket'] });
    bench.edge.faults.areSocketsBlocked = true;
    await bench.follow();
    const delays: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      const delayMs = bench.client.status.retryAtMs! - bench.edge.clock.now();
      delays.push(delayMs);
      await bench.advance(delayMs);
    }
    expect(delays).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    bench.edge.heal();
    await bench.advance(10_000);
    await bench.post();
    await bench.drop(1006);
    expect(bench.client.status.retryAtMs).toBe(bench.edge.clock.now() + 250);
  });
});

it('hurries when the network is back', async () => {
  await bench.follow();
  await bench.drop(1006);
  bench.client.hurry();
  await bench.settle();
  expect(bench.state).toBe('live');
  bench.client.hurry();
  expect(bench.socket.count('ping')).toBe(1);
});

describe('tokens', () => {
  it('gives the next one before the last one ends', async () => {
    await bench.follow();
    await bench.advance(bench.edge.tokenLifetimeMs - 60_000);
    expect(bench.socket.last('refresh')?.data).toEqual({ token: 'token-2' });
    expect(bench.edge.sockets).toHaveLength(1);
  });

  it('gives one when it is asked to', async () => {
    await bench.follow();
    await bench.tell({ state: 'reauthenticate', data: { expiresAt: '2026-01-01T00:00:00Z' } });
    expect(bench.socket.last('refresh')?.data).toEqual({ token: 'token-2' });
  });

  it('asks on every connect, and says which one was refused', async () => {
    const asked: unknown[] = [];
    bench = new Bench({ token: (not) => (asked.push(not), bench.edge.token()) });
    await bench.follow();
    await bench.drop(1006);
    await bench.advance(250);
    bench.edge.endTokens();
    await bench.advance(1);
    expect(asked).toEqual([undefined, undefined, 'token-2']);
    expect(bench.state).toBe('live');
  });

  it('is signed out where the only token is refused', async () => {
    bench = new Bench({ token: 'token-0' });
    await bench.follow();
    await bench.advance(60_000);
    expect(bench.client.status).toMatchObject({ state: 'signedOut', error: { code: 'UNAUTHENTICATED' } });
    expect(bench.ended).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(bench.edge.sockets).toHaveLength(1);
  });

  it('is signed out where one token after the other is refused', async () => {
    let count = 0;
    bench = new Bench({ token: () => `bad-${(count += 1)}` });
    await bench.follow();
    await bench.advance(60_000);
    expect(bench.state).toBe('signedOut');
    expect(bench.edge.sockets).toHaveLength(3);
  });

  it('does not take a token that was refused for the one that it waits for', async () => {
    const answers: ((token: string) => void)[] = [];
    const tokens = new Tokens(() => new Promise((resolve) => answers.push(resolve)), bench.edge.clock);
    const first = tokens.ask();
    const other = tokens.insteadOf('refused');
    answers[0]!('refused');
    expect(await first).toBe('refused');
    await bench.settle();
    answers[1]!('good');
    expect(await other).toBe('good');
  });

  it('asks again later where the provider fails', async () => {
    bench.edge.tokenFailures = 2;
    await bench.follow();
    expect(bench.client.status).toMatchObject({ state: 'waiting', error: { code: 'UNAVAILABLE' } });
    await bench.advance(1_000);
    expect(bench.state).toBe('live');
  });
});
