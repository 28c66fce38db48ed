// What a failure means for the person in front of the page.

import { ApiError } from './api';
import type { NewTransaction } from './api';
import { SignedOutError } from './tokens';

export interface Failure {
  readonly text: string;
  /** It may or may not have happened: the same request has to be repeated to know. */
  readonly isUndecided: boolean;
}

const UNREACHABLE = 'The server cannot be reached.';

export function explainSignIn(error: unknown): string {
  if (!(error instanceof ApiError)) return `${UNREACHABLE} Check your connection and try again.`;
  if (error.status === 401) return 'Wrong username or password.';
  if (error.status === 429) return 'Too many attempts. Wait a moment and try again.';
  if (error.status >= 500) return 'The server is away for a moment. Try again shortly.';
  return error.body.message || 'Signing in failed.';
}

export function explainSend(error: unknown, transaction: NewTransaction): Failure {
  if (error instanceof SignedOutError) {
    return { text: 'Your session ended before this was sent. Sign in again.', isUndecided: false };
  }
  if (!(error instanceof ApiError)) {
    return { text: `${UNREACHABLE} Trying again is safe: it is posted once at most.`, isUndecided: true };
  }
  if (error.status === 429 || error.status >= 500) {
    return { text: 'The server is busy or away. Trying again is safe: it is posted once at most.', isUndecided: true };
  }
  return { text: `${refusal(error, transaction)} Nothing was sent.`, isUndecided: false };
}

function refusal(error: ApiError, transaction: NewTransaction): string {
  switch (error.body.reason) {
    case 'INSUFFICIENT_FUNDS':
      return `Insufficient funds: the balance of ${transaction.fromAccount} does not cover this amount.`;
    case 'ACCOUNT_NOT_FOUND':
      return unknownAccount(error.body.metadata.account ?? transaction.toAccount);
    case 'CURRENCY_MISMATCH':
      return `${transaction.toAccount} holds another currency than ${transaction.fromAccount}.`;
    case 'NOT_ALLOWED':
      return 'You may only send from your own account.';
    default:
      return asSentence(error.body.message || 'The server refused this transfer');
  }
}

export function unknownAccount(name: string): string {
  return `There is no account named “${name}”.`;
}

function asSentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
