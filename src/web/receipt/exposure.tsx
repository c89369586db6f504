import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Standing } from '../../api/types.ts';
import { CallFailed } from '../page/calls.ts';
import { unitText } from '../page/format.ts';
import { getCurve } from './calls.ts';
import { Curve, type Point } from './curve.tsx';
import { lengthText } from './format.ts';
import { useSay } from './say.ts';

const DAY_MS = 24 * 3_600_000;

/** Time outside of what the receipt promises, and the last day as it was read. */
export function ExposurePanel({ standing }: { standing: Standing }): JSX.Element {
  const { say, language } = useSay();
  const { status, range, streams } = standing;
  const { exposure, receipt, asOf } = status;
  const stream = streams.find((s) => s.quantity === (range?.quantity ?? 'temperature')) ?? null;
  const [points, setPoints] = useState<readonly Point[]>([]);
  useEffect(() => {
    if (stream === null) return;
    void getCurve(receipt, stream.id, asOf - DAY_MS, asOf).then(
      (page) =>
        setPoints(page.readings.map(({ t, text, q }) => ({ t, v: isUsable(text, q) ? Number(text) : null }))),
      (error: unknown) => {
        if (!(error instanceof CallFailed)) throw error;
        setPoints([]);
      },
    );
  }, [receipt, stream?.id, Math.trunc(asOf / 60_000)]);
  const unit = unitText(range?.unit ?? '', language);
  return (
    <section aria-labelledby="exposure-title">
      <h2 id="exposure-title">{say('exposure')}</h2>
      {exposure === null ? (
        <p>{say('noExposure')}</p>
      ) : (
        <dl class="figures">
          <div>
            <dt>{say('outside')}</dt>
            <dd>
              <strong>{lengthText(exposure.outsideMs, language)}</strong> · {say('allowed')}{' '}
              {lengthText(exposure.allowedMs, language)}
              {exposure.isOutside && <span class="state breached"> {say('outsideNow')}</span>}
            </dd>
          </div>
          <div>
            <dt>{say('excursions')}</dt>
            <dd>{exposure.excursions}</dd>
          </div>
          <div>
            <dt>{say('range')}</dt>
            <dd>{`${exposure.min ?? '–'} … ${exposure.max ?? '–'} ${unit}`}</dd>
          </div>
          <div>
            <dt>{say('mkt')}</dt>
            <dd>
              {exposure.mkt === null
                ? '–'
                : `${(exposure.mkt / 100).toFixed(2)} ${unitText('Cel', language)}`}
            </dd>
          </div>
          <div>
            <dt>{say('missing')}</dt>
            <dd>{lengthText(exposure.missingMs, language)}</dd>
          </div>
        </dl>
      )}
      {stream !== null && (
        <figure>
          <Curve
            points={points}
            from={asOf - DAY_MS}
            to={asOf}
            low={range?.min ?? null}
            high={range?.max ?? null}
          />
          <figcaption>
            {stream.id} · {say('curve')}
          </figcaption>
        </figure>
      )}
    </section>
  );
}

function isUsable(text: string | null, q: number): boolean {
  return text !== null && (q & 39) === 0;
}
