import type { ComponentChildren, JSX, TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Session } from '../../api/types.ts';
import { CallFailed, openSession } from './calls.ts';
import { useLanguage } from './language.tsx';
import type { Word } from './words.ts';

export function SignIn(props: {
  languageChoice: ComponentChildren;
  done: (session: Session) => void;
}): JSX.Element {
  const { say } = useLanguage();
  const [failure, setFailure] = useState<Word | null>(null);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get('token');
    void openSession(typeof token === 'string' ? token.trim() : '').then(props.done, (error: unknown) => {
      if (!(error instanceof CallFailed)) throw error;
      setFailure(error.status === 0 || error.status >= 500 ? 'unreachable' : 'wrongToken');
    });
  };
  return (
    <main class="sign-in">
      <div class="sign-in-top">
        <span class="brand">bailee</span>
        {props.languageChoice}
      </div>
      <h1>{say('signInTitle')}</h1>
      <form onSubmit={submit}>
        <label for="token">{say('token')}</label>
        <input
          id="token"
          name="token"
          type="password"
          autocomplete="current-password"
          required
          aria-describedby="token-hint"
        />
        <p id="token-hint" class="hint">
          {say('tokenHint')}
        </p>
        {failure !== null && (
          <p class="failure" role="alert">
            {say(failure)}
          </p>
        )}
        <button type="submit" class="primary">
          {say('signIn')}
        </button>
      </form>
    </main>
  );
}
