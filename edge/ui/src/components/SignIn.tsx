import { useRef, useState } from 'react';
import type { FormEvent } from 'react';
import { explainSignIn } from '../failures';
import { Field } from './Field';
import { FormMessage } from './FormMessage';

interface SignInProps {
  readonly notice: string;
  readonly signIn: (username: string, password: string) => Promise<void>;
}

export function SignIn({ notice, signIn }: SignInProps) {
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
      await signIn(username.trim(), password);
    } catch (error) {
      setProblem(explainSignIn(error));
      setIsBusy(false);
      passwordInput.current?.select();
    }
  }

  const message = problem !== '' ? { tone: 'bad', text: problem } as const : { tone: 'plain', text: notice } as const;
  return (
    <main className="sign-in">
      <form className="card form" onSubmit={(event) => void submit(event)}>
        <div>
          <h2 className="sign-in-title">Sign in</h2>
          <p className="hint">See your transactions the moment they happen.</p>
        </div>
        <Field
          label="Username"
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
          label="Password"
          testId="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <FormMessage {...message} />
        <button type="submit" className="button" data-testid="sign-in" aria-disabled={isBusy}>
          {isBusy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}
