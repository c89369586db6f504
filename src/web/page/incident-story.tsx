import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Alarm, Incident, IncidentSummary, Session } from '../../api/types.ts';
import { ActBar } from './act-bar.tsx';
import { doingsFor } from './alarm-doings.ts';
import { CallFailed, getIncident } from './calls.ts';
import { timeText } from './format.ts';
import { IncidentEntryText } from './incident-entry.tsx';
import { INCIDENT_WORDS } from './incident-words.ts';
import { useLanguage } from './language.tsx';

/** One incident whole: what can be done, what happened in order, photos, who has been told, its proof. */
export function IncidentStory(props: {
  incident: IncidentSummary;
  alarms: ReadonlyMap<string, Alarm>;
  session: Session;
  isLive: boolean;
}): JSX.Element {
  const { say, of, language } = useLanguage();
  const { incident, alarms, session, isLive } = props;
  const [story, setStory] = useState<Incident | null>(null);
  const [failure, setFailure] = useState('');
  useEffect(() => {
    void getIncident(incident.id).then(setStory, (error: unknown) => {
      if (!(error instanceof CallFailed)) throw error;
      setFailure(error.status === 0 ? say('unreachable') : error.message);
    });
    // Asked for anew when the list brought it anew.
  }, [incident]);
  if (story === null) return <p class="failure">{failure}</p>;
  const standing = incident.alarms.flatMap(({ id }) => alarms.get(id) ?? []);
  const { entries, left } = story;
  const pictures = entries.filter((entry) => entry.kind === 'picture');
  const mayProve = session.may.includes('incidentBundle') && story.bundle !== null;
  return (
    <div class="incident-story">
      {standing.length > 0 && <h3>{of(INCIDENT_WORDS.actions)}</h3>}
      {standing.map((alarm) => (
        <div key={alarm.id} class="incident-acts">
          <p>{of(alarm.title)}</p>
          <ActBar
            title={of(alarm.title)}
            target={{
              address: `alarms/${encodeURIComponent(alarm.id)}`,
              longestMs: alarm.longestShelvingMs,
            }}
            doings={doingsFor(alarm)}
            session={session}
            isLive={isLive}
          />
        </div>
      ))}
      <h3>{of(INCIDENT_WORDS.order)}</h3>
      <ol>
        {entries.map((entry) => (
          <li key={entry.seq}>
            <time dateTime={new Date(entry.t).toISOString()}>{timeText(entry.t, language)}</time>{' '}
            <IncidentEntryText entry={entry} incident={incident} />
          </li>
        ))}
      </ol>
      {left > 0 && (
        <p>
          {left} {of(INCIDENT_WORDS.more)}
        </p>
      )}
      {pictures.length > 0 && <h3>{of(INCIDENT_WORDS.photos)}</h3>}
      <div class="incident-photos">
        {pictures.map((picture) => (
          <a key={picture.seq} href={`/api/v1/pictures/${picture.sha256}`}>
            <img
              src={`/api/v1/pictures/${picture.sha256}`}
              alt={`${of(INCIDENT_WORDS.photoOf)} ${picture.source}, ${timeText(picture.takenAt, language)}`}
            />
          </a>
        ))}
      </div>
      <h3>{of(INCIDENT_WORDS.told)}</h3>
      <ToldRows story={story} />
      {mayProve && (
        <p>
          <a href={`/api/v1/incidents/${incident.id}/bundle`} download>
            {of(INCIDENT_WORDS.proof)}
          </a>
        </p>
      )}
    </div>
  );
}

function ToldRows({ story }: { story: Incident }): JSX.Element {
  const { of, language } = useLanguage();
  if (story.told.length === 0) return <p>{of(INCIDENT_WORDS.toldNobody)}</p>;
  return (
    <ul>
      {story.told.map(({ alarm, channel, called, name, askedAt, toldAt, failed }) => (
        <li key={`${alarm} ${channel} ${called} ${askedAt}`}>
          {name === null ? called : of(name)} · {channel} ·{' '}
          {toldAt === null ? of(INCIDENT_WORDS.notYet) : timeText(toldAt, language)}
          {failed > 0 && ` · ${failed} ${of(INCIDENT_WORDS.failed)}`}
        </li>
      ))}
    </ul>
  );
}
