import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Count, CountKind, Session } from '../../api/types.ts';
import { CallFailed } from '../page/calls.ts';
import { askCount } from './calls.ts';
import { instantText } from './format.ts';
import { useSay } from './say.ts';
import { KINDS } from './words.ts';

const DEADLINE_MS = 120_000;

/** Asks for a count now, and shows what came of those asked for. */
export function CountPanel(props: {
  receipt: string;
  session: Session;
  counts: readonly Count[];
  now: number;
  asked: () => void;
}): JSX.Element {
  const { receipt, session, counts, now } = props;
  const { say, language } = useSay();
  const [failure, setFailure] = useState<string | null>(null);
  const ask = (kind: CountKind): void => {
    setFailure(null);
    void askCount(receipt, kind, Math.trunc(now) + DEADLINE_MS, session.csrf).then(
      props.asked,
      (error: unknown) => {
        if (!(error instanceof CallFailed)) throw error;
        setFailure(error.message);
      },
    );
  };
  return (
    <section aria-labelledby="counts-title">
      <h2 id="counts-title">{say('counts')}</h2>
      {session.may.includes('countNow') && (
        <p class="buttons">
          {(['rfid-count', 'snapshot', 'weigh'] as const).map((kind) => (
            <button key={kind} type="button" data-kind={kind} onClick={() => ask(kind)}>
              {say(KINDS[kind])}
            </button>
          ))}
        </p>
      )}
      {failure !== null && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <ul class="counts">
        {counts.toReversed().map((count) => (
          <li key={count.challengeId} data-challenge={count.challengeId} data-state={count.state}>
            {instantText(count.receivedAt, language)} · {say(KINDS[count.kind])} ·{' '}
            <strong>{count.reply?.result ?? say('running')}</strong> {replyText(count)}
          </li>
        ))}
      </ul>
    </section>
  );
}

function replyText({ reply, kind }: Count): string {
  if (reply === null) return '';
  const { seen, expected, missing, unexpected, weights, snapshots, reason } = reply;
  const numbers = {
    'rfid-count': `${seen} / ${expected}, −${missing}, +${unexpected}`,
    weigh: weights.map(({ amount: { value, exp, unit } }) => `${value * 10 ** exp} ${unit}`).join(', '),
    snapshot: snapshots.map(({ camera, sha256 }) => `${camera} ${sha256.slice(0, 12)}…`).join(', '),
  }[kind];
  return reason === '' ? numbers : `${numbers} · ${reason}`;
}
