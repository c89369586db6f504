import type { Checked, Problem } from '../domain/errors.ts';
import type { ProfileSource } from './port.ts';
import { mapsIn } from './schema.ts';

/**
 * Looks up the profiles that the entries under `list` name, each once, even when the rest of an entry
 * is wrong: all problems at once.
 */
export function namedProfiles<P>(
  raw: unknown,
  list: string,
  profiles: ProfileSource,
  check: (source: unknown, name: string) => Checked<P>,
): { readonly found: Map<string, P>; readonly problems: Problem[] } {
  const found = new Map<string, P>();
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const [i, entry] of mapsIn(raw, list).entries()) {
    const name = entry['profile'];
    if (typeof name !== 'string' || seen.has(name)) continue;
    seen.add(name);
    const source = profiles(name);
    if (source === undefined || source === null) {
      const path = [list, i, 'profile'];
      problems.push({ path, message: 'is not a profile in config/profiles', found: name });
      continue;
    }
    const checked = check(source, name);
    if (checked.ok) found.set(name, checked.value);
    // Its problems lie in its own document, which configuration knows by the profile's name.
    else problems.push(...checked.problems.map((p) => ({ ...p, file: name })));
  }
  return { found, problems };
}
