import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Alarm, IncidentSummary, Session } from '../../api/types.ts';
import { CallFailed, get } from './calls.ts';
import { timeText } from './format.ts';
import { INCIDENT_WORDS } from './incident-words.ts';
import { IncidentStory } from './incident-story.tsx';
import { useLanguage } from './language.tsx';
import { PRIORITIES } from './words.ts';

/** Alarms come in bursts: the list is asked for once they are still for so long, ms. */
const STILL_MS = 500;

/** Each incident folded under what it is about; asked for anew whenever an alarm changes. */
export function IncidentList(props: {
  alarms: ReadonlyMap<string, Alarm>;
  session: Session;
  isLive: boolean;
}): JSX.Element {
  const { of } = useLanguage();
  const { alarms, session, isLive } = props;
  const [list, setList] = useState<readonly IncidentSummary[]>([]);
  const changes = [...alarms.values()].map(({ id, state }) => `${id} ${state}`).join('\n');
  useEffect(() => {
    if (!isLive) return undefined;
    const timer = setTimeout(() => {
      void get('incidents').then(setList, (error: unknown) => {
        // What is shown stays; the board says when nobody answers.
        if (!(error instanceof CallFailed)) throw error;
      });
    }, STILL_MS);
    return () => clearTimeout(timer);
  }, [changes, isLive]);
  return (
    <section class="incidents" aria-labelledby="incidents-title">
      <h2 id="incidents-title">{of(INCIDENT_WORDS.title)}</h2>
      {list.length === 0 && <p class="quiet-line">{of(INCIDENT_WORDS.none)}</p>}
      {list.map((incident) => (
        <IncidentItem
          key={incident.id}
          incident={incident}
          alarms={alarms}
          session={session}
          isLive={isLive}
        />
      ))}
    </section>
  );
}

function IncidentItem(props: {
  incident: IncidentSummary;
  alarms: ReadonlyMap<string, Alarm>;
  session: Session;
  isLive: boolean;
}): JSX.Element {
  const { of, language } = useLanguage();
  const { incident } = props;
  const [isOpen, setOpen] = useState(location.hash === `#incident=${incident.id}`);
  const [first] = incident.alarms;
  const where = incident.zone === null ? '' : `${of(incident.zone.title)} · `;
  const end = incident.to === null ? of(INCIDENT_WORDS.goesOn) : timeText(incident.to, language);
  const more = incident.alarms.length > 1 ? ` +${incident.alarms.length - 1}` : '';
  return (
    <details
      class={`incident ${incident.priority}`}
      data-incident={incident.id}
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <span class="priority">{of(PRIORITIES[incident.priority])}</span> {where}
        {first === undefined ? '' : of(first.title)}
        {more} · {timeText(incident.from, language)} – {end}
      </summary>
      {isOpen && <IncidentStory {...props} />}
    </details>
  );
}
