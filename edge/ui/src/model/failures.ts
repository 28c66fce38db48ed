// Explains a failure to the person who uses the page.

import { LedgercastError, REASON } from '@ledgercast/client';
import { t } from '../messages';
import type { Transfer } from './draft';

export interface Failure {
  readonly text: string;
  /** True if it may or may not have happened. Only repeating the same request tells. */
  readonly isUndecided: boolean;
}

export function explainSignIn(error: unknown): string {
  if (!(error instanceof LedgercastError) || error.reason === REASON.unreachable) return t.signIn.unreachable;
  if (error.code === 'UNAUTHENTICATED') return t.signIn.wrong;
  if (error.code === 'RESOURCE_EXHAUSTED') return t.signIn.tooMany;
  if (error.isUndecided) return t.signIn.away;
  return error.message || t.signIn.failed;
}

export function explainSend(error: unknown, transfer: Transfer): Failure {
  if (!(error instanceof LedgercastError)) return { text: t.send.unreachable, isUndecided: true };
  if (error.code === 'UNAUTHENTICATED') return { text: t.send.signedOut, isUndecided: false };
  if (error.isUndecided) {
    const isSilent = error.reason === REASON.unreachable || error.reason === REASON.timeout;
    return { text: isSilent ? t.send.unreachable : t.send.away, isUndecided: true };
  }
  return { text: t.send.nothingSent(refusal(error, transfer)), isUndecided: false };
}

function refusal({ reason, message, metadata }: LedgercastError, { fromAccount, toAccount }: Transfer): string {
  switch (reason) {
    case 'INSUFFICIENT_FUNDS':
      return t.send.insufficient(fromAccount);
    case 'ACCOUNT_NOT_FOUND':
      return t.send.unknownAccount(metadata.account ?? toAccount);
    case 'CURRENCY_MISMATCH':
      return t.send.otherCurrency(fromAccount, toAccount);
    case 'NOT_ALLOWED':
      return t.send.notAllowed;
    default:
      return asSentence(message || t.send.refused);
  }
}

function asSentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
