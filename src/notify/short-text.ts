import type { Message } from './port.ts';
import { wordingOf } from './text.ts';

/** What a person reads on a phone, in their own language: all lines, of which the first say the most. */
export function shortText({ about, others, at }: Message, language: 'zh' | 'en', timeZone: string): string {
  const { subject, body } = wordingOf(about, at, timeZone, others);
  const [, ...lines] = body[language].split('\n');
  const answer = about.reply === null || others.length > 0 ? [] : [ANSWER[language](about.reply)];
  return [subject[language], ...answer, ...lines].join('\n');
}

const ANSWER = {
  zh: (code: string) => `回复“OK ${code}”确认`,
  en: (code: string) => `Reply "OK ${code}" to acknowledge`,
} as const;
