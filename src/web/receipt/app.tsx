import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Session } from '../../api/types.ts';
import { CallFailed, closeSession, get } from '../page/calls.ts';
import { LanguageContext } from '../page/language.tsx';
import { LanguageChoice } from '../page/language-choice.tsx';
import { SignIn } from '../page/sign-in.tsx';
import { keepLanguage, startLanguage, WORDS as PAGE_WORDS } from '../page/words.ts';
import { PortfolioList } from './portfolio.tsx';
import { ReceiptPage } from './receipt.tsx';

const ID = /^#receipt=([0-9a-f]{64})$/;

/** The receipt that the address names; null for the list. */
function asked(): string | null {
  return ID.exec(location.hash)?.[1] ?? null;
}

export function App(): JSX.Element {
  const [language, setLanguage] = useState(startLanguage);
  const [session, setSession] = useState<Session | null | undefined>(undefined);
  const [receipt, setReceipt] = useState(asked);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    keepLanguage(language);
  }, [language]);
  useEffect(() => {
    const follow = (): void => setReceipt(asked());
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  useEffect(() => {
    void get('session').then(setSession, (error: unknown) => {
      if (!(error instanceof CallFailed)) throw error;
      setSession(null);
    });
  }, []);

  const choice = <LanguageChoice language={language} choose={setLanguage} />;
  let shown: ComponentChildren = null;
  if (session === null) shown = <SignIn languageChoice={choice} done={setSession} />;
  if (session) {
    const leave = (): void => setSession(null);
    const out = (): void => void closeSession(session.csrf).then(leave, leave);
    shown = (
      <>
        <header class="top">
          <span class="brand">bailee</span>
          <span class="who">{session.name}</span>
          <span class="spread" />
          {choice}
          <button type="button" onClick={out}>
            {PAGE_WORDS.signOut[language]}
          </button>
        </header>
        {receipt === null ? (
          <PortfolioList signedOut={leave} />
        ) : (
          <ReceiptPage key={receipt} receipt={receipt} session={session} signedOut={leave} />
        )}
      </>
    );
  }
  return <LanguageContext.Provider value={language}>{shown}</LanguageContext.Provider>;
}
