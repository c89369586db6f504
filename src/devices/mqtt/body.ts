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
  const requirements = m.require.map((r) => ({
    ...r,
    find: path(r.path),
    equals: fill(r.equals, device.words),
  }));
  const values = m.binary === undefined ? null : binaryReader(m.binary, path);
  const refuse = (draft: Draft, code: 'MALFORMED' | 'REFUSED', detail: string): null => {
    draft.refusals.push({ device: device.id, stream: null, code, detail });
    return null;
  };
  return (message, draft) => {
    if (health !== null && healthWord === null) return health(message.text, message, draft);
    if (!message.json.ok) return refuse(draft, 'MALFORMED', message.json.reason);
    const envelope = message.json.value;
    for (const r of requirements) {
      const found = r.find(envelope);
      if (found === undefined && r.optional) continue;
      if (textOf(found) !== r.equals) {
        return refuse(draft, 'REFUSED', `${r.path} is ${shown(found)}, expected "${r.equals}"`);
      }
    }
    health?.(textOf(healthWord?.(envelope)) ?? '', message, draft);
    if (m.values.length === 0) return null;
    if (values === null) return { envelope, values: envelope };
    const decoded = values(envelope);
    return typeof decoded === 'string'
      ? refuse(draft, 'MALFORMED', decoded)
      : { envelope, values: decoded.values };
  };
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

/** Takes the codec's object where the network server has one, else decodes the bytes here. */
function binaryReader(binary: Binary, path: (t: string) => JsonPath) {
  const object = path(binary.object);
  const data = path(binary.data);
  const port = path(binary.port.path);
  const decode = DECODERS[binary.decoder];
  return (envelope: Json): { readonly values: Json } | string => {
    const decodedThere = object(envelope);
    if (isJsonObject(decodedThere)) return { values: decodedThere };
    const found = port(envelope);
    // Default values are left out of the JSON: a missing port is port 0.
    const portNo = found instanceof JsonNumber ? found.text : '0';
    if (portNo !== String(binary.port.is)) return `port is ${portNo}, expected ${binary.port.is}`;
    const text = data(envelope);
    if (typeof text !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
      return `${binary.data} is ${shown(text)}, expected base64`;
    }
    const values = decode(Buffer.from(text, 'base64'));
    return typeof values === 'string' ? `${binary.data}: ${values}` : { values };
  };
}
