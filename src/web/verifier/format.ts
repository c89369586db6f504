import { unitSign } from '../../domain/unit-signs.ts';
import { formatScaled } from '../../domain/units.ts';
import type { Interval } from '../../evidence/intervals.ts';
import type { Language } from './language.tsx';

const MOST_SHOWN = 100;

/** What a stranger wrote: no longer than a line of it, and nothing that turns what stands beside it. */
export function clipped(text: string): string {
  const plain = text.slice(0, MOST_SHOWN).replaceAll(/\p{C}/gu, '\ufffd');
  return text.length <= MOST_SHOWN ? plain : `${plain}…`;
}

/** How people write a UCUM unit, which a stranger may have made up. */
export function unitText(unit: string, language: Language): string {
  return clipped(unitSign(unit)[language]);
}

/** A limit nobody set stands at the end of the numbers. */
export function limitText(v: number, exp: number): string {
  if (v === Number.MIN_SAFE_INTEGER) return '−∞';
  return v === Number.MAX_SAFE_INTEGER ? '∞' : formatScaled(v, exp);
}

/**
 * An instant in this device's zone, the same in every language, since a day and a month may not be taken
 * for each other: `2026-01-31 08:00:00`, with milliseconds where there are any.
 */
export function timeText(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return String(ms);
  const rest = ms % 1000;
  return `${dayText(date)} ${clockText(date)}${rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`}`;
}

export function dayText(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function clockText(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

export function zoneText(ms: number): string {
  const offset = Math.abs(ms) > 8.64e15 ? 0 : -new Date(ms).getTimezoneOffset();
  const minutes = Math.abs(offset) % 60;
  const hours = Math.floor(Math.abs(offset) / 60);
  return `UTC${offset < 0 ? '−' : '+'}${hours}${minutes === 0 ? '' : `:${two(minutes)}`}`;
}

const SPANS = [
  { ms: 86_400_000, en: 'd', zh: '天' },
  { ms: 3_600_000, en: 'h', zh: '小时' },
  { ms: 60_000, en: 'min', zh: '分' },
] as const;

/** `1 d 2 h`, `12 min 5 s`: exact, leaving out what is zero. */
export function spanText(ms: number, language: Language): string {
  let rest = Math.abs(ms);
  const parts: string[] = [];
  for (const span of SPANS) {
    const n = Math.floor(rest / span.ms);
    if (n > 0) parts.push(`${n} ${span[language]}`);
    rest -= n * span.ms;
  }
  if (rest > 0 || parts.length === 0) parts.push(`${rest / 1000} ${language === 'zh' ? '秒' : 's'}`);
  return `${ms < 0 ? '−' : ''}${parts.join(' ')}`;
}

/** A share in per cent with two decimals, cut off and never rounded up. */
export function shareText(part: number, whole: number): string {
  const hundredths = whole === 0 ? 0 : Number((BigInt(part) * 10_000n) / BigInt(whole));
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')} %`;
}

/** Intervals as stretches of `columns` columns of a picture: each shows, however short it is. */
export function stretches(intervals: readonly Interval[], window: Interval, columns: number): Interval[] {
  const scale = columns / (window.to - window.from);
  const shown: { from: number; to: number }[] = [];
  for (const { from, to } of intervals) {
    if (to <= window.from || from >= window.to) continue;
    const start = Math.max(0, Math.min(columns - 1, Math.floor((from - window.from) * scale)));
    const end = Math.min(columns, Math.max(start + 1, Math.ceil((to - window.from) * scale)));
    const last = shown.at(-1);
    if (last !== undefined && start <= last.to) last.to = Math.max(last.to, end);
    else shown.push({ from: start, to: end });
  }
  return shown;
}
