import * as z from 'zod';
import type { Text } from '../domain/alarm.ts';
import type { Lang } from './context.ts';
import { shown } from './inputs.ts';

/** What the commands read of the API's answers; whatever else they hold is passed on as it is. */
const grant = z.looseObject({
  id: z.string(),
  as: z.string(),
  party: z.string(),
  receipts: z.array(z.string()),
  items: z.array(z.string()),
  until: z.number(),
  by: z.string(),
  reason: z.string(),
  revoked: z.looseObject({ by: z.string(), at: z.number(), reason: z.string() }).nullable(),
  isInForce: z.boolean(),
});
const made = z.looseObject({ grant, token: z.string() });

/** Throws z.ZodError for what is no answer of this API. */
export function readGrants(raw: unknown): z.output<typeof grant>[] {
  return z.array(grant).parse(raw);
}

/** Throws z.ZodError for what is no answer of this API. */
export function readMade(raw: unknown): z.output<typeof made> {
  return made.parse(raw);
}

const KINDS: Readonly<Record<string, Text>> = {
  financier: { en: 'financier', zh: '资金方' },
  holder: { en: 'holder', zh: '持有人' },
  regulator: { en: 'regulator', zh: '监管方' },
  partner: { en: 'partner', zh: '合作方' },
};

/** One line each with who and until when, and one for each thing it opens. */
export function describeGrants(list: readonly z.output<typeof grant>[], lang: Lang): string {
  if (list.length === 0) return { en: 'none', zh: '无' }[lang];
  return list.map((one) => describeGrant(one, lang)).join('\n');
}

export function describeMade({ grant: given, token }: z.output<typeof made>, lang: Lang): string {
  const once = {
    en: 'Token, for the party alone; it is shown this once:',
    zh: '令牌，只交给被授权方，仅显示这一次：',
  }[lang];
  return `${describeGrant(given, lang)}\n${once} ${token}`;
}

function describeGrant(one: z.output<typeof grant>, lang: Lang): string {
  const { id, as, party, receipts, items, until, by, reason } = one;
  const words = WORDS[lang];
  const kind = KINDS[as]?.[lang] ?? as;
  const what = [
    ...receipts.map((receipt) => `  ${words.receipt} ${receipt}`),
    ...items.map((epc) => `  ${words.item} ${epc}`),
  ];
  return [
    `${id}  ${kind} ${party}, ${stateOf(one, lang)} (${words.until} ${shown(until)}), ${by}: ${reason}`,
    ...what,
  ].join('\n');
}

function stateOf({ revoked, isInForce }: z.output<typeof grant>, lang: Lang): string {
  const words = WORDS[lang];
  if (revoked !== null) return `${words.revoked} ${shown(revoked.at)} ${revoked.by}: ${revoked.reason}`;
  return isInForce ? words.inForce : words.over;
}

const WORDS = {
  en: {
    receipt: 'receipt',
    item: 'item',
    until: 'until',
    revoked: 'revoked',
    inForce: 'in force',
    over: 'over',
  },
  zh: {
    receipt: '仓单',
    item: '货物',
    until: '截止',
    revoked: '已撤销',
    inForce: '有效',
    over: '已到期',
  },
} as const;
