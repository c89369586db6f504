import * as z from 'zod';
import type { Lang } from './context.ts';
import { shown } from './inputs.ts';

const text = z.looseObject({ en: z.string(), zh: z.string() });
/** What the commands read of the API's answers; whatever else they hold is passed on as it is. */
const order = z.looseObject({
  order: z.string(),
  content: z
    .looseObject({
      direction: z.string(),
      lot: z.string(),
      epcs: z.array(z.string()).nullable(),
      amount: z.looseObject({ value: z.number(), exp: z.number(), unit: z.string() }),
      portal: z.string(),
      zone: z.string(),
      from: z.number(),
      until: z.number(),
      vehicle: z.string().nullable(),
    })
    .nullable(),
  state: z.string(),
  since: z.number(),
  passed: z.array(z.string()),
  breaches: z.array(z.looseObject({ epc: z.string(), is: z.string(), at: z.number() })),
  isDisputed: z.boolean(),
  moved: z.number().nullable(),
  refused: z.looseObject({ at: z.number(), why: z.string(), text }).nullable(),
});
export type Order = z.output<typeof order>;

/** @throws z.ZodError for what is no answer of this API */
export function readOrder(raw: unknown): Order {
  return order.parse(raw);
}

/** @throws z.ZodError likewise */
export function readOrders(raw: unknown): Order[] {
  return z.array(order).parse(raw);
}

const WORDS = {
  en: { none: 'none', until: 'until', by: 'by', disputed: 'DISPUTED', refused: 'refused', passed: 'passed' },
  zh: { none: '无', until: '至', by: '经', disputed: '有争议', refused: '拒绝', passed: '已通过' },
} as const;

/** One line for each: what may pass which portal until when, and why its barrier was refused. */
export function describeOrders(orders: readonly Order[], lang: Lang): string {
  return orders.length === 0 ? WORDS[lang].none : orders.map((one) => lineOf(one, lang)).join('\n');
}

function lineOf({ order: id, content, state, isDisputed, refused }: Order, lang: Lang): string {
  const words = WORDS[lang];
  const what =
    content === null
      ? ''
      : ` ${content.direction} ${amountOf(content.amount)} ${content.lot} ${words.by} ${content.portal} ${words.until} ${shown(content.until)}`;
  const why = refused === null ? '' : `; ${words.refused} ${shown(refused.at)}: ${refused.text[lang]}`;
  return `${id} ${state}${isDisputed ? ` ${words.disputed}` : ''}${what}${why}`;
}

export function describeOrder(one: Order, lang: Lang): string {
  const words = WORDS[lang];
  const { content, passed, breaches, moved, refused } = one;
  const of = content?.epcs === null || content === null ? '' : ` / ${content.epcs.length}`;
  return [
    lineOf({ ...one, refused: null }, lang),
    `${words.passed} ${passed.length}${of}${moved === null ? '' : ` (${moved})`}`,
    ...breaches.map(({ epc, is, at }) => `${is} ${epc} ${shown(at)}`),
    ...(refused === null
      ? []
      : [`${words.refused} ${shown(refused.at)}: ${refused.text[lang]} [${refused.why}]`]),
  ].join('\n');
}

function amountOf({ value, exp, unit }: { value: number; exp: number; unit: string }): string {
  const figure = exp === 0 ? String(value) : `${value}e${exp}`;
  return unit === '1' ? figure : `${figure} ${unit}`;
}
