import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Alarm, PriorityName, Session } from '../../api/types.ts';
import { AcknowledgeForm } from './acknowledge-form.tsx';
import type { BoardState } from './board.ts';
import { agoText, limitText, timeText, unitText } from './format.ts';
import { useLanguage } from './language.tsx';
import { ALARM_STATES, PRIORITIES } from './words.ts';

const ORDER: readonly PriorityName[] = ['urgent', 'high', 'medium', 'low'];

/** Alarms that call come first, the worst of them on top, the newest of those. */
export function AlarmList(props: { state: BoardState; session: Session; now: number }): JSX.Element {
  const { say, of } = useLanguage();
  const { state, session, now } = props;
  const isLive = state.link === 'live';
  const alarms = [...state.alarms.values()].sort(byUrgency);
  const newest = alarms.filter(isCalling).sort((a, b) => b.since - a.since)[0];
  return (
    <section class="alarms" aria-labelledby="alarms-title">
      <h2 id="alarms-title">{say('alarms')}</h2>
      <p class="unseen" aria-live="assertive">
        {newest !== undefined && `${say('newAlarm')}: ${of(newest.title)}`}
      </p>
      {!isLive && <p class="said-unknown">{say('alarmsUnknown')}</p>}
      {isLive && alarms.length === 0 && <p class="quiet">{say('noAlarms')}</p>}
      <ul>
        {alarms.map((alarm) => (
          <AlarmCard key={alarm.id} alarm={alarm} session={session} now={now} isLive={isLive} />
        ))}
      </ul>
    </section>
  );
}

function AlarmCard(props: { alarm: Alarm; session: Session; now: number; isLive: boolean }): JSX.Element {
  const { say, of, language } = useLanguage();
  const { alarm, session, now, isLive } = props;
  const canAct = isLive && session.role === 'operator' && isCalling(alarm);
  const isLinked = location.hash === `#alarm=${encodeURIComponent(alarm.id)}`;
  const [isOpen, setOpen] = useState(isLinked);
  const card = useRef<HTMLLIElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isLinked) card.current?.scrollIntoView({ block: 'center' });
  }, [isLinked]);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const { lastValue, limit, zone, acknowledged } = alarm;
  return (
    <li
      ref={card}
      class={`alarm ${alarm.priority} ${isCalling(alarm) ? 'calling' : 'heard'}`}
      data-alarm={alarm.id}
    >
      <div class="alarm-head">
        <span class="priority">{of(PRIORITIES[alarm.priority])}</span>
        <h3>{of(alarm.title)}</h3>
        <span class="alarm-state">{of(ALARM_STATES[alarm.state])}</span>
      </div>
      <dl>
        <Fact
          name={say('place')}
          text={zone === null ? alarm.subject : `${of(zone.title)} · ${alarm.subject}`}
        />
        {lastValue !== null && (
          <Fact name={say('value')} text={`${lastValue.text} ${unitText(lastValue.unit, language)}`} />
        )}
        {limit !== null && <Fact name={say('limit')} text={limitText(limit, language)} />}
        <Fact
          name={say('since')}
          text={`${timeText(alarm.since, language)} · ${agoText(now - alarm.since, language)}`}
        />
        <Fact name={say('basis')} text={alarm.basis} />
        {acknowledged !== null && (
          <Fact
            name={say('acknowledgedBy')}
            text={`${acknowledged.by} · ${timeText(acknowledged.at, language)}`}
          />
        )}
      </dl>
      {canAct && !isOpen && (
        <button ref={button} type="button" class="primary" onClick={() => setOpen(true)}>
          {say('acknowledge')}
          <span class="unseen"> {of(alarm.title)}</span>
        </button>
      )}
      {canAct && isOpen && <AcknowledgeForm alarm={alarm} csrf={session.csrf} close={close} />}
    </li>
  );
}

function Fact(props: { name: string; text: string }): JSX.Element {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.text}</dd>
    </div>
  );
}

function isCalling({ state }: Alarm): boolean {
  return /unacknowledged/i.test(state);
}

function byUrgency(a: Alarm, b: Alarm): number {
  const calls = Number(isCalling(b)) - Number(isCalling(a));
  return calls || ORDER.indexOf(a.priority) - ORDER.indexOf(b.priority) || b.since - a.since;
}
