import { createContext, type JSX } from 'preact';
import { useContext } from 'preact/hooks';
import type { Text } from '../../domain/alarm.ts';
import { WORDS, type Word } from './words.ts';

export type Language = keyof Text;

export const LanguageContext = createContext<Language>('en');

/** The language and the two ways to say something in it. */
export function useLanguage(): {
  readonly language: Language;
  readonly say: (word: Word) => string;
  readonly of: (text: Text) => string;
} {
  const language = useContext(LanguageContext);
  return { language, say: (word) => WORDS[word][language], of: (text) => text[language] };
}

/** That of the browser. Nothing is remembered: this page leaves no trace of what it was shown. */
export function startLanguage(): Language {
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

const NAMES: readonly (readonly [Language, string, string])[] = [
  ['en', 'en', 'English'],
  ['zh', 'zh-CN', '中文'],
];

export function LanguageChoice(props: { choose: (language: Language) => void }): JSX.Element {
  const { language: chosen, say } = useLanguage();
  return (
    <div class="languages" role="group" aria-label={say('language')}>
      {NAMES.map(([language, tag, name]) => (
        <button
          key={language}
          type="button"
          lang={tag}
          aria-pressed={language === chosen}
          onClick={() => props.choose(language)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
