import type { Text } from '../alarm.ts';

/**
 * Why a gate does not open, or gives a claim back. The word stands at the head of a refused step's detail,
 * before a colon (leaf type 10, step 5).
 */
export const REFUSALS = {
  'no-content': { en: 'nobody has told what the order is about', zh: '尚未登记指令内容' },
  'not-on-ledger': { en: 'the ledger knows no such order', zh: '账本上没有该指令' },
  'not-authorised': { en: 'the warehouse has not authorised it', zh: '仓库尚未授权' },
  'already-claimed': { en: 'it is claimed already', zh: '已被执行过' },
  done: { en: 'it is done already', zh: '已经完成' },
  cancelled: { en: 'it is cancelled', zh: '已被撤销' },
  expired: { en: 'it has expired', zh: '已过期' },
  'wrong-gate': { en: 'it names another gate', zh: '指定的是其他门' },
  'wrong-way': { en: 'it takes nothing out', zh: '不是出库指令' },
  'other-goods': { en: 'what it is about is not what the ledger lets go', zh: '货物与账本放行的不符' },
  'too-much': { en: 'it is for more than the ledger lets go', zh: '数量超过账本放行量' },
  'out-of-window': { en: 'it is not its time', zh: '不在时间窗口内' },
  frozen: { en: 'the receipt is frozen', zh: '仓单已冻结' },
  held: { en: 'the receipt is held by an inspector', zh: '仓单被查验扣留' },
  disputed: { en: 'the receipt or the order is disputed', zh: '仓单或指令存在争议' },
  excursion: { en: 'the goods are out of their range', zh: '货物环境超限' },
  'reader-ill': { en: 'the reader of the portal is not known to be well', zh: '门口读写器状态不明' },
  'barrier-ill': { en: 'the barrier does not do what it is told', zh: '道闸不响应' },
  condition: { en: 'the evidence on the ledger is too old', zh: '账本上的证据过旧' },
  'ledger-refuses': { en: 'the ledger refuses the claim', zh: '账本拒绝' },
  unreachable: { en: 'the ledger does not answer: unknown stays shut', zh: '账本无应答，保持关闭' },
  contradiction: { en: 'the ledger contradicts itself', zh: '账本回答自相矛盾' },
  late: { en: 'the claim became final too late', zh: '放行确认过迟' },
  restart: { en: 'the gateway was restarted: an old claim opens nothing', zh: '网关已重启，旧放行不再开门' },
  busy: { en: 'the gate is at work on another order', zh: '该门正在处理其他指令' },
} as const satisfies Readonly<Record<string, Text>>;
export type RefusalWord = keyof typeof REFUSALS;

/** A reason, and the values that were wrong. */
export type Objection = { readonly word: RefusalWord; readonly with: string };

export function refusalDetail({ word, with: values }: Objection): string {
  const { en } = REFUSALS[word];
  return `${word}: ${values === '' ? en : `${en} (${values})`}`;
}

/** The reason in the words of people; null for a detail that no gate of this build wrote. */
export function refusalText(detail: string): Text | null {
  const [word = ''] = detail.split(':', 1);
  return isWord(word) ? REFUSALS[word] : null;
}

function isWord(word: string): word is RefusalWord {
  return Object.hasOwn(REFUSALS, word);
}
