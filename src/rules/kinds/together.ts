import { suggestion } from '../../domain/nearest.ts';
import { display, type Fields } from '../fields.ts';
import { remembers } from '../remembers.ts';
import { Signal } from '../signal.ts';
import { readDuration } from '../values.ts';
import { numberIn, type Cell } from '../watch.ts';
import type { Kind, Scope } from './kind.ts';

/** Cells of each instance looked at: whether it is open, how well it knows, and when it was last open. */
const WIDTH = 3;
const MOST_RULES = 16;

/** `least: 2` of the rules `of: [fence, radar, tag-loss]` found something in one zone `within: 60s`. */
export const together: Kind = {
  about: 'zone',
  keys: ['of', 'least', 'within'],
  raiseAfter: true,
  seesLate: false,
  looksAround: true,
  check(level, _streams, scope) {
    const of = readRules(level, scope);
    const withinMs = readDuration(level, 'within', 1);
    const least = level.raw('least');
    if (of === null || withinMs === null) return null;
    if (typeof least !== 'number' || !Number.isInteger(least) || least < 1 || least > of.length) {
      return level.fail('least', `must be a number from 1 to ${of.length}: so many rules are named`);
    }
    return (stream, world) => {
      const sources = of.map((rule) =>
        world.instancesOf(rule).filter((i) => i.stream.place === stream.place),
      );
      const members = sources.flat();
      const sourceOf = sources.flatMap((list, source) => list.map(() => source));
      const judge = (cells: readonly Cell[], t: number): Signal => {
        const facts = sources.map(() => ({ counts: false, knows: false, may: false }));
        sourceOf.forEach((source, i) => {
          const fact = facts[source];
          if (fact === undefined) return;
          const at = numberIn(cells, WIDTH * i + 2);
          const isOpen = cells[WIDTH * i] === 1;
          fact.counts ||= isOpen || (at !== null && t - at <= withinMs);
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
        return active === 0 ? Signal.clear : Signal.hold;
      };
      return remembers({
        members: members.map(({ index }) => index),
        meaning: `together ${of.join(' ')} ${members.length}`.slice(0, 200),
        fresh: () => members.flatMap(() => [0, 'not yet', null]),
        take: (cells, happening) => {
          if (happening.is === 'member') {
            const i = WIDTH * happening.member;
            const wasOpen = cells[i] === 1;
            cells[i] = happening.open ? 1 : 0;
            cells[i + 1] = happening.truth;
            // It counts from when it was found, not for as long as it stood.
            if (happening.open && !wasOpen) cells[i + 2] = happening.t;
            return judge(cells, happening.t);
          }
          if (happening.is !== 'time' && happening.is !== 'start') return null;
          members.forEach((_, i) => {
            const at = numberIn(cells, WIDTH * i + 2);
            if (at !== null && cells[WIDTH * i] !== 1 && happening.t - at > withinMs)
              cells[WIDTH * i + 2] = null;
            if (happening.is === 'start') cells[WIDTH * i + 1] = 'not yet';
          });
          return judge(cells, happening.t);
        },
        due: (cells) => {
          let due = Infinity;
          members.forEach((_, i) => {
            const at = numberIn(cells, WIDTH * i + 2);
            if (cells[WIDTH * i] !== 1 && at !== null) due = Math.min(due, at + withinMs + 1);
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
