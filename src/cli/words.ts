import type { Lang } from './context.ts';

/** Titles of help, by the English ones. */
export const TITLES: Readonly<Record<Lang, Readonly<Record<string, string>>>> = {
  en: {},
  zh: { 'Usage:': '用法：', 'Arguments:': '参数：', 'Options:': '选项：', 'Commands:': '命令：' },
};

const COMPLAINTS: readonly (readonly [found: RegExp, zh: string])[] = [
  [/unknown command '(.*?)'/, '没有命令“$1”'],
  [/unknown option '(.*?)'/, '没有选项“$1”'],
  [/missing required argument '(.*?)'/, '缺少参数“$1”'],
  [/required option '(.*?)' not specified/, '缺少必需的选项“$1”'],
  [/option '(.*?)' argument missing/, '选项“$1”缺少值'],
  [
    /option '(.*?)' argument '(.*?)' is invalid\.(?: Allowed choices are (.*?)\.)?/,
    '选项“$1”的值“$2”无效；可用：$3',
  ],
  [/too many arguments(?: for '(.*?)')?\. Expected .*/, '参数过多'],
  [/\(Did you mean (?:one of )?(.*?)\?\)/, '（是不是 $1？）'],
];

/** What the parser complains of, in the language asked for. */
export function complain(text: string, lang: Lang): string {
  const named = text.replace(/^error: /, 'bailee: ');
  if (lang === 'en') return named;
  return COMPLAINTS.reduce((whole, [found, zh]) => whole.replace(found, zh), named);
}
