import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { AlarmFiguresAnswer } from '../../api/types.ts';
import { CallFailed, getAlarmFigures } from './calls.ts';
import { spanText } from './format.ts';
import { useLanguage } from './language.tsx';

const REFRESH_MS = 60_000;
const MOST_SHOWN = 5;

/** How the alarm system does, of the last day, each figure beside what ISA-18.2 aims at. */
export function FigureList(props: { isLive: boolean }): JSX.Element {
  const { say, of, language } = useLanguage();
  const [figures, setFigures] = useState<AlarmFiguresAnswer | null>(null);
  useEffect(() => {
    if (!props.isLive) return undefined;
    const ask = (): void => {
      void getAlarmFigures().then(setFigures, (error: unknown) => {
        if (!(error instanceof CallFailed)) throw error;
        setFigures(null);
      });
    };
    ask();
    const timer = setInterval(ask, REFRESH_MS);
    return () => clearInterval(timer);
  }, [props.isLive]);
  const f = props.isLive ? figures : null;
  return (
    <section class="panel" aria-labelledby="figures-title" data-figures={f === null ? 'unknown' : 'known'}>
      <h2 id="figures-title">{say('figures')}</h2>
      {f === null ? (
        <p class="said-unknown">{say('unknown')}</p>
      ) : (
        <dl>
          <Row name={say('perHour')}>{`${f.perOperatorHour.toFixed(2)} (${say('aim')} 6)`}</Row>
          <Row name={say('floods')}>{`${f.floods.count} · ${say('mostIn10')} ${f.floods.most}`}</Row>
          <Row name={say('shares')}>{sharesText(f)}</Row>
          <Row name={say('answered')}>
            {f.acknowledged.medianMs === null
              ? '–'
              : `${spanText(f.acknowledged.medianMs, language)} · 95 %: ${spanText(f.acknowledged.p95Ms ?? 0, language)}`}
          </Row>
          <Row name={say('staleAlarms')}>{f.stale.length}</Row>
          <Row name={say('chatteringAlarms')}>{f.chattering.length}</Row>
          <Row name={say('mostFrequent')}>
            {f.mostFrequent.length === 0
              ? '–'
              : f.mostFrequent.slice(0, MOST_SHOWN).map(({ alarm, n }) => {
                  const title = f.titles[alarm];
                  return (
                    <p key={alarm}>
                      {n} × {title === undefined ? alarm : of(title)} <span class="id">{alarm}</span>
                    </p>
                  );
                })}
          </Row>
        </dl>
      )}
    </section>
  );
}

function Row(props: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Urgent, high, medium and low, beside 5, 15 and 80 of a hundred. */
function sharesText({ priorities: { urgent, high, medium, low } }: AlarmFiguresAnswer): string {
  return `${percent(urgent.share)} / ${percent(high.share)} / ${percent(medium.share + low.share)} (5 / 15 / 80)`;
}
