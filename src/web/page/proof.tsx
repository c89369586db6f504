import type { JSX } from 'preact';
import type { Check, Status, WitnessesStatus } from '../../api/types.ts';
import { agoText, timeText } from './format.ts';
import { useLanguage } from './language.tsx';
import { ANCHOR_STATES, CHECK_STATES, GUARD_STATES, WITNESS_STATES } from './words.ts';

/** What of the journal is sealed and where its head stands. */
export function ProofList(props: { status: Status; now: number; isLive: boolean }): JSX.Element {
  const { say, of, language } = useLanguage();
  const { journal, anchor, origin, clockDriftMs, outboxDepth, version } = props.status;
  const when = (t: number): string => `${timeText(t, language)} · ${agoText(props.now - t, language)}`;
  const sealed = journal.lastSealed;
  const { ledger } = anchor;
  return (
    <section class="panel" aria-labelledby="proof-title">
      <h2 id="proof-title">{say('proof')}</h2>
      <dl>
        <Row name={say('ledger')}>
          {ledger === null
            ? say('noLedger')
            : `${ledger.kind} · ${ledger.network} · ${of(ANCHOR_STATES[anchor.state])}`}
        </Row>
        {ledger !== null && (
          <Row name={say('anchor')}>
            {anchor.at === null
              ? say('neverAnchored')
              : `${when(anchor.at)} · ${anchor.lastFinalSize ?? 0} ${say('blocksOf')} ${journal.size}`}
          </Row>
        )}
        {anchor.witnesses !== null && <WitnessRows witnesses={anchor.witnesses} size={journal.size} />}
        {anchor.lastError !== null && <Row name={say('lastError')}>{anchor.lastError}</Row>}
        <Row name={say('lastSealed')}>
          {sealed === null ? say('neverAnchored') : `#${sealed.no} · ${when(sealed.t1)}`}
        </Row>
        {sealed !== null && (
          <Row name={say('root')}>
            <code>{sealed.root}</code>
          </Row>
        )}
        <Row name={say('size')}>{journal.size}</Row>
        <Row name={say('open')}>{journal.tailLeaves}</Row>
        <Row name={say('origin')}>
          <code>{origin}</code>
        </Row>
        <Row name={say('drift')}>{`${clockDriftMs} ms`}</Row>
        <Row name={say('outbox')}>{outboxDepth}</Row>
        <Row name={say('version')}>{version}</Row>
      </dl>
      <p class="hint">
        <a href="verify.html">{say('checkProof')}</a>
      </p>
    </section>
  );
}

/** Who cosigns the log's heads, how far, and what stands in the way. */
function WitnessRows(props: { witnesses: WitnessesStatus; size: number }): JSX.Element {
  const { say, of } = useLanguage();
  const { guard, quorum, cosignedSize, list } = props.witnesses;
  const owners = new Set(list.map((witness) => witness.owner)).size;
  return (
    <>
      <Row
        name={say('witnesses')}
      >{`${quorum} / ${owners} ${say('ownersNeeded')} · ${of(GUARD_STATES[guard])}`}</Row>
      <Row name={say('cosigned')}>{`${cosignedSize ?? 0} / ${props.size}`}</Row>
      {list.map(({ name, owner, state, size, lastError }) => (
        <Row key={name} name={`${owner} · ${name}`}>
          {[of(WITNESS_STATES[state]), ...(size === null ? [] : [String(size)]), lastError ?? '']
            .filter((part) => part !== '')
            .join(' · ')}
        </Row>
      ))}
    </>
  );
}

/** Each check with its state as a word; without a connection none of them is known. */
export function HealthList(props: { status: Status; isLive: boolean }): JSX.Element {
  const { say } = useLanguage();
  return (
    <section class="panel" aria-labelledby="health-title">
      <h2 id="health-title">{say('gatewayHealth')}</h2>
      <ul class="checks">
        {props.status.health.map((check) => (
          <CheckLine key={check.name} check={check} isLive={props.isLive} />
        ))}
      </ul>
    </section>
  );
}

function CheckLine({ check, isLive }: { check: Check; isLive: boolean }): JSX.Element {
  const { of } = useLanguage();
  const state = isLive ? check.state : 'unknown';
  return (
    <li>
      <span class={`chip ${state}`}>{of(CHECK_STATES[state])}</span>
      <span class="check-name">{check.name}</span>
      <span class="check-detail">{isLive ? of(check.detail) : ''}</span>
    </li>
  );
}

function Row(props: { key?: string; name: string; children: JSX.Element | string | number }): JSX.Element {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
