import { beforeEach, expect, it } from 'vitest';
import { Api } from '../src/api';
import { Ledger } from '../src/ledger';
import { Session } from '../src/session';
import { FakeClock, FakeSocket, cursor, settle } from './fakes';

interface Recorded {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Record<string, string>;
}

const transfer = { fromAccount: 'user1', toAccount: 'user2', amount: 5n, description: 'Lunch' };
const token = (name: string) => ({ accessToken: name, refreshToken: `refresh-${name}`, expiresAt: '2030-01-01T00:00:00Z' });

let clock: FakeClock;
let sockets: FakeSocket[];
let requests: Recorded[];
let answers: Record<string, { status: number; body: unknown }[]>;
let ledger: Ledger;

async function fakeFetch(path: unknown, init: RequestInit = {}): Promise<Response> {
  const body = init.body === undefined ? {} : (JSON.parse(init.body as string) as Record<string, string>);
  requests.push({ path: path as string, headers: init.headers as Record<string, string>, body });
  const answer = answers[path as string]?.shift();
  if (answer === undefined) throw new TypeError('network');
  return new Response(JSON.stringify(answer.body), { status: answer.status });
}

beforeEach(() => {
  clock = new FakeClock();
  sockets = [];
  requests = [];
  answers = { '/v1/token': [{ status: 200, body: token('first') }] };
  const api = new Api(fakeFetch);
  const storage = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  ledger = new Ledger(api, new Session(api, storage, () => clock.now()), {
    clock,
    random: () => 0.5,
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
  });
});

async function signIn(): Promise<void> {
  await ledger.signIn('user1', 'password');
  await settle();
  sockets[0]?.open();
  sockets[0]?.receive('authenticated', { subject: 'user1', expiresAt: '2030-01-01T00:00:00Z' });
  sockets[0]?.receive('watching', { head: cursor(1), balances: { user1: '0' } }, 'watch-1');
  sockets[0]?.receive('transactions', {
    transactions: [{ sequence: '1', fromAccount: 'admin', toAccount: 'user1', amount: '9', currency: 'PTS', toBalance: '9' }],
    cursor: cursor(1),
    live: true,
  });
  await clock.advance(100);
}

it('shows rows, balance and currency once signed in', async () => {
  await signIn();
  const { username, status, currency, feed } = ledger.snapshot();
  expect({ username, status, currency }).toEqual({ username: 'user1', status: { kind: 'live' }, currency: 'PTS' });
  expect(feed.balances.get('user1')).toBe(9n);
});

it('gathers many frames into one update for the eye', async () => {
  await signIn();
  let updates = 0;
  ledger.subscribe(() => (updates += 1));
  for (let sequence = 1; sequence < 50; sequence += 1) {
    sockets[0]?.receive('progress', { after: cursor(sequence), cursor: cursor(sequence + 1) });
  }
  await clock.advance(100);
  expect(updates).toBe(1);
  expect(ledger.snapshot().feed.cursor).toBe(cursor(50));
});

it('repeats a transfer under the same id with a new token where the old one was refused', async () => {
  await signIn();
  answers['/v1/transactions'] = [
    { status: 401, body: { error: { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' } } },
    { status: 201, body: { sequence: '2', id: 'key', amount: '5' } },
  ];
  answers['/v1/token'] = [{ status: 200, body: token('second') }];
  expect((await ledger.send('key', transfer)).sequence).toBe(2n);
  const posts = requests.filter(({ path }) => path === '/v1/transactions');
  expect(posts.map(({ headers }) => headers['idempotency-key'])).toEqual(['key', 'key']);
  expect(posts.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
  expect(posts[0]?.body).toEqual({ fromAccount: 'user1', toAccount: 'user2', amount: '5', description: 'Lunch' });
});

it('goes back to the sign-in form, and says why, where the session ends', async () => {
  await signIn();
  answers['/v1/transactions'] = [{ status: 401, body: { error: {} } }];
  answers['/v1/token'] = [{ status: 401, body: { error: {} } }];
  await expect(ledger.send('key', transfer)).rejects.toThrow();
  await clock.advance(100);
  expect(ledger.snapshot()).toMatchObject({ username: null, status: { kind: 'signedOut' }, feed: { rows: [] } });
  expect(ledger.snapshot().notice).toMatch(/session has ended/);
  expect(sockets[0]?.isClosedByClient).toBe(true);
});

it('signs out without a word where the user asked for it', async () => {
  await signIn();
  ledger.signOut();
  await clock.advance(100);
  expect(ledger.snapshot()).toMatchObject({ username: null, notice: '', status: { kind: 'signedOut' } });
});
