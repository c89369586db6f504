import type { JSX } from 'preact';
import type { Progress } from './check.ts';
import type { Desk } from './desk.ts';
import { Headline } from './headline.tsx';
import { useLanguage } from './language.tsx';
import { StepList } from './step-list.tsx';
import { STEPS } from '../../evidence/verify-steps.ts';
import { STEP_WORDS } from './verdict-page-words.ts';
import { VerdictView } from './verdict-view.tsx';

/** Where the check is, or what came of it. Without the reader's policy nothing is ever called valid. */
export function RunPanel({ desk }: { desk: Desk }): JSX.Element | null {
  const { say } = useLanguage();
  const { bundle, policy, run } = desk;
  const inspected = bundle?.inspected ?? null;
  if (run.state === 'stopped')
    return (
      <p class="headline invalid" role="alert">
        {say('stopped')} <span lang="en">{run.why}</span>
      </p>
    );
  if (inspected === null) return null;
  if (inspected.failure !== null)
    return (
      <>
        <Headline state={{ kind: 'invalid', failure: inspected.failure }} />
        <StepList failure={inspected.failure} k={null} />
      </>
    );
  if (run.state === 'running') return <ProgressView progress={run.progress} cancel={desk.cancel} />;
  if (run.state === 'done')
    return <VerdictView checked={run.checked} whose={run.whose} bundleName={bundle?.file.name ?? ''} />;
  if (policy.policy === null) return <Headline state={{ kind: 'no-policy' }} />;
  return (
    <div class="buttons no-print">
      <Headline state={{ kind: 'not-asked' }} />
      <button class="primary" type="button" id="check" disabled={!desk.read.ok} onClick={desk.check}>
        {say('check')}
      </button>
    </div>
  );
}

function ProgressView({ progress, cancel }: { progress: Progress; cancel: () => void }): JSX.Element {
  const { say, of } = useLanguage();
  const { step, done, total } = progress;
  const n = STEPS.indexOf(step) + 1;
  const share = total === null || total === 0 ? 0 : done / total;
  return (
    <section class="panel progress" aria-labelledby="progress-title">
      <h2 id="progress-title">
        {say('checking')}: {n}/{STEPS.length} {of(STEP_WORDS[step].title)}
      </h2>
      <progress
        aria-labelledby="progress-title"
        max={STEPS.length}
        value={Math.min(STEPS.length, n - 1 + share)}
      />
      <button type="button" id="cancel" onClick={cancel}>
        {say('cancel')}
      </button>
    </section>
  );
}
