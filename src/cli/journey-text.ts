import type { Text } from '../domain/alarm.ts';
import type { Journey, LegCode, LegStep } from '../gateway/archive/journey.ts';
import type { LinkCode, LinkStep } from '../gateway/archive/journey-link.ts';
import { ANSWERS } from '../evidence/verdict-words.ts';
import type { Lang } from './context.ts';
import { shown } from './inputs.ts';

const LEGS: Readonly<Record<LegCode, Text>> = {
  LEG_YES: { en: 'valid, and the answer is yes', zh: '有效，结论为“是”' },
  LEG_NO: { en: 'valid, and the answer is no', zh: '有效，结论为“否”' },
  LEG_UNDECIDED: { en: 'valid, but it does not decide its question', zh: '有效，但无法判定其问题' },
  LEG_NO_QUESTION: { en: 'valid, but it has no question', zh: '有效，但未附问题' },
  LEG_MISSING: {
    en: 'goods came from this log, and its bundle is not here',
    zh: '货物来自此日志，但缺少其证明包',
  },
  LEG_INVALID: { en: 'this is no evidence', zh: '不构成证据' },
};

const LINKS: Readonly<Record<LinkCode, Text>> = {
  LINKED: { en: 'handed over: root, record and both signatures agree', zh: '已交接：根、记录与双方签名一致' },
  SAME_LOG: { en: 'two bundles of one log', zh: '同一日志的两个证明包' },
  HAND_OVER_MISSING: { en: 'no hand-over links these two', zh: '没有交接单将两段相连' },
  TERMS_DIFFER: { en: 'there are two texts of this hand-over', zh: '同一交接单有两种文本' },
  OTHER_GOODS: { en: 'it is about another lot', zh: '交接的是另一批次' },
  NOT_RECORDED: { en: 'the taker’s log does not name it', zh: '接收方日志未载明此交接单' },
  ROOT_CONFLICT: {
    en: 'the giver’s log has another root of that size',
    zh: '交出方日志在该大小处的根不同',
  },
  ROOT_UNKNOWN: {
    en: 'no root is named, or the giver’s bundle does not lead to it',
    zh: '未载明根，或交出方证明包无法推出该根',
  },
  SIGNATURE_WRONG: { en: 'a signature does not verify', zh: '签名核验不通过' },
  UNSIGNED: { en: 'a signature is missing', zh: '缺少签名' },
  KEY_UNKNOWN: { en: 'signed with a key that you did not name (--key)', zh: '签名密钥未经您列出（--key）' },
  DISPUTED: { en: 'one of the hands objected', zh: '一方提出异议' },
  NOT_ACCEPTED: { en: 'the taker did not accept the condition', zh: '接收方未接受货物状况' },
  OTHER_TIME: { en: 'its time is in neither leg', zh: '交接时间不在两段之内' },
  SETTLED: { en: 'one of the hands objected, and a person settled it', zh: '一方曾提出异议，异议已处理' },
  TIME_GAP: { en: 'nobody tells of the time between', zh: '两段之间的时间无人记录' },
};

/** A journey for people: the answer, then step by step from keeper to keeper. */
export function describeJourney(journey: Journey, lang: Lang): string {
  const say = (text: Text): string => text[lang];
  const { evidence, answer, outMs, gapMs, betweenMs, steps } = journey;
  const head =
    evidence === 'invalid'
      ? say({ en: 'INVALID: a part of this journey is no evidence.', zh: '无效：行程的一部分不构成证据。' })
      : say({ en: 'VALID: every bundle that is here was checked.', zh: '有效：所给的证明包均已核验。' });
  return [
    head,
    `${say({ en: 'Answer:', zh: '结论：' })} ${say(ANSWERS[answer])}`,
    ...steps.map((step) => (step.kind === 'leg' ? legLine(step, say) : linkLine(step, say))),
    say({ en: 'Over all legs:', zh: '各段合计：' }),
    `  ${say({ en: 'out of range', zh: '超限' })} ${minutes(outMs)}; ${say({ en: 'silent', zh: '缺测' })} ${minutes(gapMs)}; ${say({ en: 'between legs', zh: '两段之间' })} ${minutes(betweenMs)}`,
    say({
      en: 'Not proven: that the goods were where a log says they were, beyond what its keeper and both hands signed.',
      zh: '未证明：除保管方与双方签名所述之外，货物确在日志所述之处。',
    }),
  ].join('\n');
}

type Say = (text: Text) => string;

function legLine({ code, name, origin, from, to, outMs, gapMs, verdict }: LegStep, say: Say): string {
  const window = from === null || to === null ? [] : [`    ${shown(from)} … ${shown(to)}`];
  const times = `    ${say({ en: 'out of range', zh: '超限' })} ${minutes(outMs)}, ${say({ en: 'silent', zh: '缺测' })} ${minutes(gapMs)}`;
  const failure = verdict?.failure ?? null;
  return [
    `  ${name === '' ? (origin ?? '') : name}`,
    `    ${code}: ${say(LEGS[code])}`,
    ...(failure === null ? [] : [`    ${failure.code}: ${failure.where}`]),
    ...window,
    ...(window.length === 0 ? [] : [times]),
  ].join('\n');
}

function linkLine({ code, handOver, betweenMs }: LinkStep, say: Say): string {
  const told =
    handOver === null
      ? []
      : [`    ${handOver.handOver}: ${handOver.giver} → ${handOver.taker}, ${shown(handOver.at)}`];
  const gap =
    betweenMs === null || betweenMs === 0
      ? []
      : [`    ${say({ en: 'between the two', zh: '两段之间' })} ${minutes(betweenMs)}`];
  return [`  ↓ ${code}: ${say(LINKS[code])}`, ...told, ...gap].join('\n');
}

function minutes(ms: number): string {
  return `${Math.round(ms / 6000) / 10} min`;
}
