import type { JSX, TargetedInputEvent } from 'preact';
import type { Claims } from './check.ts';
import type { Desk, Whose } from './desk.ts';
import { zoneText } from './format.ts';
import { useLanguage } from './language.tsx';
import type { FieldName, Fields } from './question-fields.ts';
import { streamText } from './stream-text.ts';
import type { Word } from './words.ts';

export const WHOSE_WORDS: Readonly<Record<Whose, Word>> = {
  sender: 'sendersQuestion',
  page: 'proposedQuestion',
  reader: 'ownQuestion',
};

/** The question, filled with the sender's and marked as such until the reader changes it. */
export function QuestionPanel({ desk, claims }: { desk: Desk; claims: Claims }): JSX.Element {
  const { say } = useLanguage();
  const { fields, whose } = desk;
  if (claims.proposal === null && whose !== 'reader')
    return (
      <section class="panel no-print" aria-labelledby="question-title">
        <h2 id="question-title">{say('question')}</h2>
        <p class="hint">{say('noQuestion')}</p>
      </section>
    );
  return (
    <section class="panel no-print" aria-labelledby="question-title">
      <div class="panel-head">
        <h2 id="question-title">{say('question')}</h2>
        <span class={`chip ${whose === 'reader' ? 'good' : 'warn'}`} id="whose">
          {say(WHOSE_WORDS[whose])}
        </span>
      </div>
      <p class="hint">{say('questionHint')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          desk.check();
        }}
      >
        <KindChoice desk={desk} />
        <SlotChoice desk={desk} claims={claims} />
        <div class="fields">
          <TextField desk={desk} name="from" type="datetime-local" />
          <TextField desk={desk} name="to" type="datetime-local" />
          {fields.kind === 'range' ? (
            <>
              <TextField desk={desk} name="min" placeholder={say('noLimit')} />
              <TextField desk={desk} name="max" placeholder={say('noLimit')} />
              <TextField desk={desk} name="unit" />
              <TextField desk={desk} name="decimals" />
              <TextField desk={desk} name="allowOut" />
            </>
          ) : (
            <TextField desk={desk} name="epc" />
          )}
          <TextField desk={desk} name="allowGap" />
          <TextField desk={desk} name="maxGap" />
        </div>
        <div class="buttons">
          <button
            class="primary"
            type="submit"
            id="ask"
            disabled={!desk.read.ok || desk.policy.policy === null}
          >
            {say('checkAgain')}
          </button>
          {whose === 'reader' && (
            <button type="button" id="restore" onClick={desk.restore}>
              {say('restoreQuestion')}
            </button>
          )}
        </div>
      </form>
    </section>
  );
}

function KindChoice({ desk }: { desk: Desk }): JSX.Element {
  const { say } = useLanguage();
  return (
    <fieldset>
      <legend class="unseen">{say('question')}</legend>
      {(['range', 'present'] as const).map((kind) => (
        <label key={kind}>
          <input
            type="radio"
            name="kind"
            value={kind}
            checked={desk.fields.kind === kind}
            onChange={() => desk.setFields({ ...desk.fields, kind })}
          />
          {say(kind === 'range' ? 'kindRange' : 'kindPresent')}
        </label>
      ))}
    </fieldset>
  );
}

function SlotChoice({ desk, claims }: { desk: Desk; claims: Claims }): JSX.Element {
  const { say, language } = useLanguage();
  const { fields } = desk;
  const wanted = fields.kind === 'range' ? 1 : 2;
  const offered = claims.streams.filter((s) => s.kind === wanted || fields.slots.includes(s.slot));
  const missing = fields.slots.filter((slot) => !claims.streams.some((s) => s.slot === slot));
  const toggle = (slot: number): void => {
    const slots = fields.slots.includes(slot)
      ? fields.slots.filter((s) => s !== slot)
      : [...fields.slots, slot].toSorted((a, b) => a - b);
    desk.setFields({ ...fields, slots });
  };
  const choices = [
    ...offered.map((s) => ({ slot: s.slot, text: streamText(s, language) })),
    ...missing.map((slot) => ({ slot, text: `${slot} · ?` })),
  ];
  return (
    <fieldset class="slots">
      <legend>{say('slots')}</legend>
      {choices.map(({ slot, text }) => (
        <label key={slot}>
          <input type="checkbox" checked={fields.slots.includes(slot)} onChange={() => toggle(slot)} />
          {text}
        </label>
      ))}
      {isWrong(desk, 'slots') && <span class="failure">{say('wrongField')}</span>}
    </fieldset>
  );
}

type TextName = Exclude<FieldName, 'kind' | 'slots'>;

function TextField(props: {
  desk: Desk;
  name: TextName;
  type?: 'datetime-local';
  placeholder?: string;
}): JSX.Element {
  const { say } = useLanguage();
  const { desk, name, type } = props;
  const value: Fields[TextName] = desk.fields[name];
  const isBad = isWrong(desk, name);
  const common = {
    id: `field-${name}`,
    autocomplete: 'off',
    spellcheck: false,
    value,
    'aria-invalid': isBad,
    onInput: ({ currentTarget }: TargetedInputEvent<HTMLInputElement>) =>
      desk.setFields({ ...desk.fields, [name]: currentTarget.value }),
  } as const;
  return (
    <label class="field">
      <span>
        {say(name)}
        {type !== undefined && <small> {zoneText(new Date(value || 0).getTime())}</small>}
      </span>
      {type === undefined ? (
        <input
          {...common}
          type="text"
          inputMode={name === 'unit' || name === 'epc' ? 'text' : 'decimal'}
          placeholder={props.placeholder}
        />
      ) : (
        <input {...common} type={type} step="0.001" />
      )}
      {isBad && <span class="failure">{say('wrongField')}</span>}
    </label>
  );
}

function isWrong({ read }: Desk, name: FieldName): boolean {
  return !read.ok && read.wrong.includes(name);
}
