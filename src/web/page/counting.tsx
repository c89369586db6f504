import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Count, Session } from '../../api/types.ts';
import { CallFailed, send } from './calls.ts';
import { timeText } from './format.ts';
import { useLanguage } from './language.tsx';

const EVERY_MS = 5000;

/** @throws CallFailed */
async function getRunning(): Promise<readonly Count[]> {
  const counts: readonly Count[] = await (await send('GET', 'counts')).json();
  return counts;
}

/** What somebody outside asked to be counted now: people here see it, and cannot call it off. */
export function CountBanner(props: { session: Session; isLive: boolean }): JSX.Element | null {
  const { say, language } = useLanguage();
  const [counts, setCounts] = useState<readonly Count[]>([]);
  const may = props.session.may.includes('countsRunning') && props.isLive;
  useEffect(() => {
    if (!may) return undefined;
    const look = (): void =>
      void getRunning().then(setCounts, (error: unknown) => {
        if (!(error instanceof CallFailed)) throw error;
      });
    look();
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  }, [may]);
  if (counts.length === 0) return null;
  return (
    <section class="counting" aria-label={say('counting')}>
      <ul>
        {counts.map(({ receipt, challengeId, kind, by, deadline }) => (
          <li key={`${receipt} ${challengeId}`} data-counting={challengeId}>
            <strong>{say('counting')}</strong> {by} · {kind} · <code>{receipt.slice(0, 12)}…</code> ·{' '}
            {say('countingUntil')} {timeText(deadline, language)}
          </li>
        ))}
      </ul>
    </section>
  );
}
