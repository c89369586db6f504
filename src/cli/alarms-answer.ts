import * as z from 'zod';
import type { Lang } from './context.ts';
import { shown } from './inputs.ts';

const text = z.looseObject({ en: z.string(), zh: z.string() });
const act = z.looseObject({ by: z.string(), reason: z.string() }).nullable();

/** What the commands read of the API's answers; whatever else they hold is passed on as it is. */
const alarms = z.array(
  z.looseObject({
    id: z.string(),
    title: text,
    priority: z.string(),
    state: z.string(),
    since: z.number(),
    shelved: z.looseObject({ by: z.string(), reason: z.string(), until: z.number() }).nullable(),
    suppressedBy: z.string().nullable(),
    outOfService: act,
    acknowledged: z.looseObject({ by: z.string(), meaning: z.string(), reason: z.string() }).nullable(),
  }),
);
const history = z.looseObject({
  entries: z.array(
    z.union([
      z.looseObject({
        kind: z.literal('transition'),
        t: z.number(),
        from: z.string(),
        to: z.string(),
        priority: z.string(),
      }),
      z.looseObject({
        kind: z.literal('act'),
        t: z.number(),
        by: z.string(),
        verb: z.string(),
        change: z.string().nullable(),
        reason: z.string(),
        isRefused: z.boolean(),
      }),
    ]),
  ),
});

type Alarms = z.output<typeof alarms>;

/** @throws z.ZodError for what is no answer of this API */
export function readAlarms(raw: unknown): Alarms {
  return alarms.parse(raw);
}

/** @throws z.ZodError for what is no answer of this API */
export function readHistory(raw: unknown): z.output<typeof history> {
  return history.parse(raw);
}

const ASIDE: readonly string[] = ['shelved', 'suppressed', 'outOfService'];

export function isShownState(state: string): boolean {
  return !ASIDE.includes(state);
}

/** Those that are shown first; of each why it is not. */
export function describeAlarms(list: Alarms, lang: Lang): string {
  const [none, until] = lang === 'zh' ? ['无', '至'] : ['none', 'until'];
  const order = list.toSorted((a, b) => Number(isShownState(b.state)) - Number(isShownState(a.state)));
  const lines = order.map((a) => {
    const { shelved, suppressedBy, outOfService, acknowledged } = a;
    const why = [
      acknowledged === null
        ? ''
        : `${acknowledged.by}: ${acknowledged.meaning} ${acknowledged.reason}`.trim(),
      shelved === null ? '' : `${shelved.by}: ${shelved.reason}, ${until} ${shown(shelved.until)}`,
      suppressedBy ?? '',
      outOfService === null ? '' : `${outOfService.by}: ${outOfService.reason}`,
    ].filter((part) => part !== '');
    const behind = why.length === 0 ? '' : ` (${why.join('; ')})`;
    return `${a.priority} ${a.state} ${a.id}: ${a.title[lang]}, ${shown(a.since)}${behind}`;
  });
  return lines.length === 0 ? (none ?? '') : lines.join('\n');
}

export function describeHistory({ entries }: z.output<typeof history>, lang: Lang): string {
  const [none, refused] = lang === 'zh' ? ['无', '被拒绝'] : ['none', 'refused'];
  const lines = entries.map((e) => {
    if (e.kind === 'transition') return `${shown(e.t)} ${e.from} → ${e.to} (${e.priority})`;
    const change = e.change === null ? '' : ` ${e.change}`;
    return `${shown(e.t)} ${e.by}: ${e.verb}${change}, ${e.reason}${e.isRefused ? ` [${refused}]` : ''}`;
  });
  return lines.length === 0 ? (none ?? '') : lines.join('\n');
}
