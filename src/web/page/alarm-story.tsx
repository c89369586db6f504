import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Alarm, AlarmEntry } from '../../api/types.ts';
import { CallFailed, getAlarmHistory } from './calls.ts';
import { timeText } from './format.ts';
import { useLanguage } from './language.tsx';
import { ALARM_STATES, MEANINGS, VERBS } from './words.ts';

/** Every transition of the alarm and every act on it, of the last week: asked for when it is opened. */
export function AlarmStory(props: { alarm: Alarm }): JSX.Element {
  const { say, language } = useLanguage();
  const [entries, setEntries] = useState<readonly AlarmEntry[] | null>(null);
  const [failure, setFailure] = useState('');
  const load = (isOpen: boolean): void => {
    if (!isOpen) return;
    void getAlarmHistory(props.alarm.id).then(
      (history) => setEntries(history.entries),
      (error: unknown) => {
        if (!(error instanceof CallFailed)) throw error;
        setFailure(error.status === 0 ? say('unreachable') : error.message);
      },
    );
  };
  return (
    <details class="story" onToggle={(event) => load(event.currentTarget.open)}>
      <summary>{say('history')}</summary>
      {failure !== '' && <p class="failure">{failure}</p>}
      <ol>
        {(entries ?? []).toReversed().map((entry) => (
          <li key={entry.seq}>
            <time dateTime={new Date(entry.t).toISOString()}>{timeText(entry.t, language)}</time>{' '}
            <Entry entry={entry} />
          </li>
        ))}
      </ol>
    </details>
  );
}

function Entry({ entry }: { entry: AlarmEntry }): JSX.Element {
  const { say, of } = useLanguage();
  if (entry.kind === 'transition') {
    return (
      <>
        {of(ALARM_STATES[entry.from])} → {of(ALARM_STATES[entry.to])}
      </>
    );
  }
  const verb = Object.entries(VERBS).find(([known]) => known === entry.verb)?.[1];
  const meaning = Object.entries(MEANINGS).find(([word]) => word === entry.change)?.[1];
  const change = meaning === undefined ? (entry.change ?? '') : of(meaning);
  const parts = [entry.by, verb === undefined ? entry.verb : of(verb), change, entry.reason];
  return (
    <>
      {parts.filter((part) => part !== '').join(' · ')}
      {entry.isRefused && <strong> ({say('refusedAct')})</strong>}
    </>
  );
}
