import { useEffect, useRef } from 'react';
import { t } from '../messages';
import type { DraftField } from '../model/draft';
import { scaleOf } from '../model/money';
import { Field } from './Field';
import { FormMessage } from './FormMessage';
import { useSendForm } from './useSendForm';
import type { SendFormOptions } from './useSendForm';

const SUBMIT_WORDS = { idle: t.send.submit, sending: t.send.busy, undecided: t.send.retry } as const;
const ACCOUNT_INPUT = { autoCapitalize: 'none', spellCheck: false };

export function SendForm(options: SendFormOptions) {
  const { draft, change, leave, hints, currency, message, refused, state, submit, forget } = useSendForm(options);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (refused !== null) form.current?.querySelector<HTMLInputElement>(`[name="${refused}"]`)?.focus();
  }, [refused]);

  const field = (name: DraftField, label: string) => ({
    label,
    name,
    testId: `send-${name}`,
    value: draft[name],
    hint: hints[name]?.text,
    isInvalid: refused === name || hints[name]?.isWrong === true,
    // A submission that is being sent must not change under its id.
    readOnly: state.kind !== 'idle',
    autoComplete: 'off',
    onChange: (event: { target: { value: string } }) => change(name, event.target.value),
    onBlur: () => leave(name),
  });

  return (
    <section className="card" aria-labelledby="send-title">
      <h2 id="send-title" className="card-title">
        {t.send.title}
      </h2>
      <form ref={form} className="form" noValidate onSubmit={(event) => void submit(event)}>
        {options.isAdmin && <Field {...field('from', t.send.from)} {...ACCOUNT_INPUT} />}
        <div className="form-pair">
          <Field {...field('to', t.send.to)} {...ACCOUNT_INPUT} data-shortcut="send" />
          <Field {...field('amount', t.send.amount(currency))} inputMode={scaleOf(currency) === 0 ? 'numeric' : 'decimal'} />
        </div>
        <Field {...field('description', t.send.description)} />
        <FormMessage {...message} />
        <div className="form-actions">
          <button type="submit" className="button" data-testid="send-submit" aria-disabled={state.kind === 'sending'}>
            {SUBMIT_WORDS[state.kind]}
          </button>
          {state.kind === 'undecided' && (
            <button type="button" className="button-quiet" data-testid="send-forget" onClick={forget}>
              {t.send.giveUp}
            </button>
          )}
        </div>
      </form>
    </section>
  );
}
