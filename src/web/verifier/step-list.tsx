import type { JSX } from 'preact';
import type { Text } from '../../domain/alarm.ts';
import type { Verdict } from '../../evidence/verdict.ts';
import { FAILURES } from '../../evidence/verdict-words.ts';
import { STEP_OF, STEPS, type StepName } from '../../evidence/verify-steps.ts';
import { useLanguage } from './language.tsx';
import { STEP_WORDS } from './verdict-page-words.ts';

type StepState = 'passed' | 'failed' | 'not-reached';

const STATES: Readonly<Record<StepState, Text>> = {
  passed: { en: 'passed', zh: '通过' },
  failed: { en: 'failed', zh: '未通过' },
  'not-reached': { en: 'not reached', zh: '未进行' },
};
const TITLE: Text = { en: 'Step by step', zh: '逐步核验' };
const NO_WITNESS: Text = {
  en: 'Your policy asks for no witness (k = 0), so nothing was checked here.',
  zh: '您的策略不要求见证人（k = 0），此步未作核验。',
};

/**
 * Every step of the verification with what came of it.
 * @param props.k owners that the policy asks for; null where none was used
 */
export function StepList(props: { failure: Verdict['failure']; k: number | null }): JSX.Element {
  const { of } = useLanguage();
  const { failure, k } = props;
  return (
    <section class="panel" aria-labelledby="steps-title">
      <h2 id="steps-title">{of(TITLE)}</h2>
      <ol class="steps">
        {STEPS.map((step) => {
          const state = stateOf(step, failure);
          return (
            <li key={step} data-step={step} data-state={state} class={state}>
              <span class="step-title">{of(STEP_WORDS[step].title)}</span>
              <span class={`chip ${state}`}>{of(STATES[state])}</span>
              <span class="step-said">
                {state === 'passed' &&
                  of(step === 'quorum' && k === 0 ? NO_WITNESS : STEP_WORDS[step].passed)}
                {state === 'failed' && failure !== null && (
                  <>
                    <code>{failure.code}</code>: {of(FAILURES[failure.code])}
                  </>
                )}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function stateOf(step: StepName, failure: Verdict['failure']): StepState {
  if (failure === null) return 'passed';
  const failed = STEPS.indexOf(STEP_OF[failure.code]);
  const at = STEPS.indexOf(step);
  if (at === failed) return 'failed';
  return at < failed ? 'passed' : 'not-reached';
}
