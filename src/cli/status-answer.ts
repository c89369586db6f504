import * as z from 'zod';
import { unitSign } from '../domain/unit-signs.ts';
import type { Lang } from './context.ts';
import { shown } from './inputs.ts';

const text = z.looseObject({ en: z.string(), zh: z.string() });

/** What the command reads of the API's answers; whatever else they hold is passed on as it is. */
const answerSchema = z.object({
  status: z.looseObject({
    gateway: z.looseObject({ id: z.string(), name: text }),
    origin: z.string(),
    now: z.number(),
    journal: z.looseObject({
      size: z.number(),
      tailLeaves: z.number(),
      lastSealed: z.looseObject({ no: z.number(), t1: z.number() }).nullable(),
    }),
    anchor: z.looseObject({
      state: z.string(),
      lastFinalSize: z.number().nullable(),
      at: z.number().nullable(),
      lastError: z.string().nullable(),
      witnesses: z
        .looseObject({
          guard: z.string(),
          quorum: z.number(),
          cosignedSize: z.number().nullable(),
          list: z.array(
            z.looseObject({ name: z.string(), state: z.string(), lastError: z.string().nullable() }),
          ),
        })
        .nullable(),
    }),
    health: z.array(z.looseObject({ name: z.string(), state: z.string(), detail: text })),
    outboxDepth: z.number(),
  }),
  streams: z.array(
    z.looseObject({
      id: z.string(),
      unit: z.string(),
      state: z.string(),
      latest: z.looseObject({ text: z.string().nullable(), t: z.number() }).nullable(),
    }),
  ),
  alarms: z.array(
    z.looseObject({
      id: z.string(),
      title: text,
      priority: z.string(),
      state: z.string(),
      since: z.number(),
    }),
  ),
});

export type Answer = z.output<typeof answerSchema>;

/** @throws z.ZodError for what is no answer of this API */
export function readAnswer(raw: unknown): Answer {
  return answerSchema.parse(raw);
}

/** What is not known is not well. */
export function isWell({ status, streams, alarms }: Answer): boolean {
  return (
    alarms.length === 0 &&
    streams.every((s) => s.state === 'fresh') &&
    status.health.every((check) => check.state === 'ok')
  );
}

const WORDS = {
  en: {
    streams: 'Streams:',
    alarms: 'Alarms:',
    none: '  none',
    sealed: (n: number, tail: number) => `Journal: ${n} blocks sealed, ${tail} records not sealed yet`,
    anchor: (state: string) => `Anchor: ${state}`,
    anchored: (size: number, at: string) => `, size ${size} final since ${at}`,
    witnesses: (guard: string, size: number, quorum: number) =>
      `Witnesses: ${guard}, size ${size} cosigned by ${quorum} owners`,
    checks: 'Checks that are not ok:',
    outbox: (n: number) => `${n} notices and commands are waiting`,
    ago: (age: string) => `${age} ago`,
    nothing: 'nothing yet',
  },
  zh: {
    streams: '数据流：',
    alarms: '报警：',
    none: '  无',
    sealed: (n: number, tail: number) => `日志：已封存 ${n} 个区块，${tail} 条记录未封存`,
    anchor: (state: string) => `锚定：${state}`,
    anchored: (size: number, at: string) => `，大小 ${size} 于 ${at} 最终确认`,
    witnesses: (guard: string, size: number, quorum: number) =>
      `见证方：${guard}，大小 ${size} 已有 ${quorum} 方见证签名`,
    checks: '不正常的检查：',
    outbox: (n: number) => `${n} 条通知与命令待执行`,
    ago: (age: string) => `${age} 前`,
    nothing: '尚无数据',
  },
} as const;

export function describeAnswer({ status, streams, alarms }: Answer, lang: Lang): string {
  const words = WORDS[lang];
  const { journal, anchor, now, gateway } = status;
  const age = (t: number): string => words.ago(ageText(Math.max(0, now - t)));
  const unwell = status.health.filter((check) => check.state !== 'ok');
  const final =
    anchor.lastFinalSize === null || anchor.at === null
      ? ''
      : words.anchored(anchor.lastFinalSize, shown(anchor.at));
  return [
    `${gateway.name[lang]} (${status.origin}), ${shown(now)}`,
    words.alarms,
    ...orNone(
      words.none,
      alarms.map((a) => `  ${a.priority} ${a.state} ${a.id}: ${a.title[lang]}, ${age(a.since)}`),
    ),
    words.streams,
    ...orNone(
      words.none,
      streams.map((s) => {
        const latest =
          s.latest === null
            ? words.nothing
            : `${`${s.latest.text ?? '-'} ${unitSign(s.unit)[lang]}`.trimEnd()}, ${age(s.latest.t)}`;
        return `  ${s.id} ${s.state}: ${latest}`;
      }),
    ),
    words.sealed(journal.size, journal.tailLeaves),
    `${words.anchor(anchor.state)}${final}${anchor.lastError === null ? '' : `: ${anchor.lastError}`}`,
    ...witnessLines(anchor.witnesses, lang),
    ...(status.outboxDepth === 0 ? [] : [words.outbox(status.outboxDepth)]),
    ...(unwell.length === 0
      ? []
      : [words.checks, ...unwell.map((c) => `  ${c.name} ${c.state}: ${c.detail[lang]}`)]),
  ].join('\n');
}

function witnessLines(witnesses: Answer['status']['anchor']['witnesses'], lang: Lang): string[] {
  if (witnesses === null) return [];
  const { guard, quorum, cosignedSize, list } = witnesses;
  return [
    WORDS[lang].witnesses(guard, cosignedSize ?? 0, quorum),
    ...list
      .filter((w) => w.state !== 'ok')
      .map((w) => `  ${w.name} ${w.state}${w.lastError === null ? '' : `: ${w.lastError}`}`),
  ];
}

function orNone(none: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [none] : lines;
}

/** An age as people take it in: `40 s`, `12 min`, `3 h`, `5 d`. */
function ageText(ms: number): string {
  const sizes = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
  ] as const;
  const [unit, size] = sizes.find(([, least]) => ms >= 2 * least) ?? ['s', 1000];
  return `${Math.floor(ms / size)} ${unit}`;
}
