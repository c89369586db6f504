import type { JSX } from 'preact';
import type { Text } from '../../domain/alarm.ts';
import type { Question } from '../../evidence/question.ts';
import type { Verdict } from '../../evidence/verdict.ts';
import { BECAUSES } from '../../evidence/verdict-words.ts';
import type { Checked } from './check.ts';
import type { Whose } from './desk.ts';
import { clipped, limitText, spanText, timeText, unitText, zoneText } from './format.ts';
import { Headline } from './headline.tsx';
import { useLanguage, type Language } from './language.tsx';
import type { Picture } from './picture.ts';
import { ProofLists } from './proof-lists.tsx';
import { WHOSE_WORDS } from './question-panel.tsx';
import { StepList } from './step-list.tsx';
import { StreamCards } from './stream-cards.tsx';
import { StreamTable } from './stream-table.tsx';
import { streamText } from './stream-text.ts';
import { TimePanel } from './time-panel.tsx';

const ASKED: Text = { en: 'What was asked', zh: '所问' };
const WHY: Text = { en: 'Why the answer is not yes', zh: '答案不为“是”的原因' };

/** The verdict from the one line down to the numbers it rests on; what is not valid has no numbers. */
export function VerdictView(props: { checked: Checked; whose: Whose; bundleName: string }): JSX.Element {
  const { verdict, picture } = props.checked;
  const { failure, question } = verdict;
  if (failure !== null || picture === null)
    return (
      <>
        {failure !== null && <Headline state={{ kind: 'invalid', failure }} />}
        <StepList failure={failure} k={null} />
        <Exits verdict={verdict} bundleName={props.bundleName} />
      </>
    );
  return (
    <>
      <Headline
        state={{
          kind: 'valid',
          answer: question === null ? null : verdict.answer,
          isWitnessed: picture.k > 0,
        }}
      />
      {question !== null && (
        <AnswerPanel verdict={verdict} question={question} picture={picture} whose={props.whose} />
      )}
      <Exits verdict={verdict} bundleName={props.bundleName} />
      <ProofLists verdict={verdict} picture={picture} />
      {question !== null && <StreamCards verdict={verdict} question={question} picture={picture} />}
      {verdict.streams.length > 0 && <StreamTable streams={verdict.streams} />}
      <TimePanel verdict={verdict} picture={picture} />
      <StepList failure={null} k={picture.k} />
    </>
  );
}

function AnswerPanel(props: {
  verdict: Verdict;
  question: Question;
  picture: Picture;
  whose: Whose;
}): JSX.Element {
  const { of, say, language } = useLanguage();
  const { verdict, question, picture, whose } = props;
  return (
    <section class="panel" aria-labelledby="asked-title">
      <div class="panel-head">
        <h2 id="asked-title">{of(ASKED)}</h2>
        <span class={`chip ${whose === 'reader' ? 'good' : 'warn'}`}>{say(WHOSE_WORDS[whose])}</span>
      </div>
      <p id="asked">
        <bdi>{questionText(question, picture, language)}</bdi>
      </p>
      {verdict.because.length > 0 && (
        <>
          <h3>{of(WHY)}</h3>
          <ul class="reasons" id="because">
            {verdict.because.map((code) => (
              <li key={code}>
                {of(BECAUSES[code])} <code>{code}</code>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function questionText(q: Question, picture: Picture, language: Language): string {
  const isChinese = language === 'zh';
  const names = q.slots.map((slot) => {
    const name = picture.names.find((n) => n.slot === slot);
    return name === undefined ? `${slot} · ?` : streamText(name, language);
  });
  const streams = names.join(isChinese ? '；' : '; ');
  const window = `${timeText(q.from)} – ${timeText(q.to)} (${zoneText(q.from)})`;
  const silent = spanText(q.allowGapMs, language);
  if (q.kind === 'present')
    return isChinese
      ? `标签 ${clipped(q.epc)} 在 ${window} 是否在场：${streams}？缺测不超过 ${silent}。`
      : `Was tag ${clipped(q.epc)} at ${streams} from ${window}, with no reading for at most ${silent}?`;
  const out = spanText(q.allowOutMs, language);
  const limits =
    `${limitText(q.min, q.exp)} … ${limitText(q.max, q.exp)} ${unitText(q.unit, language)}`.trimEnd();
  return isChinese
    ? `${streams}：${window} 是否保持在 ${limits}？超限不超过 ${out}，缺测不超过 ${silent}。`
    : `Was ${streams} within ${limits} from ${window}, out for at most ${out} and without a reading for at most ${silent}?`;
}

/** The verdict leaves as paper or as the file that the command line gives, too. */
function Exits({ verdict, bundleName }: { verdict: Verdict; bundleName: string }): JSX.Element {
  const { say } = useLanguage();
  const save = (): void => {
    const file = new Blob([`${JSON.stringify(verdict, null, 2)}\n`], { type: 'application/json' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = `${bundleName}.verdict.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  return (
    <div class="buttons no-print">
      <button type="button" id="save" onClick={save}>
        {say('saveVerdict')}
      </button>
      <button type="button" id="print" onClick={() => globalThis.print()}>
        {say('print')}
      </button>
    </div>
  );
}
