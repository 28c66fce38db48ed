// Checks what is typed into the form before it is sent. The server checks again; this check saves a round trip and
// names the wrong field.

import type { NewTransaction } from '@ledgercast/client';
import { t } from '../messages';
import { parseAmount } from './money';

export const DRAFT_FIELDS = ['from', 'to', 'amount', 'description'] as const;
export type DraftField = (typeof DRAFT_FIELDS)[number];
export type Draft = Readonly<Record<DraftField, string>>;

export type Transfer = Pick<NewTransaction, 'fromAccount' | 'toAccount' | 'amount'> & { readonly description: string };

export type CheckedDraft = { readonly transaction: Transfer } | { readonly problem: string; readonly field: DraftField };

const DESCRIPTION_MAX_BYTES = 1000;
const ACCOUNT_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Returns what is wrong with a field, or null if it is right. */
export function problemOf(field: DraftField, draft: Draft, currency: string): string | null {
  const value = draft[field].trim();
  switch (field) {
    case 'from':
    case 'to':
      if (value === '') return t.form.noName;
      if (!ACCOUNT_NAME.test(value)) return t.form.badName;
      return field === 'to' && value === draft.from.trim() ? t.form.sameAccount : null;
    case 'amount': {
      const parsed = parseAmount(value, currency);
      return 'problem' in parsed ? parsed.problem : null;
    }
    case 'description':
      return new TextEncoder().encode(value).length > DESCRIPTION_MAX_BYTES ? t.form.longDescription : null;
  }
}

export function checkDraft(draft: Draft, currency: string): CheckedDraft {
  for (const field of DRAFT_FIELDS) {
    const problem = problemOf(field, draft, currency);
    if (problem !== null) return { problem, field };
  }
  const parsed = parseAmount(draft.amount, currency);
  if ('problem' in parsed) return { problem: parsed.problem, field: 'amount' };
  return {
    transaction: {
      fromAccount: draft.from.trim(),
      toAccount: draft.to.trim(),
      amount: parsed.amount,
      description: draft.description.trim(),
    },
  };
}
