import * as z from 'zod';
import type { Lang } from './context.ts';
import { shown } from './inputs.ts';

const signed = z.looseObject({ key: z.string(), at: z.number() }).nullable();
/** What the commands read of the API's answers; whatever else they hold is passed on as it is. */
const handOver = z.looseObject({
  id: z.string(),
  state: z.enum(['incomplete', 'complete', 'disputed']),
  sha256: z.string(),
  at: z.number(),
  terms: z.looseObject({
    waybill: z.string(),
    giver: z.string(),
    taker: z.string(),
    goods: z.looseObject({ lot: z.string() }),
    zone: z.string(),
    from: z.string().nullable(),
  }),
  giver: signed,
  taker: signed,
  exceptions: z.array(
    z.looseObject({ by: z.string(), code: z.string(), note: z.string(), at: z.number(), seq: z.number() }),
  ),
});
type HandOver = z.output<typeof handOver>;

const begun = z.looseObject({ sha256: z.string(), giver: z.string(), taker: z.string() });

/** @throws z.ZodError for what is no answer of this API */
export function readHandOver(raw: unknown): HandOver {
  return handOver.parse(raw);
}

/** @throws z.ZodError likewise */
export function readHandOvers(raw: unknown): HandOver[] {
  return z.array(handOver).parse(raw);
}

const whole = z.object({ sha256: z.string(), terms: z.unknown() });

/** The terms as they are signed, their fields in the order in which they came. @throws z.ZodError likewise */
export function readTermsText(raw: unknown): { readonly sha256: string; readonly text: string } {
  const { sha256, terms } = whole.parse(raw);
  return { sha256, text: JSON.stringify(terms) };
}

/** @throws z.ZodError likewise */
export function readBegun(raw: unknown): z.output<typeof begun> {
  return begun.parse(raw);
}

const WORDS = {
  en: {
    none: 'none',
    incomplete: 'incomplete',
    complete: 'complete',
    disputed: 'DISPUTED',
    giver: 'giver',
    taker: 'taker',
    unsigned: 'has not signed',
    signed: 'signed',
    objected: 'objected',
    root: 'root of the giver’s log',
  },
  zh: {
    none: '无',
    incomplete: '未完成',
    complete: '已完成',
    disputed: '有争议',
    giver: '交出方',
    taker: '接收方',
    unsigned: '未签名',
    signed: '已签名',
    objected: '提出异议',
    root: '交出方日志的根',
  },
} as const;

/** One line for each, the newest first. */
export function describeHandOvers(all: readonly HandOver[], lang: Lang): string {
  return all.length === 0 ? WORDS[lang].none : all.map((one) => lineOf(one, lang)).join('\n');
}

/** One with who signed when, and what was objected. */
export function describeHandOver(one: HandOver, lang: Lang): string {
  const words = WORDS[lang];
  const hands = (['giver', 'taker'] as const).map((hand) => {
    const by = one[hand];
    const what = by === null ? words.unsigned : `${words.signed} ${shown(by.at)}, ${by.key}`;
    return `  ${words[hand]} ${one.terms[hand]}: ${what}`;
  });
  return [
    lineOf(one, lang),
    `  SHA-256 ${one.sha256}`,
    ...(one.terms.from === null ? [] : [`  ${words.root}: ${one.terms.from}`]),
    ...hands,
    ...one.exceptions.map(
      ({ seq, by, at, code, note }) => `  #${seq} ${by} ${words.objected} ${shown(at)}: ${code}, ${note}`,
    ),
  ].join('\n');
}

function lineOf({ id, state, terms, at }: HandOver, lang: Lang): string {
  const way = `${terms.giver} → ${terms.taker}`;
  return `${id} ${WORDS[lang][state]} ${way} ${terms.goods.lot} ${terms.zone} ${terms.waybill} ${shown(at)}`;
}
