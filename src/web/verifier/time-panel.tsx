import type { JSX } from 'preact';
import type { Text } from '../../domain/alarm.ts';
import type { Verdict } from '../../evidence/verdict.ts';
import { spanText, timeText, zoneText } from './format.ts';
import { useLanguage } from './language.tsx';
import type { Picture } from './picture.ts';

const TITLE: Text = { en: 'When it was fixed, and who says so', zh: '何时固定，由谁作证' };
const NOT_BEFORE: Text = { en: 'First block sealed not before', zh: '首个区块封存不早于' };
const NOT_AFTER: Text = { en: 'Last block fixed not after', zh: '末个区块固定不晚于' };
const DELAY: Text = { en: 'Longest room to invent (delay)', zh: '最长可编造时间（延迟）' };
const LEAD: Text = { en: 'Longest room to prepare (lead)', zh: '最长可预制时间（提前）' };
const UNSURE: Text = { en: 'Blocks with a doubtful clock', zh: '时钟存疑的区块' };
const ANCHORS: Text = { en: 'Anchors of the head', zh: '日志头的锚定' };
const NO_ANCHORS: Text = { en: 'none', zh: '无' };
const COSIGNED: Text = { en: 'cosigned by', zh: '共同签名：' };
const LEDGER: Text = {
  en: 'ledger proof, shown but not counted:',
  zh: '账本证明（仅展示，不计入）：',
};
const SIGNATURES: Text = { en: 'Signatures of heads', zh: '日志头签名' };
const CHECKED: Text = { en: 'checked', zh: '已核验' };
const IMPLIED: Text = {
  en: 'of the log key not checked, nor counted: the checkpoint proves the same',
  zh: '个日志密钥签名未核验也未计入：检查点已证明同样内容',
};
const UNLIMITED: Text = { en: 'no bound', zh: '无上限' };
const ORIGIN: Text = { en: 'Log', zh: '日志' };
const SIZE: Text = { en: 'Blocks in the log', zh: '日志区块数' };
const ROOT: Text = { en: 'Root', zh: '树根' };

/** Time bounds of evidence section 8, and the head that all hangs on. */
export function TimePanel({ verdict, picture }: { verdict: Verdict; picture: Picture }): JSX.Element {
  const { of, language } = useLanguage();
  const { time, anchors, origin, size, root, signatures } = verdict;
  const instant = (ms: number | null): string => (ms === null ? of(UNLIMITED) : when(ms));
  const span = (ms: number | null): string => (ms === null ? of(UNLIMITED) : spanText(ms, language));
  const rows: readonly (readonly [Text, string])[] = [
    [NOT_BEFORE, instant(picture.notBefore)],
    [NOT_AFTER, instant(picture.notAfter)],
    [DELAY, span(time.worstDelayMs)],
    [LEAD, span(time.worstLeadMs)],
    [UNSURE, `${picture.unsureBlocks} / ${picture.blocks}`],
    [SIGNATURES, `${signatures?.checked ?? 0} ${of(CHECKED)}; ${signatures?.implied ?? 0} ${of(IMPLIED)}`],
  ];
  return (
    <section class="panel" aria-labelledby="time-title">
      <h2 id="time-title">{of(TITLE)}</h2>
      <dl id="time">
        {rows.map(([name, text]) => (
          <div key={name.en}>
            <dt>{of(name)}</dt>
            <dd>{text}</dd>
          </div>
        ))}
        <div>
          <dt>{of(ANCHORS)}</dt>
          <dd>
            <ul id="anchors">
              {anchors.map((a) => (
                <li key={a.kind === 'ledger' ? `${a.ledger} ${a.network} ${a.size}` : `${a.owner} ${a.at}`}>
                  {a.kind === 'ledger'
                    ? `${of(LEDGER)} ${a.ledger} ${a.network}`
                    : `${of(COSIGNED)} ${a.owner}, ${when(a.at * 1000)}`}
                </li>
              ))}
              {anchors.length === 0 && <li>{of(NO_ANCHORS)}</li>}
            </ul>
          </dd>
        </div>
        <div>
          <dt>{of(ORIGIN)}</dt>
          <dd>
            <code>{origin}</code>
          </dd>
        </div>
        <div>
          <dt>{of(SIZE)}</dt>
          <dd>{size}</dd>
        </div>
        <div>
          <dt>{of(ROOT)}</dt>
          <dd>
            <code>{root}</code>
          </dd>
        </div>
      </dl>
    </section>
  );
}

function when(ms: number): string {
  return `${timeText(ms)} ${zoneText(ms)}`;
}
