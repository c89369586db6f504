import { openArchive, type SqliteArchive } from '../../buffer/archive.ts';
import { epochsOf } from '../../buffer/epochs.ts';
import { changesBetween, decidingDigest, type Change } from '../../config/changes.ts';
import type { Credentials } from '../../config/secret.ts';
import { toHex } from '../../evidence/encodings.ts';
import { decodeTailHead } from '../../evidence/tail.ts';
import { SETTLE } from '../../api/roles.ts';
import { keptFilesOf, restoreRules } from './kept-rules.ts';
import { ruleNotesOf, type NamedSet, type RuleNotes, type UnconfirmedSet } from './rule-notes.ts';
import { hashFiles, type SiteConfiguration } from './site.ts';

/**
 * What a start does about its rules. same: nothing, also for the first set of a data directory, which is
 * confirmed by itself. adopted: changed, where no change asks for a confirmation. try: changed, and
 * on trial. returned: the files are the confirmed ones again. back: the trial is over, the
 * confirmed set is in force. stuck: it cannot be.
 */
export type RuleStep = 'same' | 'adopted' | 'try' | 'returned' | 'back' | 'stuck';

/** Which rules come into force at a start, and what is to be remembered of it. */
export type RuleChoice = {
  readonly step: RuleStep;
  /** What was configured, or with the rules that were confirmed before. */
  readonly site: SiteConfiguration;
  /** Whether a start before told of this already. */
  readonly isTold: boolean;
  readonly notes: RuleNotes;
  /** What its act says: from which set to which. */
  readonly from: NamedSet;
  readonly to: NamedSet;
  /** From the confirmed set to the other one. */
  readonly changes: readonly Change[];
  readonly configured: SiteConfiguration;
};

/** A trial whose gateway was started so often without stopping in order ends: its rules may be the cause. */
const MOST_STARTS = 5;

/** Looks at what the journal remembers; writes nothing. @throws StorageError */
export async function chooseRules(
  configured: SiteConfiguration,
  credentials: Credentials,
): Promise<RuleChoice> {
  const own = nameOf(configured);
  const choice = { site: configured, configured, changes: [], isTold: true, from: own, to: own };
  const stored = storedNotes(configured.data);
  if (stored === null) return { ...choice, step: 'same', notes: { confirmed: own, changed: null } };
  const { confirmed, changed } = stored.notes;
  const changes = own.digest === confirmed.digest ? [] : changesTo(configured, confirmed);
  // Another build may look at more: what it finds to be the same is the same.
  if (changes.length === 0) {
    const isEnded = changed !== null && changed.state !== 'rolled-back';
    const notes = { confirmed: own, changed: null };
    return { ...choice, step: isEnded ? 'returned' : 'same', isTold: !isEnded, notes, from: changed ?? own };
  }
  const known = changed !== null && isSame(changed, own) ? changed : null;
  if (known === null && confirmed.confirmMs === null) {
    const notes = { confirmed: own, changed: null };
    return { ...choice, step: 'adopted', isTold: false, changes, notes, from: confirmed };
  }
  const tried: UnconfirmedSet = { ...(known ?? UNTRIED), ...own };
  const why = whyOver(tried, stored.now);
  if (why === null) {
    const next = { ...tried, starts: tried.starts + 1 };
    const notes = { confirmed, changed: next };
    return { ...choice, step: 'try', isTold: tried.until !== null, changes, notes, from: confirmed };
  }
  const over = { ...choice, changes, from: tried, to: confirmed };
  const restored = await restoreRules(configured, confirmed, credentials);
  if (!restored.ok) {
    const notes = { confirmed, changed: stuckBy(tried, why, restored.why) };
    return { ...over, step: 'stuck', isTold: tried.state === 'stuck', notes };
  }
  const notes = { confirmed, changed: { ...tried, state: 'rolled-back', why } as const };
  const isTold = tried.state === 'rolled-back';
  return { ...over, step: 'back', site: restored.site, isTold, notes };
}

const UNTRIED = { state: 'trial', since: null, until: null, starts: 0, endorsed: null, why: '' } as const;

/** Why a changed set is not, or no longer, on trial; null while it is. */
function whyOver({ state, until, starts, why }: UnconfirmedSet, now: number): string | null {
  if (state !== 'trial') return why;
  if (until !== null && until <= now) return notConfirmed(until);
  return starts < MOST_STARTS ? null : `started ${starts} times without an orderly stop between`;
}

export function notConfirmed(until: number): string {
  return `not confirmed by ${new Date(until).toISOString()}`;
}

export function stuckBy(tried: UnconfirmedSet, over: string, obstacle: string): UnconfirmedSet {
  if (tried.state === 'stuck') return tried;
  return { ...tried, state: 'stuck', why: `${over}; what was confirmed cannot be brought back: ${obstacle}` };
}

/** What changed against the set that was confirmed last; with its files gone, that it did. */
export function changesTo(configured: SiteConfiguration, confirmed: NamedSet): readonly Change[] {
  const before = keptFilesOf(configured.data, confirmed);
  if (before !== null) return changesBetween(before, configured.files);
  return [{ path: 'rules', old: confirmed.rules, new: nameOf(configured).rules }];
}

function isSame(a: NamedSet, b: NamedSet): boolean {
  return a.digest === b.digest || (a.rules === b.rules && a.configuration === b.configuration);
}

function nameOf(site: SiteConfiguration): NamedSet {
  const mayConfirm = site.users.filter(({ role }) => SETTLE.roles.includes(role)).length;
  return {
    rules: toHex(hashFiles(site.files.rules).hash),
    configuration: toHex(hashFiles(site.files.configuration).hash),
    digest: decidingDigest(site.files),
    confirmMs: site.confirmRulesMs,
    // In a regulated profile, where the configuration names people.
    two: site.profile === 'gsp' && mayConfirm > 1,
  };
}

/** The notes of a data directory, and least evidence time now, ms; null where there are none. */
export function storedNotes(data: string): { readonly notes: RuleNotes; readonly now: number } | null {
  const newest = epochsOf(data).at(-1);
  if (newest === undefined) return null;
  using archive = openArchive(data, newest);
  const notes = ruleNotesOf(archive);
  return notes === null ? null : { notes, now: Math.max(Date.now(), lastTimeOf(archive)) };
}

function lastTimeOf(archive: SqliteArchive): number {
  const row = archive.tailRow();
  return row === null ? 0 : decodeTailHead(row.head).t;
}
