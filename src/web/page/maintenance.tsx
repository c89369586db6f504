import type { JSX } from 'preact';
import type { Session } from '../../api/types.ts';
import { ActBar } from './act-bar.tsx';
import { END_MAINTENANCE, LENGTHS, MAINTAIN } from './acts.ts';
import type { BoardState } from './board.ts';
import { actText, timeText } from './format.ts';
import { useLanguage } from './language.tsx';

const LONGEST_MS = LENGTHS.at(-1) ?? 0;

/** Zones in maintenance, until when and why, and how many of their alarms would stand now. */
export function MaintenanceList(props: { state: BoardState; session: Session }): JSX.Element | null {
  const { say, of, language } = useLanguage();
  const { state, session } = props;
  if (state.maintenance.length === 0) return null;
  return (
    <ul class="maintenance" aria-label={say('inMaintenance')}>
      {state.maintenance.map((m) => (
        <li key={m.zone.id} data-maintenance={m.zone.id}>
          <p>
            <strong>
              {of(m.zone.title)}: {say('inMaintenance')}
            </strong>{' '}
            {say('until')} {timeText(m.until, language)} · {actText(m, language)} · {m.alarms}{' '}
            {say('suppressedCount')}, {m.active} {say('wouldStand')}
          </p>
          <ActBar
            title={of(m.zone.title)}
            target={{ address: `zones/${encodeURIComponent(m.zone.id)}`, longestMs: LONGEST_MS }}
            doings={[END_MAINTENANCE]}
            session={session}
            isLive={state.link === 'live'}
          />
        </li>
      ))}
    </ul>
  );
}

/** The way into maintenance, beside the zone's name. */
export function MaintainZone(props: {
  zone: { readonly id: string; readonly title: { readonly en: string; readonly zh: string } };
  state: BoardState;
  session: Session;
}): JSX.Element | null {
  const { of } = useLanguage();
  const { zone, state, session } = props;
  if (state.maintenance.some((m) => m.zone.id === zone.id)) return null;
  return (
    <ActBar
      title={of(zone.title)}
      target={{ address: `zones/${encodeURIComponent(zone.id)}`, longestMs: LONGEST_MS }}
      doings={[MAINTAIN]}
      session={session}
      isLive={state.link === 'live'}
    />
  );
}
