import type { Problem } from '../domain/errors.ts';

const WORDS = {
  en: {
    found: 'found',
    head: (n: number) => `${n} ${n === 1 ? 'problem' : 'problems'} in the configuration:`,
  },
  zh: { found: '实际为', head: (n: number) => `配置中有 ${n} 处问题：` },
} as const;

/** All problems for a person: `file:line:column path message (found …)`, in the files' order. */
export function describeProblems(problems: readonly Problem[], lang: 'en' | 'zh'): string {
  const words = WORDS[lang];
  const sorted = [...problems].sort(
    (a, b) =>
      (a.file ?? '').localeCompare(b.file ?? '') ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
  return [words.head(problems.length), ...sorted.map((p) => `  ${problemLine(p, words.found)}`)].join('\n');
}

/** One problem: where it is, what is wrong, and what was found there. */
export function problemLine(p: Problem, found: string): string {
  const place = [p.file, p.line, p.column].filter((part) => part !== undefined).join(':');
  const path = pathText(p.path);
  const value = p.found === undefined ? '' : ` (${found} ${p.found})`;
  return [place, path, `${p.message}${value}`].filter((part) => part !== '').join(' ');
}

/** `devices[2].baud`, as people write a path. */
function pathText(path: readonly (string | number)[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}
