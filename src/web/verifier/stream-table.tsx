import type { JSX } from 'preact';
import type { Text } from '../../domain/alarm.ts';
import type { StreamVerdict } from '../../evidence/verdict.ts';
import { spanText } from './format.ts';
import { useLanguage } from './language.tsx';
import { LEVEL_WORDS, MODE_WORDS } from './verdict-page-words.ts';

const TITLE: Text = { en: 'The streams in numbers', zh: '数据流明细' };
const YES: Text = { en: 'yes', zh: '是' };
const NO: Text = { en: 'NO', zh: '否' };
const HEADS: readonly Text[] = [
  { en: 'Stream', zh: '数据流' },
  { en: 'Shown', zh: '披露' },
  { en: 'Level', zh: '等级' },
  { en: 'Complete', zh: '完整' },
  { en: 'Records', zh: '记录' },
  { en: 'Not usable', zh: '不可用' },
  { en: 'Lost', zh: '丢失' },
  { en: 'Out of limits', zh: '超限' },
  { en: 'No reading', zh: '缺测' },
  { en: 'of it uncertain', zh: '其中不确定' },
  { en: 'of it filled late', zh: '其中补传' },
];

/** One row for each stream that was asked about. */
export function StreamTable({ streams }: { streams: readonly StreamVerdict[] }): JSX.Element {
  const { of, language } = useLanguage();
  const levels = [...new Set(streams.map((s) => s.level))].toSorted((a, b) => a.localeCompare(b));
  return (
    <section class="panel">
      <h2 id="streams-title">{of(TITLE)}</h2>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="streams-title">
        <table id="streams">
          <thead>
            <tr>
              {HEADS.map((head) => (
                <th key={head.en} scope="col">
                  {of(head)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {streams.map((s) => (
              <tr key={s.slot} data-slot={s.slot}>
                <th scope="row">{s.slot}</th>
                <td>{of(MODE_WORDS[s.mode])}</td>
                <td>{s.level}</td>
                <td class={s.complete ? '' : 'failure'}>{of(s.complete ? YES : NO)}</td>
                <td>{s.leaves}</td>
                <td>{s.nbad}</td>
                <td>{s.lost}</td>
                <td>{spanText(s.outMs, language)}</td>
                <td>{spanText(s.gapMs, language)}</td>
                <td>{spanText(s.uncertainMs, language)}</td>
                <td>{spanText(s.backfilledMs, language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul class="hint">
        {levels.map((level) => (
          <li key={level}>
            {level}: {of(LEVEL_WORDS[level])}
          </li>
        ))}
      </ul>
    </section>
  );
}
