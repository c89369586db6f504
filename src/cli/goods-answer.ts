import * as z from 'zod';
import type { Text } from '../domain/alarm.ts';
import type { Lang } from './context.ts';
import { shown } from './inputs.ts';

/** What the commands read of the API's answers; whatever else they hold is passed on as it is. */
const figures = z.looseObject({
  zone: z.string(),
  why: z.string().nullable(),
  since: z.number().nullable(),
  expected: z.number(),
  seen: z.number(),
  missing: z.number(),
  elsewhere: z.number(),
  unknown: z.number(),
  unexpected: z.number(),
  counts: z
    .looseObject({
      complete: z.looseObject({ at: z.number(), seen: z.number(), expected: z.number() }).nullable(),
    })
    .nullable(),
  asOf: z.number(),
});
const stock = z.array(figures);
const zone = figures.extend({
  items: z.array(
    z.looseObject({ epc: z.string(), lot: z.string(), presence: z.string(), seenAt: z.number().nullable() }),
  ),
  strangers: z.array(z.string()),
  next: z.string().nullable(),
});
const item = z.looseObject({
  epc: z.string(),
  lot: z.string().nullable(),
  zone: z.string().nullable(),
  presence: z.string().nullable(),
  seenZone: z.string().nullable(),
  seenAt: z.number().nullable(),
  parent: z.string().nullable(),
  children: z.array(z.string()),
  receipts: z.array(z.string()),
});
const amount = z.looseObject({ value: z.number(), exp: z.number(), unit: z.string() });
const lot = z.looseObject({
  lot: z.string(),
  isGone: z.boolean(),
  tags: z.array(z.looseObject({ zone: z.string(), count: z.number() })),
  bulks: z.array(z.looseObject({ zone: z.string(), told: z.looseObject({ amount }).nullable() })),
});

/** Each throws z.ZodError for what is no answer of this API. */
export function readStock(raw: unknown): z.output<typeof stock> {
  return stock.parse(raw);
}

export function readZone(raw: unknown): z.output<typeof zone> {
  return zone.parse(raw);
}

export function readItem(raw: unknown): z.output<typeof item> {
  return item.parse(raw);
}

export function readLot(raw: unknown): z.output<typeof lot> {
  return lot.parse(raw);
}

const WHY: Readonly<Record<string, Text>> = {
  'no-read-point': { en: 'no reader looks there', zh: '无读写器覆盖' },
  'reader-ill': { en: 'a reader is not well', zh: '读写器异常' },
  'reader-silent': { en: 'a reader is silent', zh: '读写器无数据' },
};
const PRESENCE: Readonly<Record<string, Text>> = {
  seen: { en: 'seen', zh: '在位' },
  missing: { en: 'missing', zh: '缺失' },
  elsewhere: { en: 'elsewhere', zh: '在别处' },
  unknown: { en: 'unknown', zh: '未知' },
};

export function describeStock(list: z.output<typeof stock>, lang: Lang): string {
  return list.length === 0
    ? word({ en: 'none', zh: '无' }, lang)
    : list.map((one) => lineOf(one, lang)).join('\n');
}

export function describeZone(list: z.output<typeof zone>, lang: Lang): string {
  const items = list.items.map(({ epc, lot: of, presence, seenAt }) =>
    [epc, of, word(PRESENCE[presence], lang), seenAt === null ? '' : shown(seenAt)].join('  ').trimEnd(),
  );
  const strangers = list.strangers.map((epc) => `${epc}  ${word({ en: 'unexpected', zh: '非预期' }, lang)}`);
  return [lineOf(list, lang), ...items, ...strangers].join('\n');
}

export function describeItem(one: z.output<typeof item>, lang: Lang): string {
  const none = word({ en: 'none', zh: '无' }, lang);
  const seen = one.seenAt === null ? none : `${one.seenZone ?? ''} ${shown(one.seenAt)}`;
  const rows: readonly (readonly [Text, string])[] = [
    [{ en: 'lot', zh: '批次' }, one.lot ?? none],
    [{ en: 'zone', zh: '区域' }, one.zone ?? none],
    [{ en: 'there', zh: '在位情况' }, one.presence === null ? none : word(PRESENCE[one.presence], lang)],
    [{ en: 'last seen', zh: '最后读到' }, seen],
    [{ en: 'in', zh: '上级包装' }, one.parent ?? none],
    [{ en: 'holds', zh: '包含' }, one.children.join(' ') || none],
    [{ en: 'receipts', zh: '仓单' }, one.receipts.join(' ') || none],
  ];
  return [one.epc, ...rows.map(([name, value]) => `${word(name, lang)}: ${value}`)].join('\n');
}

export function describeLot(one: z.output<typeof lot>, lang: Lang): string {
  if (one.isGone) return `${one.lot}: ${word({ en: 'gone', zh: '已全部移出' }, lang)}`;
  const tags = one.tags.map(
    ({ zone: at, count }) => `${at}: ${count} ${word({ en: 'things', zh: '件' }, lang)}`,
  );
  const bulks = one.bulks.map(({ zone: at, told }) => {
    const bulk = word({ en: 'in bulk', zh: '散货' }, lang);
    if (told === null) return `${at}: ${bulk}`;
    const { value, exp, unit } = told.amount;
    return `${at}: ${bulk}, ${Number(`${value}e${exp}`)} ${unit}`;
  });
  return [one.lot, ...tags, ...bulks].join('\n');
}

function lineOf(of: z.output<typeof figures>, lang: Lang): string {
  const parts = [
    `${word({ en: 'expected', zh: '应有' }, lang)} ${of.expected}`,
    ...(['seen', 'missing', 'elsewhere', 'unknown'] as const).map(
      (presence) => `${word(PRESENCE[presence], lang)} ${of[presence]}`,
    ),
    `${word({ en: 'unexpected', zh: '非预期' }, lang)} ${of.unexpected}`,
  ];
  const since = of.since === null ? '' : ` ${shown(of.since)}`;
  const why = of.why === null ? '' : ` (${word(WHY[of.why], lang)}${since})`;
  const counted = of.counts?.complete ?? null;
  const count =
    counted === null
      ? ''
      : `, ${word({ en: 'counted', zh: '盘点' }, lang)} ${counted.seen}/${counted.expected} ${shown(counted.at)}`;
  return `${of.zone}: ${parts.join(', ')}${why}${count}`;
}

function word(text: Text | undefined, lang: Lang): string {
  return text?.[lang] ?? '';
}
