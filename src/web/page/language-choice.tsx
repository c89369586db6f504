import type { JSX } from 'preact';
import { WORDS, type Language } from './words.ts';

const NAMES: readonly (readonly [Language, string, string])[] = [
  ['en', 'en', 'EN'],
  ['zh', 'zh-CN', '中文'],
];

export function LanguageChoice(props: { language: Language; choose: (l: Language) => void }): JSX.Element {
  return (
    <div class="languages" role="group" aria-label={WORDS.language[props.language]}>
      {NAMES.map(([language, tag, name]) => (
        <button
          key={language}
          type="button"
          lang={tag}
          aria-pressed={language === props.language}
          onClick={() => props.choose(language)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
