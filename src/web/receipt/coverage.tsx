import type { JSX } from 'preact';
import { EvidenceLink } from './evidence-link.tsx';
import { instantText, lengthText, shareText } from './format.ts';
import { useSay } from './say.ts';
import type { Coverage, Status } from './terms.ts';
import { CAUSES } from './words.ts';

/** Per cents with their minutes; never rounded up, and unbroken only without any gap. */
export function CoveragePanel({ status }: { status: Status }): JSX.Element {
  const { say } = useSay();
  const { coverage } = status;
  return (
    <section aria-labelledby="coverage-title">
      <h2 id="coverage-title">{say('coverage')}</h2>
      {coverage === null ? (
        <p>{say('noPeriod')}</p>
      ) : (
        <dl class="figures">
          <Row title={say('day')} name="day" c={coverage.day} />
          <Row title={say('month')} name="month" c={coverage.month} />
          <Row title={say('period')} name="period" c={coverage.period} />
        </dl>
      )}
    </section>
  );
}

function Row({ title, name, c }: { title: string; name: string; c: Coverage }): JSX.Element {
  const { say, language } = useSay();
  const gap = c.isUnbroken ? say('unbroken') : `${say('gapOf')} ${lengthText(c.gapMs, language)}`;
  return (
    <div data-coverage={name}>
      <dt>{title}</dt>
      <dd>
        <strong>{shareText(c.coverage)}</strong> {gap}
        {c.breachMs > 0 &&
          ` · ${say('controlled')} ${shareText(c.controlledShare)} (${lengthText(c.breachMs, language)})`}
      </dd>
    </div>
  );
}

/** Time in which control was not proven, and time in which it was known to be lost. */
export function LostPanel({ status }: { status: Status }): JSX.Element {
  const { say, language } = useSay();
  const until = (to: number | null, from: number): string =>
    to === null ? say('lasting') : lengthText(to - from, language);
  return (
    <section aria-labelledby="gaps-title">
      <h2 id="gaps-title">{say('gaps')}</h2>
      {status.gaps.length === 0 && <p>{say('noGaps')}</p>}
      <ul class="lost-times">
        {status.gaps.toReversed().map((gap) => (
          <li key={gap.from} data-gap={gap.from}>
            {instantText(gap.from, language)} · <strong>{until(gap.to, gap.from)}</strong> ·{' '}
            {CAUSES[gap.cause][language]} · {gap.sources.join(', ')}
            {gap.filledLate && ` · ${say('filledLate')}`}{' '}
            <EvidenceLink status={status} from={gap.from} to={gap.to} />
          </li>
        ))}
      </ul>
      {status.breaches.length > 0 && (
        <>
          <h3>{say('breaches')}</h3>
          <ul class="lost-times">
            {status.breaches.toReversed().map((breach) => (
              <li key={breach.from}>
                {instantText(breach.from, language)} · <strong>{until(breach.to, breach.from)}</strong> ·{' '}
                <code>{breach.by}</code> <EvidenceLink status={status} from={breach.from} to={breach.to} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
