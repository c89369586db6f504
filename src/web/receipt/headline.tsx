import type { JSX } from 'preact';
import type { Standing } from '../../api/types.ts';
import { EvidenceLink } from './evidence-link.tsx';
import { instantText } from './format.ts';
import { useSay } from './say.ts';
import { shownState, type Held } from './validity.ts';
import { CONTROL, LIFECYCLE } from './words.ts';

/** The state, since when and why; not proven once the statement is over, whatever it said. */
export function Headline(props: { standing: Standing; held: Held; lostAt: number | null }): JSX.Element {
  const { standing, held, lostAt } = props;
  const { say, of, language } = useSay();
  const { status, goods } = standing;
  const { control, isExpired } = shownState(held);
  const since = isExpired ? status.validUntil : status.since;
  return (
    <section class={`headline ${control}`} data-control={control} aria-labelledby="state">
      <p class="what">
        {say('chooseReceipt')} <strong>{status.number}</strong> · {goods.name} · {say('lot')} {goods.lot} ·{' '}
        {say('zone')} {goods.zone} · {LIFECYCLE[status.lifecycle][language]}
      </p>
      <h1 id="state" aria-live="polite">
        {CONTROL[control][language]}{' '}
        <small>
          {say('since')} {instantText(since, language)}
        </small>
      </h1>
      {isExpired && <p>{say('expired')}</p>}
      {lostAt !== null && (
        <p class="lost">
          {say('unreachable')} {instantText(lostAt, language)}
        </p>
      )}
      {!isExpired && status.reasons.length > 0 && (
        <ul class="reasons" aria-label={say('reasons')}>
          {status.reasons.map((reason) => (
            <li key={`${reason.code} ${reason.since}`}>
              {of(reason.text)} <code>{reason.code}</code> · {say('since')}{' '}
              {instantText(reason.since, language)}{' '}
              <EvidenceLink status={status} from={reason.since} to={null} />
            </li>
          ))}
        </ul>
      )}
      <p class="age">
        {say('asOf')} {instantText(status.asOf, language)} · {say('validUntil')}{' '}
        {instantText(status.validUntil, language)}
      </p>
    </section>
  );
}
