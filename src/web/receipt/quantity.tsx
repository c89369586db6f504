import type { JSX } from 'preact';
import { agoText } from '../page/format.ts';
import { EvidenceLink } from './evidence-link.tsx';
import { amountText } from './format.ts';
import { useSay } from './say.ts';
import type { Status } from './terms.ts';

/** Attested quantity against what the receipt says and what must stay. */
export function QuantityPanel({ status, now }: { status: Status; now: number }): JSX.Element {
  const { say, language } = useSay();
  const { attested, attestedAt, onReceipt, floor } = status.amount;
  const { lastCount } = status;
  const isBelow = attested !== null && floor !== null && attested.value < floor.value;
  return (
    <section aria-labelledby="quantity-title">
      <h2 id="quantity-title">{say('quantity')}</h2>
      <dl class="figures">
        <div>
          <dt>{say('attested')}</dt>
          <dd>
            <strong>{attested === null ? say('nothingAttested') : amountText(attested, language)}</strong>
            {attestedAt !== null && ` · ${agoText(now - attestedAt, language)} `}
            {attestedAt !== null && <EvidenceLink status={status} from={attestedAt} to={attestedAt} />}
            {isBelow && <span class="state breached"> {say('belowFloor')}</span>}
          </dd>
        </div>
        <div>
          <dt>{say('onReceipt')}</dt>
          <dd>{amountText(onReceipt, language)}</dd>
        </div>
        {floor !== null && (
          <div>
            <dt>{say('floor')}</dt>
            <dd>{amountText(floor, language)}</dd>
          </div>
        )}
        <div>
          <dt>{say('lastCount')}</dt>
          <dd>
            {lastCount === null
              ? say('never')
              : `${lastCount.result} · ${agoText(now - lastCount.at, language)}`}
            {lastCount !== null &&
              lastCount.variance !== null &&
              ` · ${say('variance')} ${lastCount.variance}`}
          </dd>
        </div>
      </dl>
    </section>
  );
}
