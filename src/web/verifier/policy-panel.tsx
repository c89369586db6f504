import type { JSX } from 'preact';
import { toHex } from '../../evidence/encodings.ts';
import type { OriginPolicy } from '../../evidence/policy.ts';
import { ownersOf } from '../../evidence/policy.ts';
import type { Desk } from './desk.ts';
import { FileButton } from './file-button.tsx';
import { useLanguage } from './language.tsx';

/** The reader's own policy: why it must be, how to get one, and in a few lines whom it trusts. */
export function PolicyPanel({ desk }: { desk: Desk }): JSX.Element {
  const { say } = useLanguage();
  const { text, policy, why } = desk.policy;
  return (
    <section class="panel" aria-labelledby="policy-title">
      <h2 id="policy-title">{say('policy')}</h2>
      <p class="hint no-print">{say('policyWhy')}</p>
      <details class="no-print" open={text === '' && desk.bundle !== null}>
        <summary>{say('policyHow')}</summary>
        <ol>
          <li>{say('policyStep1')}</li>
          <li>{say('policyStep2')}</li>
          <li>{say('policyStep3')}</li>
        </ol>
      </details>
      <FileButton id="policy-file" label={say('choosePolicy')} take={desk.takePolicy} />
      <label class="paste no-print">
        {say('pastePolicy')}
        <textarea
          id="policy-text"
          rows={4}
          spellcheck={false}
          value={text}
          aria-invalid={why !== null}
          aria-describedby={why === null ? undefined : 'policy-wrong'}
          onInput={({ currentTarget }) => desk.setPolicy(currentTarget.value)}
        />
      </label>
      {why !== null && (
        <p class="failure" role="alert" id="policy-wrong">
          {say('policyWrong')}: <span lang="en">{why}</span>
        </p>
      )}
      {desk.refused === 'policy' && (
        <p class="failure" role="alert">
          {say('policyTooLarge')}
        </p>
      )}
      {policy !== null && (
        <div class="trusts">
          <h3>{say('trusts')}</h3>
          {[...policy].map(([origin, rules]) => (
            <Trusted key={origin} origin={origin} rules={rules} />
          ))}
        </div>
      )}
    </section>
  );
}

function Trusted({ origin, rules }: { origin: string; rules: OriginPolicy }): JSX.Element {
  const { say } = useLanguage();
  const owners = ownersOf(rules.witnesses);
  return (
    <dl>
      <div>
        <dt>{say('origin')}</dt>
        <dd>
          <code>{origin}</code>
        </dd>
      </div>
      <div>
        <dt>{say('logKeys')}</dt>
        <dd>
          {rules.keys.map(({ key, from, to }) => (
            <code key={toHex(key.id)}>
              {toHex(key.id)} ({from}, {to ?? '∞'}]{' '}
            </code>
          ))}
        </dd>
      </div>
      <div>
        <dt>{say('witnesses')}</dt>
        <dd>
          {owners === 0 || rules.k === 0 ? (
            <strong class="warned">{say('noWitnesses')}</strong>
          ) : (
            <>
              {rules.k}/{owners} {say('quorum')}:{' '}
              {[...new Set(rules.witnesses.map((w) => w.owner))].join(', ')}
            </>
          )}
        </dd>
      </div>
    </dl>
  );
}
