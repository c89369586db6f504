import { isJsonObject, type Json } from '../../domain/strict-json.ts';
import type { Sample } from '../sample.ts';
import { compileBody } from './body.ts';
import { compilePath } from './json-path.ts';
import { leavesOf, traceOf, type Place } from './json-trace.ts';
import type { MappedDevice } from './mapped-device.ts';
import type { Message } from './message.ts';
import { fill, type ProfileMessage } from './profile.ts';

/** What one message of the map looks at: the documents it reads, the places it uses, what it misses. */
export type Use = {
  readonly documents: readonly { readonly name: string; readonly root: Json }[];
  readonly used: ReadonlySet<string>;
  readonly absent: readonly string[];
  /** Paths of values that are there, filled in. */
  readonly present: ReadonlySet<string>;
};

export function useOf(m: ProfileMessage, message: Message, device: MappedDevice): Use {
  if (!message.json.ok) {
    return { documents: [], used: new Set(), absent: [], present: new Set() };
  }
  const envelope = message.json.value;
  const opened = compileBody(m, device)(message, { readings: [], refusals: [], health: [] });
  const values = opened?.values ?? envelope;
  const path = (text: string) => fill(text, device.words);
  const objectAt = m.binary?.object === undefined ? null : traceOf(path(m.binary.object), envelope);
  const isDecoded = m.binary !== undefined && values !== envelope && objectAt === null;
  const name = isDecoded ? `${m.binary?.data ?? ''} decoded` : '';
  const base: Place = objectAt !== null && isJsonObject(values) ? objectAt : [];
  const used = new Set<string>();
  const absent: string[] = [];
  const present = new Set<string>();
  const look = (text: string, root: Json, of: string, from: Place = []): boolean => {
    const place = traceOf(path(text), root);
    if (place !== null) used.add(keyOf(of, [...from, ...place]));
    return place !== null;
  };
  for (const text of envelopePaths(m)) look(text, envelope, '');
  for (const r of m.binary?.require ?? []) look(r.path, values, name, base);
  for (const v of m.values) {
    if (look(v.path, values, name, base)) present.add(path(v.path));
    // Of a message that was refused or says nothing, its values are not missed one by one.
    else if (opened !== null && !v.required && m.history === undefined) absent.push(path(v.path));
  }
  if (m.history !== undefined) {
    const records = compilePath(path(m.history.path))(values);
    const listed: readonly Json[] = Array.isArray(records) ? records : [];
    const at = traceOf(path(m.history.path), values) ?? [];
    for (const [i, record] of listed.entries()) {
      const inList = [...base, ...at, String(i)];
      for (const text of [m.history.time.path, ...m.values.map((v) => v.path)])
        look(text, record, name, inList);
    }
  }
  const documents = [{ name: '', root: envelope }, ...(isDecoded ? [{ name, root: values }] : [])];
  return { documents, used, absent, present };
}

function envelopePaths(m: ProfileMessage): string[] {
  const { require, time, repeat, binary, health } = m;
  return [
    ...require.map((r) => r.path),
    time?.path,
    repeat === 'time' ? undefined : repeat,
    binary?.data,
    binary?.port?.path,
    health?.path,
    health?.reason,
  ].filter((text) => text !== undefined);
}

/** What no message of the topic looks at. */
export function unusedOf(uses: readonly Use[]): Sample['unused'] {
  const used = new Set(uses.flatMap((u) => [...u.used]));
  const documents = new Map(uses.flatMap((u) => u.documents.map((d) => [d.name, d.root])));
  return [...documents].flatMap(([name, root]) =>
    leavesOf(root)
      .filter(({ place }) => !used.has(keyOf(name, place)))
      .map(({ place, value }) => ({
        path: [name, place.join('.')].filter((p) => p !== '').join(': '),
        value,
      })),
  );
}

function keyOf(document: string, place: Place): string {
  return JSON.stringify([document, place]);
}
