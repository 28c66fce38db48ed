import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, NetworkError } from '../src/api';
import type { TokenPair } from '../src/api';
import { Session } from '../src/session';
import { SignedOutError } from '../src/tokens';

const LIFETIME_MS = 900_000;

const issueToken = vi.fn<(credentials: object) => Promise<TokenPair>>();
let stored: Map<string, string>;
let nowMs: number;
let issuedCount: number;

beforeEach(() => {
  stored = new Map();
  nowMs = 1_000_000;
  issuedCount = 0;
  issueToken.mockReset().mockImplementation(async () => {
    issuedCount += 1;
    return { accessToken: `access-${issuedCount}`, refreshToken: `refresh-${issuedCount}`, expiresAtMs: nowMs + LIFETIME_MS };
  });
});

function openSession(): Session {
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  };
  return new Session({ issueToken }, storage, () => nowMs);
}

async function signedIn(): Promise<Session> {
  const session = openSession();
  await session.signIn('user1', 'password');
  return session;
}

const refusal = new ApiError(401, { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID', message: '', metadata: {} });

describe('session', () => {
  it('uses a token for as long as it lasts', async () => {
    const session = await signedIn();
    nowMs += LIFETIME_MS - 31_000;
    expect(await session.accessToken()).toBe('access-1');
  });

  it('renews a token shortly before it ends, by the refresh token', async () => {
    const session = await signedIn();
    nowMs += LIFETIME_MS - 29_000;
    expect(await session.accessToken()).toBe('access-2');
    expect(issueToken).toHaveBeenLastCalledWith({ refreshToken: 'refresh-1' });
  });

  it('renews once for all who ask at the same time', async () => {
    const session = await signedIn();
    expect(await Promise.all([session.renewToken(), session.renewToken()])).toEqual(['access-2', 'access-2']);
    expect(await session.renewToken()).toBe('access-3');
  });

  it('outlives a reload', async () => {
    await signedIn();
    const reloaded = openSession();
    expect(reloaded.username).toBe('user1');
    expect(await reloaded.accessToken()).toBe('access-1');
  });

  it('starts signed out where what is stored makes no sense', () => {
    stored.set('ledgercast.session', '{{');
    expect(openSession().username).toBeNull();
  });

  it('ends where the refresh token is refused', async () => {
    const session = await signedIn();
    issueToken.mockRejectedValue(refusal);
    await expect(session.renewToken()).rejects.toBeInstanceOf(SignedOutError);
    expect(session.username).toBeNull();
    expect(stored.size).toBe(0);
  });

  it('outlives a server that is away', async () => {
    const session = await signedIn();
    issueToken.mockRejectedValueOnce(new NetworkError());
    await expect(session.renewToken()).rejects.toBeInstanceOf(NetworkError);
    expect(await session.renewToken()).toBe('access-2');
  });

  it('is not brought back by a renewal that was under way', async () => {
    const session = await signedIn();
    const renewal = session.renewToken();
    session.signOut();
    await expect(renewal).rejects.toBeInstanceOf(SignedOutError);
    expect(stored.size).toBe(0);
  });
});
