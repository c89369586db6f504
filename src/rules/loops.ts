import type { Problems } from './fields.ts';
import type { Rule } from './rule.ts';
import type { Site } from './site.ts';

/** Channels that show what a command to their device did. */
const OUTPUTS = ['siren', 'light', 'relay', 'barrier'];
/** These ask whether something is said at all, not what. */
const VALUELESS = ['silent', 'due', 'integrity', 'clock'];

/** A rule of a file, by its place there. */
export type Placed = { readonly i: number; readonly rule: Rule };

/** A rule that drives something because of what something that is driven shows. */
type Link = Placed & { readonly watches: ReadonlySet<string>; readonly drives: readonly string[] };

/**
 * Rules that would keep themselves on: one drives a device, another (or the same) watches what that device
 * shows, and what it drives leads back to the first. Each such circle is told once, at its first rule.
 */
export function findLoops(placed: readonly Placed[], site: Site, problems: Problems): void {
  const links = placed.flatMap((one) => linkOf(one, site));
  const told = new Set<Link>();
  for (const start of links) {
    const circle = told.has(start) ? null : circleFrom(start, links);
    if (circle === null) continue;
    for (const link of circle) told.add(link);
    const names = [...circle, start].map(({ rule }) => rule.id).join(' → ');
    problems.add(
      [start.i, 'do'],
      `drives what is watched to drive it again (${names}): it could never clear; watch an input instead`,
    );
  }
}

function linkOf({ i, rule }: Placed, site: Site): Link[] {
  const drives = rule.actions.flatMap((action) => (action.kind === 'drive' ? [action.device] : []));
  if (drives.length === 0 || VALUELESS.includes(rule.kind)) return [];
  const shown = site.streams.filter((s) => OUTPUTS.includes(s.quantity) && rule.on(s, site.zones));
  return shown.length === 0 ? [] : [{ i, rule, drives, watches: new Set(shown.map(({ dev }) => dev)) }];
}

/** The shortest way from a rule back to itself. */
function circleFrom(start: Link, links: readonly Link[]): Link[] | null {
  const ways: Link[][] = [[start]];
  const seen = new Set<Link>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const drives = way.at(-1)?.drives ?? [];
    for (const next of links) {
      if (!drives.some((device) => next.watches.has(device))) continue;
      if (next === start) return way;
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return null;
}
