import { existsSync } from 'node:fs';
import { chromium, type BrowserContext } from 'playwright-core';

const PATH = '/usr/bin/chromium';

export const HAS_CHROMIUM = existsSync(PATH);

/** A browser with an empty profile that talks to nobody by itself. */
export function openBrowser(profile: string, locale: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: PATH,
    headless: true,
    locale,
    colorScheme: 'light',
    viewport: { width: 1280, height: 900 },
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
