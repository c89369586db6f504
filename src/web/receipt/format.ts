import { unitText } from '../page/format.ts';
import type { Amount, Language } from './terms.ts';

/** Hundredths of a per cent, which were truncated: 9989 → `99.89 %`. */
export function shareText(hundredths: number | null): string {
  if (hundredths === null) return '–';
  return `${Math.trunc(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')} %`;
}

const UNITS = {
  minutes: { en: 'min', zh: '分钟' },
  seconds: { en: 's', zh: '秒' },
} as const;

/** Whole minutes and seconds, so that nothing is rounded away: `47 min`, `2 s`, `1 min 30 s`. */
export function lengthText(ms: number, language: Language): string {
  const seconds = Math.ceil(ms / 1000);
  const minutes = Math.trunc(seconds / 60);
  const parts = [
    ...(minutes > 0 || seconds === 0 ? [`${minutes} ${UNITS.minutes[language]}`] : []),
    ...(seconds % 60 > 0 ? [`${seconds % 60} ${UNITS.seconds[language]}`] : []),
  ];
  return parts.join(' ');
}

export function amountText({ value, exp, unit }: Amount, language: Language): string {
  const number = exp < 0 ? (value * 10 ** exp).toFixed(-exp) : String(value * 10 ** exp);
  return unit === '1' ? number : `${number} ${unitText(unit, language)}`;
}

/** With the date always: what a bank reads is of many days. */
export function instantText(t: number, language: Language): string {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  const date = new Date(t);
  return `${date.toLocaleDateString(locale)} ${date.toLocaleTimeString(locale, { hour12: false })}`;
}
