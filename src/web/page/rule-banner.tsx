import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RuleSetStatus, Session, Status } from '../../api/types.ts';
import { ActBar } from './act-bar.tsx';
import { CONFIRM_RULES, REVERT_RULES, TRY_RULES, type Doing } from './acts.ts';
import { CallFailed, get } from './calls.ts';
import { timeText } from './format.ts';
import { useLanguage } from './language.tsx';

const TARGET = { address: 'rules', longestMs: 0 };
const DOINGS: Readonly<Record<RuleSetStatus['state'], readonly Doing[]>> = {
  confirmed: [],
  trial: [CONFIRM_RULES, REVERT_RULES],
  'rolled-back': [TRY_RULES],
  stuck: [CONFIRM_RULES, REVERT_RULES],
};

/** Rules in force that nobody confirmed, or configured ones that are not: what changed, until when, and what to do. */
export function RuleBanner(props: { status: Status; session: Session; isLive: boolean }): JSX.Element | null {
  const { say, of, language } = useLanguage();
  const { status, session, isLive } = props;
  const check = status.health.find(({ name }) => name === 'rules');
  const news = check === undefined || check.state === 'ok' ? null : check.detail.en;
  const [set, setSet] = useState<RuleSetStatus | null>(null);
  useEffect(() => {
    if (news === null || !isLive) return;
    get('rules').then(setSet, (error: unknown) => {
      if (!(error instanceof CallFailed)) throw error;
    });
  }, [news, isLive]);
  if (news === null || check === undefined) return null;
  return (
    <section class={`rules-banner ${check.state}`} aria-label={say('rules')} data-rules={set?.state ?? ''}>
      <p role="alert">
        <strong>{say('rules')}: </strong>
        {of(check.detail)}
        {set?.state === 'trial' && set.until !== null && ` (${timeText(set.until, language)})`}
      </p>
      {set !== null && set.changes.length > 0 && (
        <details>
          <summary>
            {say('changes')}: {set.changes.length}
          </summary>
          <ul>
            {set.changes.map((change) => (
              <li key={change.path}>
                <code>{change.path}</code>: {change.old ?? '–'} → {change.new ?? '–'}
              </li>
            ))}
          </ul>
        </details>
      )}
      {set !== null && (
        <ActBar
          key={set.state}
          title={say('rules')}
          target={TARGET}
          doings={DOINGS[set.state]}
          session={session}
          isLive={isLive}
        />
      )}
    </section>
  );
}
