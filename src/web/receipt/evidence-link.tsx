import type { JSX } from 'preact';
import { bundleAddress } from './calls.ts';
import { instantText } from './format.ts';
import { useSay } from './say.ts';
import type { Status } from './terms.ts';

/** Around what a number speaks of, so that what came before and after is in the bundle, too. */
const AROUND_MS = 15 * 60_000;
/** A bundle of what lasts: the last day of it. */
const LONGEST_MS = 24 * 3_600_000;

/** From a number to what was recorded: the bundle of its time, with the records themselves. */
export function EvidenceLink(props: { status: Status; from: number; to: number | null }): JSX.Element {
  const { status } = props;
  const { say, language } = useSay();
  const to = (props.to ?? status.asOf) + AROUND_MS;
  const from = Math.max(props.from - AROUND_MS, to - LONGEST_MS);
  return (
    <a
      class="evidence"
      href={bundleAddress(status.receipt, from, Math.min(to, status.asOf))}
      download={`receipt-${status.number}-${from}.zip`}
      aria-label={`${say('evidence')} ${instantText(props.from, language)}`}
    >
      {say('evidence')}
    </a>
  );
}
