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

it('a program’s password signs in when first asked, and again when the session has ended', async () => {
  const token = passwordTokens({ ...options(), username: 'user1', password: 'secret' });
  expect(bodies).toEqual([]);
  expect(await token()).toBe('access-1');
  const good = answer;
  answer = (body) => ('refreshToken' in body ? refusal(401, 'UNAUTHENTICATED', 'TOKEN_EXPIRED') : good(body));
  expect(await token('access-1')).toBe('access-3');
  expect(bodies.map((body) => Object.keys(body)[0])).toEqual(['username', 'refreshToken', 'username']);
});
