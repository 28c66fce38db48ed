import { describe, expect, it } from 'vitest';
import { ApiError, NetworkError } from '../src/api';
import { checkDraft } from '../src/draft';
import { explainSend, explainSignIn } from '../src/failures';
import { SignedOutError } from '../src/tokens';

const draft = { from: 'user1', to: 'user2', amount: '5', description: 'Lunch' };
const transaction = { fromAccount: 'user1', toAccount: 'user2', amount: 5n, description: 'Lunch' };

function answer(status: number, reason = '', message = '', metadata = {}): ApiError {
  return new ApiError(status, { code: '', reason, message, metadata });
}

describe('checkDraft', () => {
  it('makes a transaction of what is typed', () => {
    expect(checkDraft({ ...draft, to: ' user2 ' }, 'PTS')).toEqual({ transaction });
  });

  it.each([
    ['to', ''],
    ['to', 'User2'],
    ['to', '-user2'],
    ['to', 'a'.repeat(64)],
    ['to', 'user1'],
    ['from', 'no/slug'],
    ['amount', '1.5'],
    ['description', 'é'.repeat(501)],
  ] as const)('points at %s where it is %j', (field, value) => {
    expect(checkDraft({ ...draft, [field]: value }, 'PTS')).toMatchObject({ field });
  });
});

describe('explainSend', () => {
  it.each([
    ['INSUFFICIENT_FUNDS', 400, /^Insufficient funds/],
    ['ACCOUNT_NOT_FOUND', 404, /no account named “user2”/],
    ['CURRENCY_MISMATCH', 400, /another currency/],
    ['NOT_ALLOWED', 403, /your own account/],
  ])('%s is decided: nothing was sent', (reason, status, text) => {
    const failure = explainSend(answer(status, reason), transaction);
    expect(failure.text).toMatch(text);
    expect(failure.text).toMatch(/Nothing was sent\.$/);
    expect(failure.isUndecided).toBe(false);
  });

  it('passes on what the server says about a field', () => {
    expect(explainSend(answer(400, 'INVALID_FIELD', 'description is too long'), transaction).text).toBe(
      'Description is too long. Nothing was sent.',
    );
  });

  it.each([new NetworkError(), answer(429, 'TOO_BUSY'), answer(503, 'SHUTTING_DOWN'), answer(504), answer(500)])(
    'leaves it open after %s',
    (error) => {
      expect(explainSend(error, transaction).isUndecided).toBe(true);
    },
  );

  it('does not offer to repeat what a new sign-in must come before', () => {
    expect(explainSend(new SignedOutError(), transaction).isUndecided).toBe(false);
  });
});

describe('explainSignIn', () => {
  it.each([
    [answer(401), /Wrong username or password/],
    [answer(429), /Too many attempts/],
    [answer(503), /away/],
    [new NetworkError(), /cannot be reached/],
  ])('%s', (error, text) => {
    expect(explainSignIn(error)).toMatch(text);
  });
});
