import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Alarm, Session } from '../../api/types.ts';
import { ActBar } from './act-bar.tsx';
import { ACKNOWLEDGE } from './acts.ts';
import { doingsFor, isCalling } from './alarm-doings.ts';
import { AlarmStory } from './alarm-story.tsx';
import { actText, agoText, limitText, timeText, unitText } from './format.ts';
import { useLanguage } from './language.tsx';
import { ALARM_STATES, MEANINGS, PRIORITIES } from './words.ts';

/** One alarm with its whole state, what may be done about it, and its history. */
export function AlarmCard(props: {
  alarm: Alarm;
  session: Session;
  now: number;
  isLive: boolean;
}): JSX.Element {
  const { say, of, language } = useLanguage();
  const { alarm, session, now, isLive } = props;
  const isLinked = location.hash === `#alarm=${encodeURIComponent(alarm.id)}`;
  const card = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isLinked) card.current?.scrollIntoView({ block: 'center' });
  }, [isLinked]);
  const { lastValue, limit, zone, acknowledged, shelved, suppressedBy, outOfService } = alarm;
  const marks = [
    alarm.isStale ? say('staleAlarm') : '',
    alarm.isChattering ? say('chattering') : '',
    isAside(alarm) && alarm.isActive ? say('conditionHolds') : '',
  ].filter((mark) => mark !== '');
  return (
    <li
      ref={card}
      class={`alarm ${alarm.priority} ${isCalling(alarm) ? 'calling' : 'heard'} ${isAside(alarm) ? 'aside' : ''}`}
      data-alarm={alarm.id}
      data-state={alarm.state}
    >
      <div class="alarm-head">
        <span class="priority">{of(PRIORITIES[alarm.priority])}</span>
        <h3>{of(alarm.title)}</h3>
        <span class="alarm-state">{of(ALARM_STATES[alarm.state])}</span>
        {marks.map((mark) => (
          <span class="mark" key={mark}>
            {mark}
          </span>
        ))}
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
            text={actText(acknowledged, language, of(meaningOf(acknowledged.meaning)))}
          />
        )}
        {shelved !== null && (
          <Fact
            name={say('shelvedBy')}
            text={`${actText(shelved, language)} · ${say('until')} ${timeText(shelved.until, language)}`}
          />
        )}
        {suppressedBy !== null && <Fact name={say('suppressedBy')} text={suppressedBy} />}
        {outOfService !== null && <Fact name={say('takenOutBy')} text={actText(outOfService, language)} />}
      </dl>
      <ActBar
        title={of(alarm.title)}
        target={{ address: `alarms/${encodeURIComponent(alarm.id)}`, longestMs: alarm.longestShelvingMs }}
        doings={doingsFor(alarm)}
        session={session}
        isLive={isLive}
        open={isLinked && isCalling(alarm) ? ACKNOWLEDGE : null}
      />
      {isLive && <AlarmStory alarm={alarm} />}
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

/** Shelved, suppressed or out of service: not among those that are shown, and always counted. */
export function isAside({ state }: Alarm): boolean {
  return state === 'shelved' || state === 'suppressed' || state === 'outOfService';
}

function meaningOf(meaning: string): { readonly en: string; readonly zh: string } {
  const known = Object.entries(MEANINGS).find(([word]) => word === meaning)?.[1];
  return known ?? { en: meaning, zh: meaning };
}
