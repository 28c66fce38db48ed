import { LedgercastError } from '@ledgercast/client';
import { describe, expect, it } from 'vitest';
import { checkDraft, problemOf } from '../src/model/draft';
import { explainSend, explainSignIn } from '../src/model/failures';

const draft = { from: 'user1', to: 'user2', amount: '5', description: 'Lunch' };
const transaction = { fromAccount: 'user1', toAccount: 'user2', amount: 5n, description: 'Lunch' };

const answer = (code: string, reason = '', message = '', metadata = {}) => new LedgercastError(code, reason, message, metadata);
const unreachable = answer('UNAVAILABLE', 'UNREACHABLE');

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

describe('problemOf', () => {
  it('says nothing of a field that is right, whatever the others are', () => {
    const wrong = { from: '?', to: 'user2', amount: '5', description: '' };
    expect((['from', 'to', 'amount', 'description'] as const).map((field) => problemOf(field, wrong, 'PTS') === null)).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });
});

describe('explainSend', () => {
  it.each([
    ['INSUFFICIENT_FUNDS', 'FAILED_PRECONDITION', /^Insufficient funds/],
    ['ACCOUNT_NOT_FOUND', 'NOT_FOUND', /no account named “user2”/],
    ['CURRENCY_MISMATCH', 'FAILED_PRECONDITION', /another currency/],
    ['NOT_ALLOWED', 'PERMISSION_DENIED', /your own account/],
  ])('%s is decided: nothing was sent', (reason, code, text) => {
    const failure = explainSend(answer(code, reason), transaction);
    expect(failure.text).toMatch(text);
    expect(failure.text).toMatch(/Nothing was sent\.$/);
    expect(failure.isUndecided).toBe(false);
  });

  it('passes on what the server says about a field', () => {
    expect(explainSend(answer('INVALID_ARGUMENT', 'INVALID_FIELD', 'description is too long'), transaction).text).toBe(
      'Description is too long. Nothing was sent.',
    );
  });

  it.each([unreachable, answer('DEADLINE_EXCEEDED', 'TIMEOUT'), answer('UNAVAILABLE', 'SHUTTING_DOWN'), answer('INTERNAL'), new Error()])(
    'leaves it open after %s',
    (error) => {
      expect(explainSend(error, transaction).isUndecided).toBe(true);
    },
  );

  it('does not offer to repeat what a new sign-in must come before', () => {
    expect(explainSend(answer('UNAUTHENTICATED', 'SIGNED_OUT'), transaction).isUndecided).toBe(false);
  });
});

describe('explainSignIn', () => {
  it.each([
    [answer('UNAUTHENTICATED'), /Wrong username or password/],
    [answer('RESOURCE_EXHAUSTED'), /Too many attempts/],
    [answer('UNAVAILABLE'), /away/],
    [unreachable, /cannot be reached/],
  ])('%s', (error, text) => {
    expect(explainSignIn(error)).toMatch(text);
  });
});
