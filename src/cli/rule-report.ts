import { StorageError } from '../domain/errors.ts';
import type { SiteConfiguration } from '../gateway/site/site.ts';
import type { Context } from './context.ts';
import { describeChanges } from './rules-answer.ts';

/** What a start with this configuration would have on trial, for a person who checks it; no line where nothing is. */
export async function reportChanges(site: SiteConfiguration, context: Context): Promise<string[]> {
  const { changesTo, storedNotes } = await import('../gateway/site/rule-choice.ts');
  try {
    const stored = storedNotes(site.data);
    if (stored === null) return [];
    const changes = changesTo(site, stored.notes.confirmed);
    if (changes.length === 0) return [];
    const head = context.say({
      en: 'changed against the rules that were confirmed last (try them on the past: bailee replay --rules)',
      zh: '与上次确认的规则相比的更改（可先用 bailee replay --rules 对历史数据试算）',
    });
    return [`${head}:`, describeChanges(changes)];
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    const not = context.say({ en: 'not compared with the confirmed rules', zh: '未能与已确认的规则比较' });
    return [`${not}: ${error.message}`];
  }
}
