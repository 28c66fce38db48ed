// Sends one transfer. Its id is made once per submission and kept for retries. So it is posted once, however often a
// click or the network repeats it.

import { uuidV7 } from '@ledgercast/client';
import { useEffect, useRef, useState } from 'react';
import { t } from '../messages';
import type { Transfer } from '../model/draft';
import { explainSend } from '../model/failures';
import { formatCount, formatMoney } from '../model/money';
import type { Row } from '../model/rows';
import type { Message } from './FormMessage';
import { useLedger, useSnapshot } from './useLedger';

export interface Submission {
  readonly id: string;
  readonly transfer: Transfer;
}

export type SubmissionState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending'; readonly submission: Submission }
  /** It was sent, but the result is not known. Only the same id may be sent again. */
  | { readonly kind: 'undecided'; readonly submission: Submission };

interface SubmissionOptions {
  readonly onMessage: (message: Message) => void;
  readonly onPosted: () => void;
}

const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));

type Posted = Pick<Row, 'amount' | 'currency' | 'toAccount' | 'sequence'>;

export function useSubmission({ onMessage, onPosted }: SubmissionOptions) {
  const ledger = useLedger();
  const [state, setState] = useState<SubmissionState>({ kind: 'idle' });
  // A state change takes effect at the next render, which is too late for the second click of a double click.
  const sending = useRef<string | null>(null);
  // If the transfer appears in the log before its answer comes, it was posted.
  const version = useSnapshot((snapshot) => (state.kind === 'idle' ? 0 : snapshot.version));

  function settle(posted: Posted) {
    sending.current = null;
    setState({ kind: 'idle' });
    onMessage({ tone: 'good', text: confirmation(posted) });
    onPosted();
  }

  async function run(submission: Submission) {
    if (sending.current !== null) return;
    const { id, transfer } = submission;
    sending.current = id;
    setState({ kind: 'sending', submission });
    onMessage({ tone: 'plain', text: '' });
    try {
      const posted = await ledger.send({ ...transfer, id });
      if (sending.current === id) settle(posted);
    } catch (error) {
      if (sending.current !== id) return;
      sending.current = null;
      const failure = explainSend(error, transfer);
      onMessage({ tone: 'bad', text: failure.text });
      setState(failure.isUndecided ? { kind: 'undecided', submission } : { kind: 'idle' });
    }
  }

  useEffect(() => {
    if (state.kind === 'idle') return;
    const posted = ledger.store.findRecent(state.submission.id);
    if (posted !== undefined) settle(posted);
  }, [version, state]);

  return {
    state,
    begin: (transfer: Transfer) => void run({ id: uuidV7(Date.now(), randomBytes), transfer }),
    retry: () => {
      if (state.kind === 'undecided') void run(state.submission);
    },
    forget: () => {
      setState({ kind: 'idle' });
      onMessage({ tone: 'plain', text: t.send.gaveUp });
    },
  };
}

function confirmation({ amount, currency, toAccount, sequence }: Posted): string {
  return t.send.sent(formatMoney(amount, currency), toAccount, formatCount(sequence));
}
