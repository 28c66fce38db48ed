// One transfer on its way. The id is made once a submission and kept over its
// retries, so that however often a click or the network repeats it, it is posted once.

import { useEffect, useRef, useState } from 'react';
import type { NewTransaction } from '../api';
import { explainSend } from '../failures';
import { formatAmount } from '../money';
import type { Transaction } from '../protocol';
import { uuidV7 } from '../uuid';
import type { Message } from './FormMessage';

export interface Submission {
  readonly id: string;
  readonly transaction: NewTransaction;
}

export type SubmissionState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending'; readonly submission: Submission }
  /** Sent, but nobody knows what became of it: only the same id may be sent again. */
  | { readonly kind: 'undecided'; readonly submission: Submission };

interface SubmissionOptions {
  readonly send: (id: string, transaction: NewTransaction) => Promise<Transaction>;
  /** Newest first; where an undecided transfer shows up, it is decided. */
  readonly rows: readonly Transaction[];
  readonly onMessage: (message: Message) => void;
  readonly onPosted: () => void;
}

export function useSubmission({ send, rows, onMessage, onPosted }: SubmissionOptions) {
  const [state, setState] = useState<SubmissionState>({ kind: 'idle' });
  // State changes reach the next render; the second click of a double click is sooner.
  const isSending = useRef(false);

  function settle(posted: Transaction) {
    setState({ kind: 'idle' });
    onMessage({ tone: 'good', text: confirmation(posted) });
    onPosted();
  }

  async function run(submission: Submission) {
    if (isSending.current) return;
    isSending.current = true;
    setState({ kind: 'sending', submission });
    onMessage({ tone: 'plain', text: '' });
    try {
      settle(await send(submission.id, submission.transaction));
    } catch (error) {
      const failure = explainSend(error, submission.transaction);
      onMessage({ tone: 'bad', text: failure.text });
      setState(failure.isUndecided ? { kind: 'undecided', submission } : { kind: 'idle' });
    } finally {
      isSending.current = false;
    }
  }

  useEffect(() => {
    if (state.kind !== 'undecided') return;
    const posted = rows.find((row) => row.id === state.submission.id);
    if (posted !== undefined) settle(posted);
  }, [rows, state]);

  return {
    state,
    begin: (transaction: NewTransaction) => void run({ id: uuidV7(Date.now()), transaction }),
    retry: () => {
      if (state.kind === 'undecided') void run(state.submission);
    },
    forget: () => {
      setState({ kind: 'idle' });
      onMessage({ tone: 'plain', text: 'Look at the list before you send it anew: it may have been posted.' });
    },
  };
}

function confirmation({ amount, currency, toAccount, sequence }: Transaction): string {
  return `Sent ${formatAmount(amount, currency)} ${currency} to ${toAccount} as #${sequence}.`;
}
