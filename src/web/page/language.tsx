import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Text } from '../../api/types.ts';
import { WORDS, type Language, type Word } from './words.ts';

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
