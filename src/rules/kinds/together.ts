import { suggestion } from '../../domain/nearest.ts';
import { display, type Fields } from '../fields.ts';
import { meaningOf } from '../meaning.ts';
import { remembers } from '../remembers.ts';
import { Signal } from '../signal.ts';
import { readDuration } from '../values.ts';
import { numberIn, type Cell } from '../watch.ts';
import type { Kind, Scope } from './kind.ts';

/** Cells of each instance looked at: whether it is open, how well it knows, and when it was found last. */
const WIDTH = 3;
const MOST_RULES = 16;

/**
 * `least: 2` of the rules `of: [fence, radar, tag-loss]` found something in one zone `within: 60s` of each
 * other, or, without that, stand there at the same time. It clears when none of them stands.
 */
export const together: Kind = {
  about: 'zone',
  keys: ['of', 'least', 'within'],
  raiseAfter: true,
  seesLate: false,
  looksAround: true,
  check(level, streams, scope) {
    const of = readRules(level, scope);
    const withinMs = level.has('within') ? readDuration(level, 'within', 1) : Infinity;
    const least = level.raw('least');
    if (of === null || withinMs === null) return null;
    const isAtOnce = withinMs === Infinity;
    if (typeof least !== 'number' || !Number.isInteger(least) || least < 1 || least > of.length) {
      return level.fail('least', `must be a number from 1 to ${of.length}: so many rules are named`);
    }
    const places = streams.map(({ place }) => place);
    if (scope.site.complete && !of.some((rule) => looksAt(scope, rule, places))) {
      return level.fail('of', `finds nothing in ${places.join(', ')}: the rule could never speak`);
    }
    return (stream, world) => {
      const sources = of.map((rule) =>
        world.instancesOf(rule).filter((i) => i.stream.place === stream.place),
      );
      const members = sources.flat();
      const sourceOf = sources.flatMap((list, source) => list.map(() => source));
      const judge = (cells: readonly Cell[], t: number): Signal => {
        const facts = sources.map(() => ({ counts: false, stands: false, knows: false, may: false }));
        sourceOf.forEach((source, i) => {
          const fact = facts[source];
          if (fact === undefined) return;
          const at = numberIn(cells, WIDTH * i + 2);
          const isOpen = cells[WIDTH * i] === 1;
          fact.counts ||= isAtOnce ? isOpen : at !== null && t - at <= withinMs;
          fact.stands ||= isOpen;
          fact.knows ||= isOpen || cells[WIDTH * i + 1] === 'known';
          fact.may ||= cells[WIDTH * i + 1] === 'not yet';
        });
        const active = facts.filter(({ counts }) => counts).length;
        if (active >= least) return Signal.raise;
        const knowing = facts.filter(({ knows }) => knows).length;
        if (knowing < least) {
          return facts.filter(({ knows, may }) => knows || may).length < least
            ? Signal.unknown
            : Signal.notYet;
        }
        return active === 0 && facts.every(({ stands }) => !stands) ? Signal.clear : Signal.hold;
      };
      return remembers({
        members: members.map(({ index }) => index),
        meaning: meaningOf(
          'together',
          sources.map((list, i) => `${of[i] ?? ''} ${list.map((m) => m.stream.id).join(' ')}`),
        ),
        fresh: () => members.flatMap(() => [0, 'not yet', null]),
        take: (cells, happening) => {
          if (members.length === 0) return null;
          if (happening.is === 'member') {
            const i = WIDTH * happening.member;
            const wasOpen = cells[i] === 1;
            cells[i] = happening.open ? 1 : 0;
            cells[i + 1] = happening.truth;
            if (happening.open && !wasOpen && !isAtOnce) cells[i + 2] = happening.t;
            return judge(cells, happening.t);
          }
          if (happening.is !== 'time' && happening.is !== 'start') return null;
          members.forEach((_, i) => {
            const at = numberIn(cells, WIDTH * i + 2);
            if (at !== null && happening.t - at > withinMs) cells[WIDTH * i + 2] = null;
            if (happening.is === 'start') cells[WIDTH * i + 1] = 'not yet';
          });
          return judge(cells, happening.t);
        },
        due: (cells) => {
          let due = Infinity;
          members.forEach((_, i) => {
            const at = numberIn(cells, WIDTH * i + 2);
            if (at !== null) due = Math.min(due, at + withinMs + 1);
          });
          return due;
        },
        shift: (cells, a) => {
          members.forEach((_, i) => {
            const at = numberIn(cells, WIDTH * i + 2);
            if (at !== null) cells[WIDTH * i + 2] = at + a;
          });
        },
      });
    };
  },
};

function looksAt({ earlier, site }: Scope, id: string, places: readonly string[]): boolean {
  const rule = earlier.get(id);
  // One that is wrong is told of by itself.
  if (rule === undefined) return true;
  return site.streams.some((s) => places.includes(s.place) && rule.on(s, site.zones));
}

function readRules(level: Fields, { before }: Scope): string[] | null {
  const raw = level.raw('of');
  if (raw === undefined) return level.missing('of', 'the rules looked at, such as [fence-alarm, intrusion]');
  if (!Array.isArray(raw) || raw.length === 0 || raw.length > MOST_RULES) {
    return level.fail('of', `must be a list of 1 to ${MOST_RULES} rules`);
  }
  const of: string[] = [];
  for (const rule of raw) {
    if (typeof rule !== 'string' || !before.includes(rule)) {
      const name = display(rule);
      return level.fail(
        'of',
        `"${name}" is no rule that stands before this one in its file${suggestion(name, before)}`,
      );
    }
    if (of.includes(rule)) return level.fail('of', `names "${rule}" twice`);
    of.push(rule);
  }
  return of;
}
