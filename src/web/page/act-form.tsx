import type { JSX, TargetedSubmitEvent } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Meaning } from '../../api/types.ts';
import { LENGTHS, type Doing } from './acts.ts';
import { act, CallFailed } from './calls.ts';
import { spanText } from './format.ts';
import { useLanguage } from './language.tsx';
import { MEANINGS } from './words.ts';

const CHOICES: readonly Meaning[] = ['seen', 'being-handled', 'false', 'tested'];
/** 80 Chinese signs fill most of the 256 bytes that a record's text may have. */
const LONGEST_REASON = 80;

/** What an act is about: its address in the API, and the longest time it may take. */
export type Target = { readonly address: string; readonly longestMs: number };

/**
 * What the person means or for how long, and why: all goes on record under their name. No meaning
 * and no time is chosen for them. Escape leaves it undone.
 */
export function ActForm(props: {
  doing: Doing;
  target: Target;
  csrf: string;
  close: () => void;
}): JSX.Element {
  const { say, of, language } = useLanguage();
  const { doing, target, csrf, close } = props;
  const [choice, setChoice] = useState<string | null>(null);
  const [failure, setFailure] = useState('');
  const form = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => form.current?.querySelector('input')?.focus(), []);
  const choices =
    doing.asks === 'meaning'
      ? CHOICES.map((meaning) => [meaning, of(MEANINGS[meaning])] as const)
      : LENGTHS.filter((ms) => ms <= target.longestMs).map(
          (ms) => [String(ms), spanText(ms, language)] as const,
        );
  // Who calls an alarm false or a test says why.
  const isReasonNeeded = doing.asks !== 'meaning' || choice === 'false' || choice === 'tested';
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (doing.asks !== 'reason' && choice === null) return;
    const given = new FormData(event.currentTarget).get('reason');
    const reason = typeof given === 'string' ? given.trim() : '';
    const more = { reason: {}, meaning: { meaning: choice }, time: { forMs: Number(choice) } };
    void act(`${target.address}/${doing.path}`, { reason, ...more[doing.asks] }, csrf).then(
      close,
      (error: unknown) => {
        if (!(error instanceof CallFailed)) throw error;
        setFailure(failureText(error));
      },
    );
  };
  const failureText = ({ status, code, message }: CallFailed): string => {
    if (status === 0) return say('unreachable');
    return code === 'STEP_UP' ? say('stepUp') : message;
  };
  return (
    <form ref={form} class="act" onSubmit={submit} onKeyDown={(event) => event.key === 'Escape' && close()}>
      {doing.asks !== 'reason' && (
        <fieldset>
          <legend>{say(doing.asks === 'meaning' ? 'meaning' : 'howLong')}</legend>
          {choices.map(([value, text]) => (
            <label key={value}>
              <input
                type="radio"
                name={`choice ${target.address}`}
                value={value}
                required
                checked={choice === value}
                onChange={() => setChoice(value)}
              />
              <span>{text}</span>
            </label>
          ))}
        </fieldset>
      )}
      <label class="reason">
        {say('reason')}
        <input
          name="reason"
          type="text"
          maxLength={LONGEST_REASON}
          autocomplete="off"
          required={isReasonNeeded}
        />
      </label>
      {failure !== '' && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="primary">
          {say('confirm')}
        </button>
        <button type="button" onClick={close}>
          {say('cancel')}
        </button>
      </div>
    </form>
  );
}
