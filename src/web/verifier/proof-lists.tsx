import type { JSX } from 'preact';
import type { Text } from '../../domain/alarm.ts';
import type { Verdict } from '../../evidence/verdict.ts';
import { LIMITS } from '../../evidence/verdict-words.ts';
import { spanText, timeText } from './format.ts';
import { useLanguage } from './language.tsx';
import type { Picture } from './picture.ts';

const PROVED: Text = { en: 'What is proved', zh: '已证明' };
const NOT_PROVED: Text = { en: 'What is NOT proved', zh: '未证明' };
const REPLAY: Text = {
  en: 'that alarms and decisions follow from the values: “bailee replay” recomputes those',
  zh: '报警与决定确由数值得出：由 “bailee replay” 重新计算',
};

/** Both lists stand side by side: nobody should read the one without the other. */
export function ProofLists({ verdict, picture }: { verdict: Verdict; picture: Picture }): JSX.Element {
  const { of, language } = useLanguage();
  const { proved, open } = sentences(verdict, picture, (ms) => spanText(ms, language));
  return (
    <div class="columns">
      <section class="panel proved" aria-labelledby="proved-title">
        <h2 id="proved-title">{of(PROVED)}</h2>
        <ul id="proved">
          {proved.map((text) => (
            <li key={text.en}>{of(text)}</li>
          ))}
        </ul>
      </section>
      <section class="panel not-proved" aria-labelledby="not-proved-title">
        <h2 id="not-proved-title">{of(NOT_PROVED)}</h2>
        <ul id="not-proved">
          {open.map((text) => (
            <li key={text.en}>{of(text)}</li>
          ))}
          {verdict.limits.map((limit) => (
            <li key={limit} data-limit={limit}>
              {of(LIMITS[limit])} <code>{limit}</code>
            </li>
          ))}
          <li>{of(REPLAY)}</li>
        </ul>
      </section>
    </div>
  );
}

/** Evidence section 1, (a) to (c), as far as this verdict goes. */
function sentences(
  { streams, time, limits, size, question }: Verdict,
  { notAfter, k, owners, held, blocks }: Picture,
  span: (ms: number) => string,
): { readonly proved: readonly Text[]; readonly open: readonly Text[] } {
  const proved: Text[] = [
    {
      en: `The holder of the log key sealed what is shown here, in this order, in ${blocks} blocks of a log of ${size ?? 0}; nothing of it was changed since.`,
      zh: `日志密钥持有人按此顺序封存了此处所示内容（日志共 ${size ?? 0} 个区块，此处 ${blocks} 个）；此后未被改动。`,
    },
  ];
  const open: Text[] = [];
  const whole = streams.filter((s) => s.complete).map((s) => s.slot);
  const holed = streams.filter((s) => !s.complete).map((s) => s.slot);
  const [from, to] = [timeText(question?.from ?? held.from), timeText(question?.to ?? held.to)];
  if (whole.length > 0)
    proved.push({
      en: `Nothing was left out of stream ${whole.join(', ')} from ${from} to ${to}; every silence is declared.`,
      zh: `数据流 ${whole.join('、')} 自 ${from} 至 ${to} 无任何遗漏，所有缺测均已声明。`,
    });
  if (holed.length > 0)
    open.push({
      en: `that nothing was left out of stream ${holed.join(', ')} from ${from} to ${to}`,
      zh: `数据流 ${holed.join('、')} 自 ${from} 至 ${to} 无遗漏`,
    });
  if (k > 0 && notAfter !== null)
    proved.push({
      en: `The history of this time was fixed by ${timeText(notAfter)} at the latest${time.worstDelayMs === null ? '' : `, each block at most ${span(time.worstDelayMs)} after its end`}; ${k} of ${owners.length} independent owners say so.`,
      zh: `该时段的历史最迟于 ${timeText(notAfter)} 固定${time.worstDelayMs === null ? '' : `，各区块在结束后 ${span(time.worstDelayMs)} 内固定`}；${owners.length} 个独立所有者中的 ${k} 个为证。`,
    });
  if (!limits.includes('L6') && k > 0)
    proved.push({
      en: 'There is one version of this history: more than half of the owners have signed it.',
      zh: '该历史只有一个版本：过半数所有者已签名。',
    });
  return { proved, open };
}
