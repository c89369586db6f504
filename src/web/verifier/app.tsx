import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { BundlePanel } from './bundle-panel.tsx';
import { useDesk } from './desk.ts';
import { LanguageChoice, LanguageContext, startLanguage, type Language } from './language.tsx';
import { PolicyPanel } from './policy-panel.tsx';
import { QuestionPanel } from './question-panel.tsx';
import { RunPanel } from './run-panel.tsx';
import type { Runner } from './runner.ts';
import { WORDS } from './words.ts';

export function App({ runner }: { runner: Runner }): JSX.Element {
  const [language, setLanguage] = useState<Language>(startLanguage);
  const desk = useDesk(runner);
  const isOver = useDrop(desk.take);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.title = `bailee · ${WORDS.title[language]}`;
  }, [language]);
  const claims = desk.bundle?.inspected?.claims ?? null;
  return (
    <LanguageContext.Provider value={language}>
      <header class="top">
        <span class="brand">bailee</span>
        <h1>{WORDS.title[language]}</h1>
        <span class="spread" />
        <LanguageChoice choose={setLanguage} />
      </header>
      <main>
        <p class="local">{WORDS.local[language]}</p>
        <div class="desk">
          <BundlePanel desk={desk} />
          <PolicyPanel desk={desk} />
        </div>
        {claims !== null && <QuestionPanel desk={desk} claims={claims} />}
        <RunPanel desk={desk} />
      </main>
      <footer class="no-print">
        {location.protocol !== 'file:' && <p class="warned">{WORDS.fromServer[language]}</p>}
        <p>{WORDS.ownCopy[language]}</p>
      </footer>
      {isOver && <div class="drop-here">{WORDS.dropHere[language]}</div>}
    </LanguageContext.Provider>
  );
}

/** Files may be dropped anywhere: on a page that did not take them the browser would open them instead. */
function useDrop(take: (files: readonly File[]) => void): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      event.preventDefault();
      setOver(event.dataTransfer?.types.includes('Files') ?? false);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setOver(false);
      take([...(event.dataTransfer?.files ?? [])]);
    };
    document.addEventListener('dragover', over);
    document.addEventListener('dragleave', leave);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('drop', drop);
    };
  });
  return isOver;
}
