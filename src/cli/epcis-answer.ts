import type { PlacedEvent } from '../epcis/event-document.ts';
import { hashOf, preHash, type Hashing } from '../epcis/event-hash.ts';
import type { Context } from './context.ts';

type Refusal = { readonly place: string; readonly why: string };
type Hashed = {
  readonly place: string;
  readonly type: string;
  readonly eventTime: string;
  /** As the document has it; null where it has none. */
  readonly eventID: string | null;
  readonly hash: string;
  readonly prehash?: string;
};

/** What is said of an event for a program. */
export function answerOf(
  { place, event }: PlacedEvent,
  { version, gs1Base, prehash }: Hashing & { readonly prehash?: boolean },
  sha256: (bytes: Uint8Array) => Uint8Array,
): Hashed | Refusal {
  if (!event.ok) return { place, why: event.why };
  const { type, fields } = event.value;
  const text = preHash(event.value, { version, gs1Base });
  const valueOf = (name: string): string | null => fields.find((f) => f.name === name)?.value ?? null;
  return {
    place,
    type,
    eventTime: valueOf('eventTime') ?? '',
    eventID: valueOf('eventID'),
    hash: hashOf(text, version, sha256),
    ...(prehash === true ? { prehash: text } : {}),
  };
}

/** One line for a person, and the pre-hash string below it where it is wanted. */
export function describeEvent(event: Hashed, withText: boolean, context: Context): string {
  const { eventID, hash } = event;
  // Other names say nothing of what is in the event.
  const isOther =
    eventID?.startsWith('ni:///sha-256;') === true &&
    eventID !== hash &&
    eventID.endsWith(hash.slice(hash.indexOf('?')));
  const mark = isOther
    ? `  ${context.say({ en: 'its eventID is another hash', zh: '与其 eventID 中的哈希不同' })}`
    : '';
  const line = `${hash}  ${event.place}  ${event.type}  ${event.eventTime}${mark}`;
  return withText ? `${line}\n${event.prehash ?? ''}` : line;
}
