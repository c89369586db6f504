import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Text } from '../../domain/alarm.ts';
import type { Verdict } from '../../evidence/verdict.ts';
import { ANSWERS, FAILURES } from '../../evidence/verdict-words.ts';
import { useLanguage } from './language.tsx';

export type HeadlineState =
  | { readonly kind: 'no-policy' | 'not-asked' }
  | { readonly kind: 'invalid'; readonly failure: NonNullable<Verdict['failure']> }
  | { readonly kind: 'valid'; readonly answer: Verdict['answer'] | null; readonly isWitnessed: boolean };

const TITLES = {
  'no-policy': { en: 'No verdict yet: your policy is missing', zh: '尚无结论：缺少您的策略' },
  'not-asked': { en: 'Not checked yet', zh: '尚未核验' },
  invalid: { en: 'INVALID: this is no evidence', zh: '无效：不构成证据' },
  valid: { en: 'VALID evidence', zh: '证据有效' },
} as const satisfies Record<HeadlineState['kind'], Text>;

const WITHOUT_POLICY: Text = {
  en: 'The file can be opened, and that is all that can be said. Whose signatures count is for you to say, with a policy of your own.',
  zh: '目前只能说文件可以打开。谁的签名算数，须由您自己的策略决定。',
};

const MEANS: Readonly<Record<Verdict['answer'], Text>> = {
  yes: {
    en: 'Under your policy: it is proven that what was asked held.',
    zh: '依您的策略：已证明所问之事成立。',
  },
  no: {
    en: 'Under your policy: it is proven that what was asked did not hold.',
    zh: '依您的策略：已证明所问之事不成立。',
  },
  undecided: {
    en: 'The evidence is genuine under your policy, but it does not prove what was asked.',
    zh: '依您的策略证据真实，但不足以证明所问之事。',
  },
};

const NO_QUESTION: Text = {
  en: 'Under your policy the evidence is genuine. Nothing was asked, so nothing is answered.',
  zh: '依您的策略证据真实。未提问，故无答案。',
};

const UNWITNESSED: Text = {
  en: 'Your policy asks for no witness: when this was, and that nobody was told another history, is the gateway’s word alone.',
  zh: '您的策略不要求见证人：时间以及历史是否唯一，仅凭网关一面之词。',
};

/** The one line that a reader takes away. */
export function Headline({ state }: { state: HeadlineState }): JSX.Element {
  const { of } = useLanguage();
  const place = useRef<HTMLElement>(null);
  const isVerdict = state.kind === 'valid' || state.kind === 'invalid';
  useEffect(() => {
    // On a phone the verdict would appear below all that was filled in.
    if (isVerdict) place.current?.scrollIntoView({ block: 'start' });
  }, []);
  return (
    <section
      class={`headline ${toneOf(state)}`}
      role="status"
      id="headline"
      data-state={state.kind}
      ref={place}
    >
      <h2>
        {of(TITLES[state.kind])}
        {state.kind === 'valid' && state.answer !== null && (
          <>
            {' · '}
            <span id="answer">{of(ANSWERS[state.answer])}</span>
          </>
        )}
      </h2>
      {state.kind === 'no-policy' && <p>{of(WITHOUT_POLICY)}</p>}
      {state.kind === 'valid' && <p>{of(state.answer === null ? NO_QUESTION : MEANS[state.answer])}</p>}
      {state.kind === 'valid' && !state.isWitnessed && <p class="warned">{of(UNWITNESSED)}</p>}
      {state.kind === 'invalid' && (
        <>
          <p>
            <code>{state.failure.code}</code>: {of(FAILURES[state.failure.code])}
          </p>
          <p class="where" lang="en">
            <bdi>{state.failure.where}</bdi>
          </p>
        </>
      )}
    </section>
  );
}

function toneOf(state: HeadlineState): string {
  if (state.kind === 'valid') return state.answer ?? 'undecided';
  return state.kind === 'invalid' ? 'invalid' : 'unknown';
}
