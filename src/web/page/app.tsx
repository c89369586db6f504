import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Session } from '../../api/types.ts';
import { CallFailed, closeSession, get } from './calls.ts';
import { LanguageContext } from './language.tsx';
import { LanguageChoice } from './language-choice.tsx';
import { Overview } from './overview.tsx';
import { SignIn } from './sign-in.tsx';
import { keepLanguage, startLanguage } from './words.ts';

/** Signed in: the overview; else the way in. */
export function App(): JSX.Element {
  const [language, setLanguage] = useState(startLanguage);
  const [session, setSession] = useState<Session | null | undefined>(undefined);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    keepLanguage(language);
  }, [language]);
  useEffect(() => {
    void get('session').then(setSession, (error: unknown) => {
      if (!(error instanceof CallFailed)) throw error;
      setSession(null);
    });
  }, []);

  const choice = <LanguageChoice language={language} choose={setLanguage} />;
  const leave = (): void => setSession(null);
  let shown: ComponentChildren = null;
  if (session === null) shown = <SignIn languageChoice={choice} done={setSession} />;
  if (session) {
    const out = (): void => void closeSession(session.csrf).then(leave, leave);
    shown = <Overview session={session} languageChoice={choice} signOut={out} signedOut={leave} />;
  }
  return <LanguageContext.Provider value={language}>{shown}</LanguageContext.Provider>;
}
