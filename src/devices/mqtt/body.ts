import { isJsonObject, JsonNumber, type Json } from '../../domain/strict-json.ts';
import { DECODERS } from './decoders.ts';
import { compilePath, shown, textOf, type JsonPath } from './json-path.ts';
import type { MappedDevice } from './mapped-device.ts';
import type { Draft, Message } from './message.ts';
import { fill, type ProfileMessage } from './profile.ts';

/** The document around a message's values (its time, its counter) and the one that holds them. */
type Envelope = { readonly envelope: Json; readonly values: Json };

/** Opens a message: null when it was refused or only told how the device is; `draft` says which. */
export type Body = (message: Message, draft: Draft) => Envelope | null;

export function compileBody(m: ProfileMessage, device: MappedDevice): Body {
  const path = (text: string) => compilePath(fill(text, device.words));
  const health = healthReader(m, device.id, path);
  const healthWord = m.health?.path === undefined ? null : path(m.health.path);
  const compiled = (list: ProfileMessage['require']): Requirement[] =>
    list.map((r) => ({ ...r, find: path(r.path), equals: fill(r.equals, device.words) }));
  const requirements = compiled(m.require);
  const ofValues = compiled(m.binary?.require ?? []);
  const values = m.binary === undefined ? null : binaryReader(m.binary, path);
  const refuse = (draft: Draft, code: 'MALFORMED' | 'REFUSED', detail: string): null => {
    draft.refusals.push({ device: device.id, stream: null, code, detail });
    return null;
  };
  return (message, draft) => {
    if (health !== null && healthWord === null) return health(message.text, message, draft);
    if (!message.json.ok) return refuse(draft, 'MALFORMED', message.json.reason);
    const envelope = message.json.value;
    const broken = firstBroken(requirements, envelope);
    if (broken !== null) return refuse(draft, 'REFUSED', broken);
    health?.(textOf(healthWord?.(envelope)) ?? '', message, draft);
    if (m.values.length === 0) return null;
    if (values === null) return { envelope, values: envelope };
    const decoded = values(envelope);
    if (decoded === null) return null;
    if (typeof decoded === 'string') return refuse(draft, 'MALFORMED', decoded);
    const wrong = firstBroken(ofValues, decoded.values);
    return wrong === null ? { envelope, values: decoded.values } : refuse(draft, 'REFUSED', wrong);
  };
}

type Requirement = ProfileMessage['require'][number] & { readonly find: JsonPath };

/** What is not as it must be; null when everything is. */
function firstBroken(requirements: readonly Requirement[], document: Json): string | null {
  for (const r of requirements) {
    const found = r.find(document);
    if (found === undefined && r.optional) continue;
    if (textOf(found) !== r.equals) return `${r.path} is ${shown(found)}, expected "${r.equals}"`;
  }
  return null;
}

type HealthReader = (word: string, message: Message, draft: Draft) => null;

function healthReader(m: ProfileMessage, device: string, path: (t: string) => JsonPath): HealthReader | null {
  const health = m.health;
  if (health === undefined) return null;
  const reason = health.reason === undefined ? null : path(health.reason);
  return (word, message, draft) => {
    const known = { healthy: health.healthy.includes(word), unhealthy: health.unhealthy.includes(word) };
    if (known.healthy) draft.health.push({ device, healthy: true, reason: 'ok' });
    else if (known.unhealthy) {
      const said = reason === null || !message.json.ok ? undefined : textOf(reason(message.json.value));
      draft.health.push({ device, healthy: false, reason: said ?? word.toLowerCase() });
    }
    return null;
  };
}

type Binary = NonNullable<ProfileMessage['binary']>;

const ENCODED = {
  base64: (text: string) => /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0,
  hex: (text: string) => /^[0-9A-Fa-f]*$/.test(text) && text.length % 2 === 0,
} as const;

/** Takes the codec's object where the network server has one, else decodes the bytes here; null where no value is in them. */
function binaryReader(binary: Binary, path: (t: string) => JsonPath) {
  const object = binary.object === undefined ? null : path(binary.object);
  const data = path(binary.data);
  const port = binary.port === undefined ? null : { ...binary.port, find: path(binary.port.path) };
  const decode = DECODERS[binary.decoder];
  return (envelope: Json): { readonly values: Json } | string | null => {
    const decodedThere = object?.(envelope);
    if (isJsonObject(decodedThere)) return { values: decodedThere };
    if (port !== null) {
      const found = port.find(envelope);
      // Default values are left out of the JSON: a missing port is port 0.
      const portNo = found instanceof JsonNumber ? found.text : '0';
      if (port.ignore.includes(Number(portNo))) return null;
      if (portNo !== String(port.is)) return `port is ${portNo}, expected ${port.is}`;
    }
    const text = data(envelope);
    if (typeof text !== 'string' || !ENCODED[binary.encoding](text)) {
      return `${binary.data} is ${shown(text)}, expected ${binary.encoding}`;
    }
    const values = decode(Buffer.from(text, binary.encoding));
    if (typeof values === 'string') return `${binary.data}: ${values}`;
    return values.size === 0 ? null : { values };
  };
}
