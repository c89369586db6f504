import * as z from 'zod';
import type { OpenedStatement } from '../evidence/statement.ts';
import type { Context } from './context.ts';
import { Refused } from '../domain/errors.ts';

/** What the command line needs of a receipt's status; it may hold more. */
const amount = z.object({ value: z.number(), exp: z.number(), unit: z.string() });
const coverage = z.object({ coverage: z.number().nullable(), gapMs: z.number(), isUnbroken: z.boolean() });
const status = z.looseObject({
  receipt: z.string(),
  number: z.string(),
  lifecycle: z.string(),
  control: z.enum(['in-control', 'degraded', 'unknown', 'breached']),
  since: z.number(),
  asOf: z.number(),
  validUntil: z.number(),
  reasons: z.array(z.object({ code: z.string(), text: z.object({ en: z.string(), zh: z.string() }) })),
  coverage: z.object({ day: coverage, month: coverage, period: coverage }).nullable(),
  amount: z.object({ attested: amount.nullable(), onReceipt: amount, floor: amount.nullable() }),
});
type Status = z.infer<typeof status>;

/** @throws Refused INVALID for an answer that is none of a gateway */
export function readStatuses(answer: readonly unknown[]): readonly Status[] {
  const read = z.array(status).safeParse(answer);
  if (!read.success)
    throw new Refused('INVALID', `what answered is no gateway: ${z.prettifyError(read.error)}`);
  return read.data;
}

export function isProven({ control }: Status): boolean {
  return control === 'in-control' || control === 'degraded';
}

const WORDS = {
  'in-control': { en: 'In control', zh: '在控' },
  degraded: { en: 'Degraded', zh: '降级' },
  unknown: { en: 'Not proven', zh: '未能证明' },
  breached: { en: 'Breached', zh: '失控' },
} as const;

export function statusLines(statuses: readonly Status[], context: Context): string {
  if (statuses.length === 0)
    return context.say({ en: 'no receipt is bound to goods here', zh: '此处无绑定货物的仓单' });
  return statuses.flatMap((one) => [headline(one, context), ...details(one, context)]).join('\n');
}

function headline({ number, receipt, lifecycle, control, since }: Status, context: Context): string {
  const at = new Date(since).toISOString();
  const word = WORDS[control];
  const said = context.say({ en: `${word.en} since ${at}`, zh: `${word.zh}，自 ${at}` });
  return `${number} (${receipt.slice(0, 8)}…) ${lifecycle}: ${said}`;
}

function details(
  { reasons, coverage: covered, amount: { attested, onReceipt, floor } }: Status,
  context: Context,
): string[] {
  const lines = reasons.map(({ code, text }) => `  ${code}: ${context.say(text)}`);
  if (covered !== null) {
    const shares = (
      [
        ['24 h', covered.day],
        ['30 d', covered.month],
        [context.say({ en: 'period', zh: '全期' }), covered.period],
      ] as const
    ).map(([name, { coverage: share, gapMs, isUnbroken }]) => {
      const unbroken = isUnbroken ? context.say({ en: ', unbroken', zh: '，无间断' }) : '';
      const minutes = context.say({ en: 'min gaps', zh: '分钟缺口' });
      return `${name} ${percent(share)} (${(gapMs / 60_000).toFixed(1)} ${minutes}${unbroken})`;
    });
    lines.push(`  ${context.say({ en: 'coverage', zh: '覆盖率' })}: ${shares.join(' · ')}`);
  }
  const told = [attested, onReceipt, floor].map((one) => (one === null ? '–' : scaled(one)));
  const names = context.say({ en: 'attested / on receipt / floor', zh: '实证 / 仓单 / 最低控货量' });
  lines.push(`  ${names}: ${told.join(' / ')}`);
  return lines;
}

/** Hundredths of a per cent, truncated where they were made. */
function percent(share: number | null): string {
  return share === null ? '–' : `${Math.floor(share / 100)}.${String(share % 100).padStart(2, '0')} %`;
}

function scaled({ value, exp, unit }: z.infer<typeof amount>): string {
  const number = exp >= 0 ? String(value * 10 ** exp) : (value / 10 ** -exp).toFixed(-exp);
  return unit === '1' ? number : `${number} ${unit}`;
}

/** What a genuine statement says; of an expired one first that it proves nothing any more. */
export function openedLines(
  { head, isExpired }: Extract<OpenedStatement, { readonly ok: true }>,
  content: unknown,
  context: Context,
): string {
  const { origin, subject, kind, asOf, validUntil } = head;
  const when = [asOf, validUntil].map((t) => (t === null ? '–' : new Date(t).toISOString()));
  const lines: string[] = [];
  if (isExpired)
    lines.push(
      context.say({
        en: `Not proven: this statement expired at ${when[1]}`,
        zh: `未能证明：本声明已于 ${when[1]} 过期`,
      }),
    );
  lines.push(
    context.say({
      en: `Genuine: ${kind} of ${subject}, signed by ${origin}, as of ${when[0]}, valid until ${when[1]}`,
      zh: `真实：${kind}，对象 ${subject}，由 ${origin} 签名，截至 ${when[0]}，有效期至 ${when[1]}`,
    }),
  );
  if (kind === 'receipt-status' && !isExpired) lines.push(statusLines(readStatuses([content]), context));
  return lines.join('\n');
}
