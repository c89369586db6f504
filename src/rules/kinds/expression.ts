import type { OpenStream, StreamSpec } from '../../domain/stream.ts';
import { compileCondition } from '../guard.ts';
import { Fields } from '../fields.ts';
import { Latest } from '../latest.ts';
import { meaningOf } from '../meaning.ts';
import { remembers } from '../remembers.ts';
import { readSelector, type Selector } from '../selector.ts';
import { Signal } from '../signal.ts';
import type { Zones } from '../site.ts';
import { readText } from '../values.ts';
import type { Kind, Scope } from './kind.ts';

const NAME = /^[a-z][a-z0-9_]{0,31}$/;
const MOST_VALUES = 8;
/** Its keys say where by themselves; with others alone the subject's zone is meant. */
const PLACED = ['stream', 'device', 'zone'];

/** Which one stream a name stands for, beside the subject. */
type Chosen = {
  readonly name: string;
  readonly isMeant: (subject: StreamSpec, s: StreamSpec, zones: Zones) => boolean;
};

/**
 * A CEL condition `is: value > 8.0 && door == 1.0` over the latest value of the subject and of one
 * stream for each name of `values`, as decimals. What hangs on a value that is not known is not known.
 */
export const expression: Kind = {
  about: 'stream',
  keys: ['is', 'values'],
  raiseAfter: true,
  seesLate: false,
  looksAround: true,
  check(level, streams, scope) {
    const text = readText(level, 'is', 'a condition such as value > 8.0');
    const chosen = readValues(level, streams, scope);
    if (text === null || chosen === null) return null;
    const names = ['value', ...chosen.map(({ name }) => name)];
    const compiled = compileCondition(text, names);
    if (!compiled.ok) return level.fail('is', compiled.message);
    return (stream, world) => {
      // An optional rule may lack a stream here: what hangs on it is then not known.
      const others = chosen.flatMap((c) => {
        const [only, second] = streamOf(c, stream, world.streams, world.zones);
        return only === undefined || second !== undefined ? [] : [{ name: c.name, stream: only }];
      });
      const given = ['value', ...others.map(({ name }) => name)];
      const inputs = [stream, ...others.map((other) => other.stream)];
      const latest = new Latest(inputs);
      return remembers({
        inputs,
        meaning: meaningOf(
          'latest',
          inputs.map(({ id }) => id),
        ),
        fresh: () => latest.fresh(),
        take: (cells, happening) => {
          if (!latest.take(cells, happening)) return null;
          const values = inputs.flatMap(({ exp }, i): [string, number][] => {
            const v = latest.value(cells, i);
            return v === null ? [] : [[given[i] ?? '', exp < 0 ? v / 10 ** -exp : v * 10 ** exp]];
          });
          const outcome = compiled.condition(Object.fromEntries(values));
          if (outcome === null) return latest.isAwaited(cells) ? Signal.notYet : Signal.unknown;
          return outcome ? Signal.raise : Signal.clear;
        },
        due: (cells) => latest.due(cells),
        shift: (cells, a) => latest.shift(cells, a),
      });
    };
  },
};

function streamOf<S extends StreamSpec>(
  { isMeant }: Chosen,
  subject: StreamSpec,
  all: readonly S[],
  zones: Zones,
): S[] {
  return all.filter((s) => s.kind === 1 && isMeant(subject, s, zones));
}

function readValues(level: Fields, streams: readonly StreamSpec[], { site }: Scope): Chosen[] | null {
  if (!level.has('values')) return [];
  const raw = level.raw('values');
  const names = Object.keys(raw ?? {});
  const fields = Fields.of(raw, level.at('values'), level.problems, names);
  if (fields === null) return null;
  if (names.length > MOST_VALUES) return level.fail('values', `must be at most ${MOST_VALUES}`);
  const chosen: Chosen[] = [];
  for (const name of names) {
    if (!NAME.test(name) || name === 'value')
      return fields.fail(name, 'must be a name of small letters, digits and _');
    const selector = readSelector(fields, name);
    if (selector === null) return null;
    const one = { name, isMeant: meant(selector, fields.raw(name)) };
    const odd = streams.find((s) => streamOf(one, s, site.streams, site.zones).length !== 1);
    if (odd !== undefined && site.complete) {
      const found = streamOf(one, odd, site.streams, site.zones).map(({ id }) => id);
      return fields.fail(
        name,
        `must be one stream, beside ${odd.id} it is ${found.slice(0, 3).join(', ') || 'none'}`,
      );
    }
    chosen.push(one);
  }
  return chosen;
}

function meant(selector: Selector, raw: unknown): Chosen['isMeant'] {
  const isPlaced = typeof raw === 'object' && raw !== null && PLACED.some((key) => Object.hasOwn(raw, key));
  return (subject: StreamSpec | OpenStream, s, zones) => {
    return s.id !== subject.id && (isPlaced || s.place === subject.place) && selector(s, zones);
  };
}
