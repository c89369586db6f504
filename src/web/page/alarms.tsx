import type { JSX } from 'preact';
import type { Alarm, PriorityName, Session } from '../../api/types.ts';
import { AlarmCard, isAside } from './alarm-card.tsx';
import { isCalling } from './alarm-doings.ts';
import type { BoardState } from './board.ts';
import { useLanguage } from './language.tsx';
import { MaintenanceList } from './maintenance.tsx';

const ORDER: readonly PriorityName[] = ['urgent', 'high', 'medium', 'low'];

/**
 * Alarms that call come first, the worst of them on top, the newest of those. What is shelved,
 * suppressed or out of service stands below, counted, never out of sight.
 */
export function AlarmList(props: { state: BoardState; session: Session; now: number }): JSX.Element {
  const { say, of } = useLanguage();
  const { state, session, now } = props;
  const isLive = state.link === 'live';
  const alarms = [...state.alarms.values()].sort(byUrgency);
  const shown = alarms.filter((alarm) => !isAside(alarm));
  const newest = shown.filter(isCalling).sort((a, b) => b.since - a.since)[0];
  const card = (alarm: Alarm): JSX.Element => (
    <AlarmCard key={alarm.id} alarm={alarm} session={session} now={now} isLive={isLive} />
  );
  return (
    <section class="alarms" aria-labelledby="alarms-title">
      <h2 id="alarms-title">{say('alarms')}</h2>
      <p class="unseen" aria-live="assertive">
        {newest !== undefined && `${say('newAlarm')}: ${of(newest.title)}`}
      </p>
      {!isLive && <p class="said-unknown">{say('alarmsUnknown')}</p>}
      {isLive && shown.length === 0 && <p class="quiet">{say('noAlarms')}</p>}
      <ul>{shown.map(card)}</ul>
      <AsideList alarms={alarms} card={card} />
      <MaintenanceList state={state} session={session} />
    </section>
  );
}

/** Those of a zone in maintenance are many, and lie folded under their count. */
function AsideList(props: {
  alarms: readonly Alarm[];
  card: (alarm: Alarm) => JSX.Element;
}): JSX.Element | null {
  const { say } = useLanguage();
  const { alarms, card } = props;
  const of = (state: Alarm['state']): readonly Alarm[] => alarms.filter((alarm) => alarm.state === state);
  const [shelved, suppressed, out] = [of('shelved'), of('suppressed'), of('outOfService')];
  if (shelved.length + suppressed.length + out.length === 0) return null;
  return (
    <section class="aside-list" aria-labelledby="aside-title">
      <h3 id="aside-title">
        {say('setAside')}: {shelved.length} {say('shelvedCount')} · {suppressed.length}{' '}
        {say('suppressedCount')} · {out.length} {say('outCount')}
      </h3>
      <ul>{[...shelved, ...out].map(card)}</ul>
      {suppressed.length > 0 && (
        <details>
          <summary>
            {suppressed.length} {say('suppressedCount')}
          </summary>
          <ul>{suppressed.map(card)}</ul>
        </details>
      )}
    </section>
  );
}

function byUrgency(a: Alarm, b: Alarm): number {
  const calls = Number(isCalling(b)) - Number(isCalling(a));
  return calls || ORDER.indexOf(a.priority) - ORDER.indexOf(b.priority) || b.since - a.since;
}
