import { useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { t } from '../messages';
import { explainSignIn } from '../model/failures';
import { Field } from './Field';
import { FormMessage } from './FormMessage';
import { useLedger, useSnapshot } from './useLedger';

export function SignIn() {
  const ledger = useLedger();
  const notice = useSnapshot((snapshot) => snapshot.notice);
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const passwordInput = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isBusy) return;
    setIsBusy(true);
    setProblem('');
    try {
      await ledger.signIn(username.trim(), password);
    } catch (error) {
      setProblem(explainSignIn(error));
      setIsBusy(false);
      passwordInput.current?.select();
    }
  }

  const message = problem !== '' ? ({ tone: 'bad', text: problem } as const) : ({ tone: 'plain', text: notice } as const);
  return (
    <main className="sign-in">
      <form className="card form" onSubmit={(event) => void submit(event)}>
        <div>
          <h2 className="sign-in-title">{t.signIn.title}</h2>
          <p className="sign-in-intro">{t.signIn.intro}</p>
        </div>
        <Field
          label={t.signIn.username}
          testId="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          autoFocus
          value={username}
          onChange={(event) => setUsername(event.target.value)}
        />
        <Field
          ref={passwordInput}
          label={t.signIn.password}
          testId="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <FormMessage {...message} />
        <button type="submit" className="button" data-testid="sign-in" aria-disabled={isBusy}>
          {isBusy ? t.signIn.busy : t.signIn.submit}
        </button>
      </form>
    </main>
  );
}
