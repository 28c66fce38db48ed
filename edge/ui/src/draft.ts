// What is typed into the form, checked before anything travels. The server checks
// again; this only saves a round trip and points at the field.

import type { NewTransaction } from './api';
import { parseAmount } from './money';

export type DraftField = 'from' | 'to' | 'amount' | 'description';
export type Draft = Readonly<Record<DraftField, string>>;

export type CheckedDraft =
  | { readonly transaction: NewTransaction }
  | { readonly problem: string; readonly field: DraftField };

const DESCRIPTION_MAX_BYTES = 1000;
const ACCOUNT_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export function checkDraft(draft: Draft, currency: string): CheckedDraft {
  const fromAccount = draft.from.trim();
  const toAccount = draft.to.trim();
  const description = draft.description.trim();
  for (const [field, name] of [['from', fromAccount], ['to', toAccount]] as const) {
    if (name === '') return { problem: 'Enter an account name.', field };
    if (!ACCOUNT_NAME.test(name)) {
      return { problem: 'Account names have only small letters, digits and inner hyphens.', field };
    }
  }
  if (fromAccount === toAccount) return { problem: 'Sender and receiver are the same account.', field: 'to' };
  const parsed = parseAmount(draft.amount, currency);
  if ('problem' in parsed) return { problem: parsed.problem, field: 'amount' };
  if (new TextEncoder().encode(description).length > DESCRIPTION_MAX_BYTES) {
    return { problem: 'The description is too long.', field: 'description' };
  }
  return { transaction: { fromAccount, toAccount, amount: parsed.amount, description } };
}
