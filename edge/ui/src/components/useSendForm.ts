// What the form for sending holds and does: the draft, its check, and its submission.

import { useEffect, useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { ApiError } from '../api';
import { checkDraft } from '../draft';
import type { Draft, DraftField } from '../draft';
import { unknownAccount } from '../failures';
import type { Ledger } from '../ledger';
import type { Transaction } from '../protocol';
import type { Message } from './FormMessage';
import { useSubmission } from './useSubmission';

/** After the last key: a name that is still being typed is not worth a question. */
const TYPING_PAUSE_MS = 400;

export interface SendFormOptions {
  readonly ledger: Ledger;
  readonly account: string;
  /** May send from any account, not only from the own one. */
  readonly admin: boolean;
  readonly ownCurrency: string;
  readonly rows: readonly Transaction[];
}

export function useSendForm({ ledger, account, admin, ownCurrency, rows }: SendFormOptions) {
  const [draft, setDraft] = useState<Draft>({ from: account, to: '', amount: '', description: '' });
  const [message, setMessage] = useState<Message>({ tone: 'plain', text: '' });
  const [invalidField, setInvalidField] = useState<DraftField | null>(null);
  const isChecking = useRef(false);
  const from = admin ? draft.from.trim() : account;
  const currency = useCurrency(ledger, from, from === account ? ownCurrency : '');
  const { state, begin, retry, forget } = useSubmission({
    send: (id, transaction) => ledger.send(id, transaction),
    rows,
    onMessage: setMessage,
    onPosted: () => setDraft((posted) => ({ ...posted, amount: '', description: '' })),
  });

  function complain(text: string, field: DraftField) {
    setMessage({ tone: 'bad', text });
    setInvalidField(field);
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
    setInvalidField(null);
    try {
      await checkAndBegin();
    } catch (error) {
      const isUnknown = error instanceof ApiError && error.status === 404;
      if (isUnknown) complain(unknownAccount(from), 'from');
      else setMessage({ tone: 'bad', text: `The currency of ${from} cannot be looked up right now. Nothing was sent.` });
    } finally {
      isChecking.current = false;
    }
  }

  const change = (field: DraftField, value: string) => setDraft((before) => ({ ...before, [field]: value }));
  return { draft, change, currency, message, invalidField, state, submit, forget };
}

/** Of the account that pays, or "" until it is known. */
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
