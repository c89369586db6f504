import { unitSign } from '../../domain/unit-signs.ts';
import type { Language } from './words.ts';

export function unitText(unit: string, language: Language): string {
  return unitSign(unit)[language];
}

const DOOR = [
  { en: 'closed', zh: '关' },
  { en: 'open', zh: '开' },
] as const;
const SWITCH = [
  { en: 'off', zh: '否' },
  { en: 'on', zh: '是' },
] as const;

/** Numbers of something, not switches, though neither has a unit. */
const COUNTS: ReadonlySet<string> = new Set([
  'tags',
  'tag-conflicts',
  'targets',
  'satellites',
  'counter',
  'light',
]);

/** A value as one reads it, unit apart: a door is open or closed, not 1 or 0. */
export function valueText(text: string, unit: string, quantity: string, language: Language): string {
  if (unit !== '1' || COUNTS.has(quantity)) return text;
  const words = quantity === 'door' ? DOOR : SWITCH;
  return words[Number(text)]?.[language] ?? text;
}

/** A limit such as `> 8 Cel` with its unit as people write it. */
export function limitText(limit: string, language: Language): string {
  return limit.replace(/\S+$/, (last) => unitText(last, language));
}

const SPANS = [
  { ms: 86_400_000, en: 'd', zh: '天' },
  { ms: 3_600_000, en: 'h', zh: '小时' },
  { ms: 60_000, en: 'min', zh: '分钟' },
  { ms: 1000, en: 's', zh: '秒' },
] as const;

/** `8 min ago`; the largest unit that fits, rounded down. */
export function agoText(ms: number, language: Language): string {
  const span = SPANS.find((s) => ms >= s.ms) ?? SPANS[3];
  const n = Math.max(0, Math.floor(ms / span.ms));
  return language === 'zh' ? `${n} ${span.zh}前` : `${n} ${span.en} ago`;
}

/** A length of time in the largest unit of which there is one, or of the small ones several: 90 min, 4 h. */
export function spanText(ms: number, language: Language): string {
  const span =
    SPANS.find((s) => ms >= s.ms && ms % s.ms === 0) ?? SPANS.find((s) => ms >= 2 * s.ms) ?? SPANS[3];
  return `${Math.round(ms / span.ms)} ${span[language]}`;
}

/** Who did it, why and when. */
export function actText(
  { by, reason, at }: { readonly by: string; readonly reason: string; readonly at: number },
  language: Language,
  meaning = '',
): string {
  return [by, meaning, reason, timeText(at, language)].filter((part) => part !== '').join(' · ');
}

/** Time of day here, with the date when it is another day. */
export function timeText(t: number, language: Language): string {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  const date = new Date(t);
  const isToday = date.toDateString() === new Date().toDateString();
  const time = date.toLocaleTimeString(locale, { hour12: false });
  return isToday ? time : `${date.toLocaleDateString(locale)} ${time}`;
}
