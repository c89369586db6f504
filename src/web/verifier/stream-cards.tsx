import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Text } from '../../domain/alarm.ts';
import type { Interval } from '../../evidence/intervals.ts';
import { intersect, union } from '../../evidence/intervals.ts';
import type { Question } from '../../evidence/question.ts';
import type { StreamVerdict, Verdict } from '../../evidence/verdict.ts';
import { Chart } from './chart.tsx';
import { CoverageBar } from './coverage-bar.tsx';
import { shareText, spanText, timeText } from './format.ts';
import { useLanguage } from './language.tsx';
import type { Picture, StreamPicture } from './picture.ts';
import { shownTime } from './plot.ts';
import { streamText } from './stream-text.ts';
import { GAP_WORDS, LEVEL_WORDS, MODE_WORDS } from './verdict-page-words.ts';

const TITLE: Text = { en: 'The readings', zh: '读数' };
const COVERED: Text = { en: 'of the asked time is covered by readings', zh: '的所问时间有读数覆盖' };
const SHOWN: Text = { en: 'of the asked time shows the tag here', zh: '的所问时间显示标签在此' };
const UNBROKEN: Text = { en: 'unbroken', zh: '无间断' };
const WITHOUT: Text = { en: 'without', zh: '缺测' };
const THINNED: Text = {
  en: 'readings, drawn as the lowest and highest of each',
  zh: '条读数，每组仅绘最低与最高值，每组条数：',
};
const ALL: Text = { en: 'readings, all drawn', zh: '条读数，全部绘出' };
const LEGEND: readonly (readonly [string, Text])[] = [
  ['curve', { en: 'reading', zh: '读数' }],
  ['within', { en: 'within the asked limits', zh: '所问限值内' }],
  ['out', { en: 'out of limits', zh: '超限' }],
  ['silent', { en: 'no reading', zh: '缺测' }],
  ['uncertain', { en: 'time uncertain', zh: '时间不确定' }],
  ['late', { en: 'late or doubtful, covers no time', zh: '补传或存疑，不计覆盖' }],
];
const EXCURSIONS: Text = { en: 'Out of limits', zh: '超限' };
const SILENCES: Text = { en: 'No reading', zh: '缺测' };
const DOUBTS: Text = { en: 'Time uncertain', zh: '时间不确定' };
const NOT_TOLD: Text = { en: 'no block shown tells of it', zh: '所示区块均未涉及' };
const MORE: Text = { en: 'more, in the saved verdict as a sum', zh: '项未列出，总和见所存结论' };
/** As many charts as a reader looks at without asking for them. */
const OPEN_AT_FIRST = 4;
const LISTED = 50;

/** Every asked stream with its curve, its coverage, and what is wrong with it in words. */
export function StreamCards(props: { verdict: Verdict; question: Question; picture: Picture }): JSX.Element {
  const { of } = useLanguage();
  const { verdict, question, picture } = props;
  return (
    <section class="cards" aria-labelledby="cards-title">
      <h2 id="cards-title">{of(TITLE)}</h2>
      {picture.streams.map((stream, i) => {
        const told = verdict.streams.find((s) => s.slot === stream.name.slot);
        return told === undefined ? null : (
          <StreamCard
            key={stream.name.slot}
            stream={stream}
            told={told}
            question={question}
            picture={picture}
            isOpen={i < OPEN_AT_FIRST}
          />
        );
      })}
    </section>
  );
}

function StreamCard(props: {
  stream: StreamPicture;
  told: StreamVerdict;
  question: Question;
  picture: Picture;
  isOpen: boolean;
}): JSX.Element {
  const { of, language } = useLanguage();
  const { stream, told, question, picture } = props;
  const [isOpen, setOpen] = useState(props.isOpen);
  const window = { from: question.from, to: question.to };
  const whole = window.to - window.from;
  const shown = shownTime(window, picture.held);
  const { uncertain } = picture;
  const share = `${shareText(whole - told.gapMs, whole)} ${of(question.kind === 'range' ? COVERED : SHOWN)}`;
  // Of a stream that is not complete nobody can say that it is unbroken.
  const unbroken = told.complete ? `${share} · ${of(UNBROKEN)}` : share;
  const covered = told.gapMs === 0 ? unbroken : `${share} · ${of(WITHOUT)} ${spanText(told.gapMs, language)}`;
  const name = streamText(stream.name, language);
  return (
    <details
      class="panel card"
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      data-slot={told.slot}
    >
      <summary>
        <strong>{name}</strong> <span class="chip plain">{of(MODE_WORDS[told.mode])}</span>{' '}
        <span class="chip plain">
          {told.level}: {of(LEVEL_WORDS[told.level])}
        </span>{' '}
        {told.outMs > 0 && (
          <span class="chip failed">
            {of(EXCURSIONS)} {spanText(told.outMs, language)}
          </span>
        )}{' '}
        {told.gapMs > 0 && (
          <span class="chip warn">
            {of(SILENCES)} {spanText(told.gapMs, language)}
          </span>
        )}
      </summary>
      {isOpen && (
        <>
          {question.kind === 'range' && shown !== null && (
            <Chart parts={{ stream, question, uncertain, shown }} label={`${name}: ${covered}`} />
          )}
          {stream.readings > 0 && (
            <p class="hint">
              {stream.readings} {stream.perPair === 1 ? of(ALL) : `${of(THINNED)} ${stream.perPair}`}
            </p>
          )}
          <CoverageBar
            window={window}
            silent={stream.silent}
            uncertain={uncertain}
            out={stream.out}
            late={stream.late}
            label={covered}
          />
          <p class="covered-text">{covered}</p>
          {question.kind === 'range' && <Legend />}
          <TimeList title={EXCURSIONS} times={stream.out} why={() => ''} />
          <TimeList title={SILENCES} times={stream.silent} why={(time) => reasonsText(time, stream, of)} />
          <TimeList title={DOUBTS} times={uncertain} why={() => ''} />
        </>
      )}
    </details>
  );
}

function Legend(): JSX.Element {
  const { of } = useLanguage();
  return (
    <ul class="legend" aria-hidden="true">
      {LEGEND.map(([color, text]) => (
        <li key={color} class={color}>
          {of(text)}
        </li>
      ))}
    </ul>
  );
}

function reasonsText(time: Interval, { declared }: StreamPicture, of: (text: Text) => string): string {
  const met = declared.filter((gap) => intersect([time], union([gap])).length > 0);
  const reasons = [...new Set(met.map((gap) => gap.reason))];
  return reasons.length === 0 ? of(NOT_TOLD) : reasons.map((reason) => of(GAP_WORDS[reason])).join(', ');
}

function TimeList(props: {
  title: Text;
  times: readonly Interval[];
  why: (time: Interval) => string;
}): JSX.Element | null {
  const { of, language } = useLanguage();
  const { times } = props;
  if (times.length === 0) return null;
  return (
    <div class="times">
      <h3>{of(props.title)}</h3>
      <ul>
        {times.slice(0, LISTED).map((time) => (
          <li key={time.from}>
            {timeText(time.from)} – {timeText(time.to)} ·{' '}
            <strong>{spanText(time.to - time.from, language)}</strong> {props.why(time)}
          </li>
        ))}
        {times.length > LISTED && (
          <li>
            + {times.length - LISTED} {of(MORE)}
          </li>
        )}
      </ul>
    </div>
  );
}
