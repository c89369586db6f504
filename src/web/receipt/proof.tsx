import type { JSX } from 'preact';
import type { ProofAge, Uniqueness } from '../../api/types.ts';
import { agoText } from '../page/format.ts';
import { instantText, shareText } from './format.ts';
import { useSay } from './say.ts';
import { SIGNALS } from './words.ts';

/** What was compared with what, and when; nobody can say "unique". */
export function UniquenessPanel({ uniqueness }: { uniqueness: Uniqueness }): JSX.Element {
  const { say, language } = useSay();
  const { signals, here, index } = uniqueness;
  return (
    <section aria-labelledby="uniqueness-title">
      <h2 id="uniqueness-title">{say('uniqueness')}</h2>
      {signals.length === 0 ? (
        <p>{say('noSignal')}</p>
      ) : (
        <ul>
          {signals.map(({ kind, other, count }) => (
            <li key={`${kind} ${other}`} class="state breached">
              {SIGNALS[kind][language]} <code>{other}</code> ({count})
            </li>
          ))}
        </ul>
      )}
      <dl class="figures">
        <div>
          <dt>{say('comparedHere')}</dt>
          <dd>{here.receipts}</dd>
        </div>
        <div>
          <dt>{say('chips')}</dt>
          <dd>{shareText(here.tidShare)}</dd>
        </div>
        <div data-index={index === null ? 'none' : index.unreachedSince === null ? 'reached' : 'unreached'}>
          <dt>{say('comparedSites')}</dt>
          <dd>{indexText(uniqueness, say, language)}</dd>
        </div>
      </dl>
    </section>
  );
}

function indexText(
  { index }: Uniqueness,
  say: ReturnType<typeof useSay>['say'],
  language: ReturnType<typeof useSay>['language'],
): string {
  if (index === null) return say('noIndex');
  const { name, checkedAt, unreachedSince } = index;
  if (checkedAt === null) return `${name}: ${say('notYet')}`;
  if (unreachedSince !== null)
    return `${name}: ${say('notCheckedSince')} ${instantText(checkedAt, language)}`;
  return `${name}: ${say('checkedAt')} ${instantText(checkedAt, language)}`;
}

export function ProofPanel({ proof, now }: { proof: ProofAge; now: number }): JSX.Element {
  const { say, language } = useSay();
  const ago = (t: number | null): string => (t === null ? say('notYet') : agoText(now - t, language));
  return (
    <section aria-labelledby="proof-title">
      <h2 id="proof-title">{say('proof')}</h2>
      <dl class="figures">
        <div>
          <dt>{say('sealed')}</dt>
          <dd>{ago(proof.sealedUntil)}</dd>
        </div>
        <div>
          <dt>{say('anchored')}</dt>
          <dd>{proof.ledger === null ? say('noLedger') : `${ago(proof.anchoredAt)} · ${proof.ledger}`}</dd>
        </div>
      </dl>
    </section>
  );
}
