import { beforeEach, describe, expect, it } from 'vitest';
import { Session, passwordTokens } from '../src/index.js';
import { FakeClock } from './fakes.js';
import { refusal } from './fakeHttp.js';

const LIFETIME_MS = 900_000;

let clock: FakeClock;
let bodies: Record<string, string>[];
let answer: (body: Record<string, string>) => Response;
let stored: Map<string, string>;

beforeEach(() => {
  clock = new FakeClock();
  bodies = [];
  stored = new Map();
  answer = () =>
    new Response(
      JSON.stringify({
        accessToken: `access-${bodies.length}`,
        refreshToken: `refresh-${bodies.length}`,
        expiresAt: new Date(clock.now() + LIFETIME_MS).toISOString(),
      }),
    );
});

const options = () => ({
  url: 'http://edge/',
  clock,
  storage: {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  },
  fetch: async (url: string, { body }: RequestInit) => {
    expect(url).toBe('http://edge/v1/token');
    bodies.push(JSON.parse(String(body)) as Record<string, string>);
    return answer(bodies.at(-1)!);
  },
});

async function signedIn(): Promise<Session> {
  const session = new Session(options());
  await session.signIn('user1', 'secret');
  return session;
}

describe('a session', () => {
  it('keeps the access token as long as it is good', async () => {
    const session = await signedIn();
    expect(bodies).toEqual([{ username: 'user1', password: 'secret' }]);
    await clock.advance(LIFETIME_MS - 31_000);
    expect(await session.token()).toBe('access-1');
    await clock.advance(2_000);
    expect(await session.token()).toBe('access-2');
    expect(bodies.at(-1)).toEqual({ refreshToken: 'refresh-1' });
  });

  it('renews once for all who ask, and at once where the server refused the token', async () => {
    const session = await signedIn();
    expect(await Promise.all([session.token('access-1'), session.token('access-1')])).toEqual(['access-2', 'access-2']);
    expect(await session.token('access-1')).toBe('access-2');
    expect(bodies).toHaveLength(2);
  });

  it('outlives the page, not the sign-out', async () => {
    const session = await signedIn();
    const later = new Session(options());
    expect(later.username).toBe('user1');
    expect(await later.token()).toBe('access-1');
    session.signOut();
    expect(new Session(options()).username).toBeNull();
    await expect(session.token()).rejects.toMatchObject({ code: 'UNAUTHENTICATED', reason: 'SIGNED_OUT' });
  });

  it('ends when the refresh token is refused, not when the server is away', async () => {
    const session = await signedIn();
    answer = () => refusal(503, 'UNAVAILABLE', 'SERVICE_UNAVAILABLE');
    await expect(session.token('access-1')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(session.username).toBe('user1');
    answer = () => refusal(401, 'UNAUTHENTICATED', 'TOKEN_EXPIRED');
    await expect(session.token('access-1')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(session.username).toBeNull();
  });

  it('says that a password is wrong', async () => {
    answer = () => refusal(401, 'UNAUTHENTICATED', 'BAD_CREDENTIALS');
    await expect(signedIn()).rejects.toMatchObject({ reason: 'BAD_CREDENTIALS' });
  });

  it('starts empty where what was stored cannot be read', () => {
    stored.set('ledgercast.session', '{"half');
    expect(new Session(options()).username).toBeNull();
  });
});

describe('tabs with one sign-in', () => {
  let channels: TestChannel[];

  /** A channel between tabs that delivers messages at once. */
  class TestChannel {
    onmessage: ((event: { readonly data: unknown }) => void) | null = null;
    postMessage(data: unknown): void {
      for (const other of channels) if (other !== this) other.onmessage?.({ data: structuredClone(data) });
    }
  }

  /** Makes a session in a tab with its own storage, or with a shared one. */
  function tab(storage = new Map(stored)): Session {
    const channel = new TestChannel();
    channels.push(channel);
    const { fetch } = options();
    const kept = {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => void storage.set(key, value),
      removeItem: (key: string) => void storage.delete(key),
    };
    return new Session({ url: 'http://edge/', clock, storage: kept, fetch, tabs: { channel } });
  }

  const pair = (number: number) => ({
    accessToken: `access-${number}`,
    refreshToken: `h.${btoa(JSON.stringify({ fam: 'one', num: number }))}.s`,
    expiresAt: new Date(clock.now() + LIFETIME_MS).toISOString(),
  });
  const numberOf = (refreshToken: string) => (JSON.parse(atob(refreshToken.split('.')[1]!)) as { num: number }).num;

  beforeEach(() => {
    channels = [];
    // The service answers like this when the time for repeating is over.
    let newest = 0;
    answer = ({ refreshToken }) => {
      if (refreshToken !== undefined && numberOf(refreshToken) !== newest) return refusal(401, 'UNAUTHENTICATED', 'TOKEN_INVALID');
      newest += 1;
      return new Response(JSON.stringify(pair(newest)));
    };
  });

  it('that share a storage use what one of them has renewed', async () => {
    const shared = new Map<string, string>();
    const one = tab(shared);
    await one.signIn('user1', 'secret');
    const two = tab(shared);
    // No message arrives, as if the tab had slept.
    channels = [];
    expect(await one.token('access-1')).toBe('access-2');
    const other = two.token('access-1');
    await clock.advance(1_000);
    expect(await other).toBe('access-2');
    expect(bodies).toHaveLength(2);
    expect(await two.token('access-2')).toBe('access-3');
    expect(await one.token('access-2')).toBe('access-3');
  });

  it('that share a storage sign out together, and do not become somebody else', async () => {
    const shared = new Map<string, string>();
    const one = tab(shared);
    await one.signIn('user1', 'secret');
    const two = tab(shared);
    const three = tab(shared);
    channels = [];
    await one.signIn('user2', 'secret');
    await expect(two.token('access-1')).rejects.toMatchObject({ reason: 'SIGNED_OUT' });
    expect(two.username).toBeNull();
    expect(one.username).toBe('user2');
    one.signOut();
    await expect(three.token('access-1')).rejects.toMatchObject({ reason: 'SIGNED_OUT' });
  });

  it('of which one was duplicated are told of each renewal', async () => {
    const first = new Map<string, string>();
    const one = tab(first);
    await one.signIn('user1', 'secret');
    const second = new Map(first);
    const two = tab(second);
    expect(await one.token('access-1')).toBe('access-2');
    expect(await two.token('access-1')).toBe('access-2');
    expect(second).toEqual(first);
    expect(await two.token('access-2')).toBe('access-3');
    expect(await one.token('access-2')).toBe('access-3');
    expect(bodies).toHaveLength(3);
  });

  it('of which one slept ask the others before they use an old token', async () => {
    const first = new Map<string, string>();
    const one = tab(first);
    await one.signIn('user1', 'secret');
    const old = new Map(first);
    for (const number of [1, 2, 3]) await one.token(`access-${number}`);
    const awake = tab(old);
    expect(await awake.token('access-1')).toBe('access-4');
    expect(bodies).toHaveLength(4);
  });

  it('renew one after the other where the browser has locks', async () => {
    const names: string[] = [];
    const locks = {
      request: async <T>(name: string, callback: () => Promise<T>): Promise<T> => {
        names.push(name);
        return callback();
      },
    };
    const session = new Session({ ...options(), tabs: { locks } });
    await session.signIn('user1', 'secret');
    expect(await session.token('access-1')).toBe('access-2');
    expect(names).toEqual(['ledgercast.session.one']);
  });

  it('of different sign-ins do not mind each other', async () => {
    const one = tab(new Map());
    await one.signIn('user1', 'secret');
    const two = tab(new Map());
    answer = () => new Response(JSON.stringify({ ...pair(7), refreshToken: `h.${btoa(JSON.stringify({ fam: 'two', num: 7 }))}.s` }));
    await two.signIn('user2', 'secret');
    expect(one.username).toBe('user1');
    expect(await one.token()).toBe('access-1');
  });
});

it('asks again at once, with the same token, where the answer was lost', async () => {
  const session = await signedIn();
  const good = answer;
  answer = () => {
    answer = good;
    throw new TypeError('the connection broke');
  };
  expect(await session.token('access-1')).toBe('access-3');
  expect(bodies.slice(1)).toEqual([{ refreshToken: 'refresh-1' }, { refreshToken: 'refresh-1' }]);
  expect(stored.get('ledgercast.session')).toContain('refresh-3');
});

it('a program’s password signs in when first asked, and again when the session has ended', async () => {
  const token = passwordTokens({ ...options(), username: 'user1', password: 'secret' });
  expect(bodies).toEqual([]);
  expect(await token()).toBe('access-1');
  const good = answer;
  answer = (body) => ('refreshToken' in body ? refusal(401, 'UNAUTHENTICATED', 'TOKEN_EXPIRED') : good(body));
  expect(await token('access-1')).toBe('access-3');
  expect(bodies.map((body) => Object.keys(body)[0])).toEqual(['username', 'refreshToken', 'username']);
});
