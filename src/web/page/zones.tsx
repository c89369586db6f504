import type { JSX } from 'preact';
import type { Session, Stream } from '../../api/types.ts';
import type { BoardState } from './board.ts';
import { agoText, unitText, valueText } from './format.ts';
import type { History } from './history.ts';
import { useLanguage } from './language.tsx';
import { MaintainZone } from './maintenance.tsx';
import { Sparkline } from './sparkline.tsx';
import { truthOf, type Truth } from './truth.ts';
import { quantityText, type Word } from './words.ts';

/** Streams by zone, in the gateway's order: a value stays where the eye expects it. */
export function ZoneList(props: {
  state: BoardState;
  session: Session;
  history: History;
  now: number;
}): JSX.Element {
  const { say, of } = useLanguage();
  const { state, session, history, now } = props;
  const zones = Map.groupBy(state.streams.values(), (s) => s.zone?.id ?? '');
  return (
    <section class="zones" aria-label={say('streams')}>
      {[...zones].map(([id, streams]) => {
        const zone = streams[0]?.zone ?? null;
        return (
          <section class="zone" key={id} aria-labelledby={`zone-${id}`}>
            <h2 id={`zone-${id}`}>{zone === null ? say('noZone') : of(zone.title)}</h2>
            {zone !== null && <MaintainZone zone={zone} state={state} session={session} />}
            <ul>
              {streams.map((stream) => (
                <StreamCard
                  key={stream.id}
                  stream={stream}
                  history={history}
                  now={now}
                  isLive={state.link === 'live'}
                />
              ))}
            </ul>
          </section>
        );
      })}
    </section>
  );
}

const SAID: Readonly<Record<Exclude<Truth, 'known'>, Word>> = {
  stale: 'stale',
  bad: 'bad',
  never: 'never',
  lost: 'unknown',
};

function StreamCard(props: { stream: Stream; history: History; now: number; isLive: boolean }): JSX.Element {
  const { say, language } = useLanguage();
  const { stream, history, now, isLive } = props;
  const { latest, unit, quantity } = stream;
  const truth = truthOf(stream, now, isLive);
  const text = latest?.text ?? null;
  const shown = text === null ? null : valueText(text, unit, quantity, language);
  const isKnown = truth === 'known';
  return (
    <li class={`stream ${isKnown ? 'known' : 'unknown'}`} data-stream={stream.id} data-truth={truth}>
      <h3>
        {quantityText(quantity, language)}
        <span class="id">
          {stream.id} · {stream.level}
        </span>
      </h3>
      {isKnown ? (
        <p class="value">
          {shown} <span class="unit">{unitText(unit, language)}</span>
        </p>
      ) : (
        <p class="value">
          <span aria-hidden="true">? </span>
          <span class="said">{say(SAID[truth])}</span>
        </p>
      )}
      <p class="age">
        {!isKnown && shown !== null && `${say('was')} ${shown} ${unitText(unit, language)} · `}
        {latest !== null && agoText(now - latest.t, language)}
      </p>
      <Sparkline stream={stream} history={history} />
    </li>
  );
}
