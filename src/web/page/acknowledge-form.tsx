import type { JSX, TargetedSubmitEvent } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Alarm, Meaning } from '../../api/types.ts';
import { acknowledge, CallFailed } from './calls.ts';
import { useLanguage } from './language.tsx';
import { MEANINGS } from './words.ts';

const CHOICES: readonly Meaning[] = ['seen', 'being-handled', 'false', 'tested'];
/** 80 Chinese signs fill most of the 256 bytes that a record's text may have. */
const LONGEST_REASON = 80;

/**
 * What the person means, and why: both go on record under their name. No meaning is chosen for them.
 * Escape leaves it undone.
 */
export function AcknowledgeForm(props: { alarm: Alarm; csrf: string; close: () => void }): JSX.Element {
  const { say, of } = useLanguage();
  const { alarm, csrf, close } = props;
  const [meaning, setMeaning] = useState<Meaning | null>(null);
  const [failure, setFailure] = useState('');
  const first = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (meaning === null) return;
    const given = new FormData(event.currentTarget).get('reason');
    const reason = typeof given === 'string' ? given.trim() : '';
    void acknowledge(alarm.id, { meaning, reason }, csrf).then(close, (error: unknown) => {
      if (!(error instanceof CallFailed)) throw error;
      setFailure(error.status === 0 ? say('unreachable') : error.message);
    });
  };
  return (
    <form class="acknowledge" onSubmit={submit} onKeyDown={(event) => event.key === 'Escape' && close()}>
      <fieldset>
        <legend>{say('meaning')}</legend>
        {CHOICES.map((choice) => (
          <label key={choice}>
            <input
              ref={choice === 'seen' ? first : null}
              type="radio"
              name={`meaning ${alarm.id}`}
              value={choice}
              required
              checked={choice === meaning}
              onChange={() => setMeaning(choice)}
            />
            <span>{of(MEANINGS[choice])}</span>
          </label>
        ))}
      </fieldset>
      <label class="reason">
        {say('reason')}
        <input name="reason" type="text" maxLength={LONGEST_REASON} autocomplete="off" />
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
