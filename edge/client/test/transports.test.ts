// Tests that the client uses sockets, otherwise events, otherwise polls, and returns to sockets when they get
// through.

import { beforeEach, describe, expect, it } from 'vitest';
import type { SocketConstructor } from '../src/index.js';
import { Bench } from './bench.js';
import { refusal } from './fakeHttp.js';

const BETTER_MS = 5 * 60_000;

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
  bench.edge.post(4);
});

describe('falling back', () => {
  it('takes events where sockets are refused twice', async () => {
    bench.edge.faults.areSocketsBlocked = true;
    await bench.follow();
    await bench.advance(1_000);
    expect(bench.client.status).toMatchObject({ state: 'live', transport: 'sse' });
    await bench.post();
    expect(bench.sequences).toEqual([1, 2, 4, 5]);
    expect(bench.edge.sockets).toHaveLength(2);
  });

  it('takes polls where a proxy holds events back, and loses nothing on the way', async () => {
    bench.edge.faults.areSocketsBlocked = true;
    bench.edge.faults.areEventsHeld = true;
    await bench.follow();
    await bench.advance(10_000);
    expect(bench.client.status).toMatchObject({ state: 'live', transport: 'poll' });
    await bench.post(2);
    expect(bench.sequences).toEqual([1, 2, 4, 5]);
  });

  it('takes polls where something else answers for the events', async () => {
    bench.edge.faults.areSocketsBlocked = true;
    bench.edge.http.answers.push(() => new Response('<h1>Sign in to this network</h1>', { status: 200 }));
    await bench.follow();
    await bench.advance(5_000);
    expect(bench.client.status).toMatchObject({ state: 'live', transport: 'poll' });
  });

  it('concludes nothing from a network that is away', async () => {
    bench.edge.faults.isOffline = true;
    await bench.follow();
    await bench.advance(10 * 60_000);
    bench.edge.heal();
    await bench.advance(60_000);
    expect(bench.client.status).toMatchObject({ state: 'live', transport: 'websocket' });
  });

  it('concludes nothing from an edge that is overloaded', async () => {
    bench.edge.faults.areSocketsBlocked = true;
    const crowded = (): Response => refusal(503, 'RESOURCE_EXHAUSTED', 'TOO_BUSY');
    bench.edge.http.answers.push(crowded, crowded);
    await bench.follow();
    await bench.advance(1_000);
    expect(bench.client.status).toMatchObject({ state: 'waiting', isAskedToWait: true, error: { reason: 'TOO_BUSY' } });
  });

  it('takes events where the page may open no socket', async () => {
    const WebSocket = class {
      constructor() {
        throw new Error('SecurityError');
      }
    } as unknown as SocketConstructor;
    bench = new Bench({ WebSocket });
    await bench.follow();
    await bench.advance(60_000);
    expect(bench.client.status).toMatchObject({ state: 'live', transport: 'sse' });
  });

  it('does not try what is not there', async () => {
    bench = new Bench({ WebSocket: undefined });
    await bench.follow();
    expect(bench.client.status).toMatchObject({ state: 'live', transport: 'sse' });
    expect(() => new Bench({ WebSocket: undefined, transports: ['websocket'] })).toThrow('no transport');
  });
});

describe('going back to sockets', () => {
  it('tries one beside the stream now and then, and changes when it opens', async () => {
    bench.edge.faults.areSocketsBlocked = true;
    await bench.follow();
    await bench.advance(BETTER_MS);
    expect(bench.edge.sockets.length).toBeGreaterThan(3);
    expect(bench.edge.sockets.length).toBeLessThan(12);
    expect(bench.client.status).toMatchObject({ state: 'live', transport: 'sse' });
    bench.edge.heal();
    await bench.advance(BETTER_MS);
    expect(bench.client.status).toMatchObject({ state: 'live', transport: 'websocket' });
    await bench.post();
    expect(bench.sequences).toEqual([1, 2, 4, 5]);
  });
});

describe.each(['sse', 'poll'] as const)('by %s', (transport) => {
  beforeEach(() => {
    bench = new Bench({ transports: [transport] });
    bench.edge.post(4);
  });

  it('goes on where it was after every break', async () => {
    await bench.follow({ after: 'now' });
    await bench.post();
    bench.edge.cut();
    bench.edge.post(2);
    await bench.advance(1_000);
    expect(bench.sequences).toEqual([5, 7]);
    expect(bench.state).toBe('live');
  });

  it('comes back with another token when the last one ends', async () => {
    await bench.follow();
    bench.edge.endTokens();
    await bench.advance(60_000);
    await bench.post();
    expect(bench.sequences).toEqual([1, 2, 4, 5]);
    expect(bench.edge.tokensGiven).toBeGreaterThan(1);
  });

  it('stops where it is not allowed', async () => {
    bench.edge.http.answers.push(() => refusal(403, 'PERMISSION_DENIED', 'NOT_ALLOWED'));
    await bench.follow({ accounts: ['other1'] });
    expect(bench.client.status).toMatchObject({ state: 'closed', error: { reason: 'NOT_ALLOWED' } });
  });

  it('starts again where the ledger is another one', async () => {
    const resyncs: string[] = [];
    await bench.follow({ onResync: ({ reason }) => void resyncs.push(reason) });
    bench.edge.log.name = 'restored';
    bench.edge.cut();
    await bench.advance(60_000);
    expect(resyncs).toEqual(['CURSOR_UNKNOWN']);
    expect(bench.sequences).toEqual([1, 2, 4, 1, 2, 4]);
  });

  it('asks anew when the network is back, and loses nothing', async () => {
    await bench.follow();
    const asked = bench.edge.http.requests.length;
    bench.client.hurry();
    await bench.post();
    expect(bench.edge.http.requests.length).toBeGreaterThan(asked);
    expect(bench.state).toBe('live');
    expect(bench.sequences).toEqual([1, 2, 4, 5]);
  });

  it('waits as long as the server says', async () => {
    bench.edge.http.answers.push(() => {
      const response = refusal(503, 'UNAVAILABLE', 'SHUTTING_DOWN');
      response.headers.set('retry-after', '40');
      return response;
    });
    await bench.follow();
    await bench.advance(39_999);
    expect(bench.state).toBe('waiting');
    await bench.advance(1);
    expect(bench.state).toBe('live');
  });
});

it('gives an event stream its next token when it is asked to', async () => {
  bench = new Bench({ transports: ['sse'] });
  await bench.follow();
  await bench.edge.http.tellAll('reauthenticate', {});
  await bench.post(2);
  expect(bench.edge.tokensGiven).toBe(2);
  expect(bench.edge.http.count('GET /v1/events')).toBe(2);
  expect(bench.sequences).toEqual([1, 2]);
});
