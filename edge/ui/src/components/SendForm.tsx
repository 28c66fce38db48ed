import { useEffect, useRef } from 'react';
import type { DraftField } from '../draft';
import { scaleOf } from '../money';
import { Field } from './Field';
import { FormMessage } from './FormMessage';
import { useSendForm } from './useSendForm';
import type { SendFormOptions } from './useSendForm';

const SUBMIT_WORDS = { idle: 'Send', sending: 'Sending…', undecided: 'Try again' } as const;
const ACCOUNT_INPUT = { autoCapitalize: 'none', spellCheck: false };

export function SendForm(options: SendFormOptions) {
  const { draft, change, currency, message, invalidField, state, submit, forget } = useSendForm(options);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (invalidField !== null) form.current?.querySelector<HTMLInputElement>(`[name="${invalidField}"]`)?.focus();
  }, [invalidField]);

  const field = (name: DraftField, label: string) => ({
    label,
    name,
    testId: `send-${name}`,
    value: draft[name],
    isInvalid: invalidField === name,
    // What is under way must not change under its id.
    readOnly: state.kind !== 'idle',
    autoComplete: 'off',
    onChange: (event: { target: { value: string } }) => change(name, event.target.value),
  });

  return (
    <section className="card" aria-labelledby="send-title">
      <h2 id="send-title" className="card-title">
        Send
      </h2>
      <form ref={form} className="form" noValidate onSubmit={(event) => void submit(event)}>
        {options.admin && <Field {...field('from', 'From account')} {...ACCOUNT_INPUT} />}
        <div className="form-pair">
          <Field {...field('to', 'To account')} {...ACCOUNT_INPUT} />
          <Field
            {...field('amount', currency === '' ? 'Amount' : `Amount in ${currency}`)}
            inputMode={scaleOf(currency) === 0 ? 'numeric' : 'decimal'}
          />
        </div>
        <Field {...field('description', 'Description (optional)')} />
        <FormMessage {...message} />
        <div className="form-actions">
          <button type="submit" className="button" data-testid="send-submit" aria-disabled={state.kind === 'sending'}>
            {SUBMIT_WORDS[state.kind]}
          </button>
          {state.kind === 'undecided' && (
            <button type="button" className="button-quiet" data-testid="send-forget" onClick={forget}>
              Give up
            </button>
          )}
        </div>
      </form>
    </section>
  );
}
