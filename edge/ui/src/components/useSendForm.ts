// What the form for sending holds and does: the draft, its check while it is typed, and its submission.

import { LedgercastError } from '@ledgercast/client';
import { useEffect, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { t } from '../messages';
import { checkDraft, problemOf } from '../model/draft';
import type { Draft, DraftField } from '../model/draft';
import type { Ledger } from '../model/ledger';
import { formatMoney, parseAmount } from '../model/money';
import type { Message } from './FormMessage';
import { useLedger, useSnapshot } from './useLedger';
import { useSubmission } from './useSubmission';

/** After the last key: a name that is still being typed is not worth a question. */
const TYPING_PAUSE_MS = 400;

export interface SendFormOptions {
  readonly account: string;
  /** May send from any account, not only from the own one. */
  readonly isAdmin: boolean;
}

export interface Hint {
  readonly text: string;
  readonly isWrong: boolean;
}

export type Hints = Readonly<Partial<Record<DraftField, Hint>>>;

export function useSendForm({ account, isAdmin }: SendFormOptions) {
  const ledger = useLedger();
  const ownCurrency = useSnapshot((snapshot) => snapshot.currency);
  const [draft, setDraft] = useState<Draft>({ from: account, to: '', amount: '', description: '' });
  const [left, setLeft] = useState<ReadonlySet<DraftField>>(new Set());
  const [message, setMessage] = useState<Message>({ tone: 'plain', text: '' });
  const [refused, setRefused] = useState<DraftField | null>(null);
  const isChecking = useRef(false);
  const from = isAdmin ? draft.from.trim() : account;
  const currency = useCurrency(ledger, from, from === account ? ownCurrency : '');
  const { state, begin, retry, forget } = useSubmission({
    onMessage: setMessage,
    onPosted: () => {
      setDraft((posted) => ({ ...posted, amount: '', description: '' }));
      setLeft(new Set());
    },
  });

  function complain(text: string, field: DraftField) {
    setMessage({ tone: 'bad', text });
    setRefused(field);
  }

  async function checkAndBegin() {
    // Before the currency is known, "5" could be five points or five cents.
    const known = currency !== '' ? currency : await ledger.currencyOf(from);
    const checked = checkDraft({ ...draft, from }, known);
    if ('problem' in checked) complain(checked.problem, checked.field);
    else begin(checked.transaction);
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (state.kind === 'undecided') return retry();
    if (state.kind === 'sending' || isChecking.current) return;
    isChecking.current = true;
    setRefused(null);
    try {
      await checkAndBegin();
    } catch (error) {
      const isUnknown = error instanceof LedgercastError && error.code === 'NOT_FOUND';
      if (isUnknown) complain(t.send.unknownAccount(from), 'from');
      else setMessage({ tone: 'bad', text: t.send.noCurrency(from) });
    } finally {
      isChecking.current = false;
    }
  }

  const change = (field: DraftField, value: string) => {
    setDraft((before) => ({ ...before, [field]: value }));
    setRefused((before) => (before === field ? null : before));
  };
  const leave = (field: DraftField) => setLeft((before) => new Set(before).add(field));
  const hints = useHints({ ...draft, from }, left, currency, from === account);
  return { draft, change, leave, hints, currency, message, refused, state, submit, forget };
}

/** What is wrong is said once the field was left; what an amount leaves, while it is typed. */
function useHints(draft: Draft, left: ReadonlySet<DraftField>, currency: string, isOwn: boolean): Hints {
  const { store } = useLedger();
  const balance = useSnapshot(() => store.balance);
  const hints: Partial<Record<DraftField, Hint>> = {};
  for (const field of left) {
    const problem = draft[field].trim() === '' ? null : problemOf(field, draft, currency);
    if (problem !== null) hints[field] = { text: problem, isWrong: true };
  }
  const parsed = parseAmount(draft.amount, currency);
  if ('problem' in parsed || !isOwn || balance === undefined || currency === '' || hints.amount !== undefined) return hints;
  const isTooMuch = parsed.amount > balance;
  const text = isTooMuch ? t.send.tooMuch(formatMoney(balance, currency)) : t.send.left(formatMoney(balance - parsed.amount, currency));
  // Only a hint: the balance may change before it is sent, and an account may have credit.
  return { ...hints, amount: { text, isWrong: false } };
}

/** Returns the currency of the account that pays, or "" until it is known. */
function useCurrency(ledger: Ledger, account: string, known: string): string {
  const [found, setFound] = useState({ account: '', currency: '' });
  useEffect(() => {
    if (known !== '' || account === '') return undefined;
    let isCurrent = true;
    const timer = setTimeout(() => {
      ledger.currencyOf(account).then(
        (currency) => isCurrent && setFound({ account, currency }),
        // Half-typed names do not exist; submitting reports what is wrong.
        () => undefined,
      );
    }, TYPING_PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [ledger, account, known]);
  if (known !== '') return known;
  return found.account === account ? found.currency : '';
}
