import type { StreamSpec } from '../domain/stream.ts';
import { Fields } from './fields.ts';
import type { Zones } from './site.ts';

const KEYS = ['stream', 'device', 'zone', 'quantity', 'label'] as const;
const GLOB = /^[\w*?./:@+-]{1,128}$/;

/** Which streams a rule speaks about; every pattern given must match. */
export type Selector = (stream: StreamSpec, zones: Zones) => boolean;

/** Reads `on:` and the like; patterns know `*` and `?`. Null, with a problem told, when it says nothing. */
export function readSelector(rule: Fields, name: string): Selector | null {
  if (!rule.has(name)) return rule.missing(name, `a selector of ${KEYS.join(', ')}`);
  const before = rule.problems.list.length;
  const on = Fields.of(rule.raw(name), rule.at(name), rule.problems, KEYS);
  if (on === null) return null;
  const parts: Selector[] = [];
  const pattern = (key: (typeof KEYS)[number], property: (stream: StreamSpec) => string): void => {
    const glob = on.has(key) ? readGlob(on, key) : null;
    if (glob !== null) parts.push((stream) => glob.test(property(stream)));
  };
  pattern('stream', (s) => s.id);
  pattern('device', (s) => s.dev);
  pattern('zone', (s) => s.place);
  pattern('quantity', (s) => s.quantity);
  if (on.has('label')) parts.push(...readLabels(on));
  if (rule.problems.list.length > before) return null;
  if (parts.length === 0) return rule.fail(name, `names nothing; give one or more of ${KEYS.join(', ')}`);
  return (stream, zones) => parts.every((part) => part(stream, zones));
}

function readLabels(on: Fields): Selector[] {
  const raw = on.raw('label');
  const labels = Fields.of(raw, on.at('label'), on.problems, Object.keys(raw ?? {}));
  if (labels === null) return [];
  return Object.keys(raw ?? {}).flatMap((name): Selector[] => {
    const glob = readGlob(labels, name);
    return glob === null ? [] : [(stream, zones) => glob.test(zones.get(stream.place)?.[name] ?? '')];
  });
}

function readGlob(fields: Fields, key: string): RegExp | null {
  const raw = fields.raw(key);
  if (typeof raw !== 'string' || !GLOB.test(raw)) {
    return fields.fail(key, 'must be a name or a pattern with * and ?, such as cold-*');
  }
  const source = raw
    .replaceAll(/[.+]/g, String.raw`\$&`)
    .replaceAll('?', '.')
    .replaceAll(/\*+/g, '.*');
  return new RegExp(`^${source}$`);
}
