import type { Text } from '../domain/alarm.ts';
import { unitSign } from '../domain/unit-signs.ts';
import { formatScaled } from '../domain/units.ts';
import type { Descriptor } from '../evidence/descriptor.ts';
import type { Question } from '../evidence/question.ts';
import type { StreamVerdict, Verdict } from '../evidence/verdict.ts';
import type { Lang } from './context.ts';
import { shown } from './inputs.ts';
import { ANSWERS, BECAUSES, FAILURES, LIMITS } from '../evidence/verdict-words.ts';

/**
 * A verdict for people: first whether it is evidence at all, then the answer, then on what it rests
 * and what it does not prove.
 * @param how whether the question is the verifier's own, the language, and what the slots are
 */
export function describeVerdict(
  verdict: Verdict,
  { own, lang, streams }: { own: boolean; lang: Lang; streams: ReadonlyMap<number, Descriptor> },
): string {
  const say = (text: Text): string => text[lang];
  const { failure, question } = verdict;
  if (failure !== null) {
    return [
      say({ en: 'INVALID: this is no evidence.', zh: '无效：不构成证据。' }),
      `  ${failure.code}: ${say(FAILURES[failure.code])}`,
      `  ${say({ en: 'at', zh: '位置' })} ${failure.where}`,
      `  ${say({ en: 'bundle', zh: '证明包' })} SHA-256 ${verdict.bundle}`,
    ].join('\n');
  }
  return [
    say({
      en: 'VALID: signatures, proofs and completeness were checked.',
      zh: '有效：签名、证明与完整性已核验。',
    }),
    ...[...streams].map(([slot, d]) => `  ${nameOf(slot, d, say)}`),
    `  ${verdict.origin ?? ''}, ${say({ en: 'head of size', zh: '日志头大小' })} ${verdict.size ?? ''}`,
    ...(question === null ? [] : answerLines(verdict, question, own, say)),
    ...fixedLines(verdict, say),
    say({ en: 'Not proven:', zh: '未证明：' }),
    ...verdict.limits.map((limit) => `  ${limit} ${say(LIMITS[limit])}`),
  ].join('\n');
}

type Say = (text: Text) => string;

/** The gateway's events have no channel. */
function nameOf(slot: number, { dev, ch, unit, place }: Descriptor, say: Say): string {
  const name = `${say({ en: 'slot', zh: '槽位' })} ${slot}: ${dev}`;
  const sign = say(unitSign(unit));
  return ch === ''
    ? name
    : `${name}/${ch}${sign === '' ? '' : ` [${sign}]`}${place === '' ? '' : `, ${place}`}`;
}

function answerLines(v: Verdict, q: Question, own: boolean, say: Say): string[] {
  const whose = own
    ? say({ en: 'Your question:', zh: '您的问题：' })
    : say({ en: 'The bundle’s own question (unsigned):', zh: '证明包自带的问题（未签名）：' });
  return [
    whose,
    `  ${asked(q, say)}`,
    `${say({ en: 'Answer:', zh: '结论：' })} ${say(ANSWERS[v.answer])}`,
    ...v.because.map((code) => `  ${code}: ${say(BECAUSES[code])}`),
    ...table(v.streams, say),
  ];
}

function asked(q: Question, say: Say): string {
  const slots = `${say({ en: 'slots', zh: '槽位' })} ${q.slots.join(', ')}`;
  const window = `${shown(q.from)} … ${shown(q.to)}`;
  if (q.kind === 'present') return `${slots}: ${say({ en: 'was tag', zh: '标签' })} ${q.epc}, ${window}?`;
  const limits = `${bound(q.min, q.exp)} … ${bound(q.max, q.exp)} ${say(unitSign(q.unit))}`.trimEnd();
  const borne = say({
    en: `out for at most ${seconds(q.allowOutMs)}, silent for at most ${seconds(q.allowGapMs)}`,
    zh: `超限不超过 ${seconds(q.allowOutMs)}，缺测不超过 ${seconds(q.allowGapMs)}`,
  });
  return `${slots}: ${limits}, ${window}, ${borne}?`;
}

/** A limit nobody set stands at the end of the numbers. */
function bound(v: number, exp: number): string {
  if (v === Number.MIN_SAFE_INTEGER) return '-∞';
  return v === Number.MAX_SAFE_INTEGER ? '∞' : formatScaled(v, exp);
}

function table(streams: readonly StreamVerdict[], say: Say): string[] {
  const yes = say({ en: 'yes', zh: '是' });
  const no = say({ en: 'no', zh: '否' });
  const head = [
    { en: 'slot', zh: '槽位' },
    { en: 'shown', zh: '披露' },
    { en: 'level', zh: '等级' },
    { en: 'complete', zh: '完整' },
    { en: 'records', zh: '记录' },
    { en: 'bad', zh: '无效' },
    { en: 'out', zh: '超限' },
    { en: 'silent', zh: '缺测' },
    { en: 'unsure', zh: '不确定' },
  ].map(say);
  const rows = streams.map((s) => [
    String(s.slot),
    s.mode,
    s.level,
    s.complete ? yes : no,
    String(s.leaves),
    String(s.nbad),
    seconds(s.outMs),
    seconds(s.gapMs),
    seconds(s.uncertainMs),
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => widthOf(row[i] ?? ''))));
  return [head, ...rows].map(
    (row) =>
      `  ${row
        .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - widthOf(cell)))
        .join('  ')
        .trimEnd()}`,
  );
}

/** Columns on a terminal: a Chinese sign takes two. */
function widthOf(text: string): number {
  return text.length + (text.match(/[\u2e80-\uffff]/g)?.length ?? 0);
}

function fixedLines(v: Verdict, say: Say): string[] {
  const delay = v.time.worstDelayMs;
  const lead = v.time.worstLeadMs;
  const unlimited = say({ en: 'no bound', zh: '无上限' });
  const anchors = v.anchors.map((a) =>
    a.kind === 'cosignature'
      ? `  ${say({ en: 'cosigned by', zh: '见证人' })} ${a.owner} ${shown(a.at * 1000)}`
      : `  ${say({ en: 'ledger proof, shown but not counted:', zh: '账本证明（仅展示，不计入）：' })} ${a.ledger} ${a.network}`,
  );
  return [
    say({ en: 'When the history was fixed:', zh: '历史何时固定：' }),
    `  ${say({ en: 'at most this long after sealing', zh: '封存后至多' })}: ${delay === null ? unlimited : seconds(delay)}`,
    `  ${say({ en: 'at most this long before sealing', zh: '封存前至多' })}: ${lead === null ? unlimited : seconds(lead)}`,
    ...anchors,
    ...signatureLines(v, say),
  ];
}

/** What was not looked at is said, also where nothing hangs on it. */
function signatureLines({ signatures }: Verdict, say: Say): string[] {
  if (signatures === null) return [];
  const { checked, implied } = signatures;
  const right = say({ en: `${checked} signatures checked`, zh: `已核验 ${checked} 个签名` });
  const rest = say({
    en: `; ${implied} of the log key not, nor counted: the checkpoint proves the same`,
    zh: `；另有 ${implied} 个日志密钥签名未核验也未计入：检查点已证明同样内容`,
  });
  return [`  ${right}${implied === 0 ? '' : rest}`];
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
