import type { JSX } from 'preact';
import type { IncidentEntry, IncidentSummary } from '../../api/types.ts';
import { unitText } from './format.ts';
import { INCIDENT_WORDS, STEPS } from './incident-words.ts';
import { useLanguage } from './language.tsx';
import { ALARM_STATES, MEANINGS, VERBS } from './words.ts';

const RESULTS = {
  queued: INCIDENT_WORDS.asked,
  delivered: INCIDENT_WORDS.delivered,
  failed: INCIDENT_WORDS.tried,
} as const;

/** One thing that happened, in a line. */
export function IncidentEntryText(props: { entry: IncidentEntry; incident: IncidentSummary }): JSX.Element {
  const { of, language } = useLanguage();
  const { entry, incident } = props;
  const titleOf = (alarm: string): string => {
    const title = incident.alarms.find(({ id }) => id === alarm)?.title;
    return title === undefined ? alarm : of(title);
  };
  switch (entry.kind) {
    case 'alarm': {
      const value =
        entry.value === null ? '' : ` · ${entry.value.text} ${unitText(entry.value.unit, language)}`;
      return (
        <>
          <strong>{titleOf(entry.alarm)}</strong> {of(ALARM_STATES[entry.from])} →{' '}
          {of(ALARM_STATES[entry.to])}
          {value}
        </>
      );
    }
    case 'act': {
      const verb = Object.entries(VERBS).find(([known]) => known === entry.verb)?.[1];
      const meaning = Object.entries(MEANINGS).find(([word]) => word === entry.change)?.[1];
      const change = meaning === undefined ? (entry.change ?? '') : of(meaning);
      const parts = [entry.by, verb === undefined ? entry.verb : of(verb), change, entry.reason];
      return (
        <>
          {parts.filter((part) => part !== '').join(' · ')}
          {entry.isRefused && <strong> ({of(INCIDENT_WORDS.refused)})</strong>}
        </>
      );
    }
    case 'notice':
      return (
        <>
          {entry.called} {of(RESULTS[entry.result])} {entry.channel} · {titleOf(entry.alarm)}
        </>
      );
    case 'unanswered':
      return (
        <>
          {of(INCIDENT_WORDS.unanswered)} {entry.called} · {titleOf(entry.alarm)}
        </>
      );
    case 'order':
      return (
        <>
          {entry.device} · {entry.verb} · {of(STEPS[entry.step])}
        </>
      );
    case 'picture':
      break;
  }
  return (
    <>
      {entry.source} · {of(INCIDENT_WORDS.photo)} · <code>{entry.sha256.slice(0, 16)}…</code>
    </>
  );
}
