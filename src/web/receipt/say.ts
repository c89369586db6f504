import { useContext } from 'preact/hooks';
import type { Text } from '../../api/types.ts';
import { LanguageContext } from '../page/language.tsx';
import type { Language } from './terms.ts';
import { WORDS, type Word } from './words.ts';

/** The language, and the two ways to say something in it. */
export function useSay(): {
  readonly language: Language;
  readonly say: (word: Word) => string;
  readonly of: (text: Text) => string;
} {
  const language = useContext(LanguageContext);
  return { language, say: (word) => WORDS[word][language], of: (text) => text[language] };
}
