import { canonicalNumber } from './canonical-number.ts';
import { canonicalTime } from './canonical-time.ts';
import { canonicalUri } from './canonical-uri.ts';
import { EVENT_ORDER, isComment, LEFT_OUT, TIMES, TYPED, type Order } from './field-order.ts';
import type { EventTree, Field } from './field.ts';
import { canonicalWord } from './vocabulary.ts';

/** CBV 2.0 as read since 2026, or the draft of CBV 2.1. */
export type CbvVersion = '2.0' | '2.1';

export type Hashing = {
  readonly version: CbvVersion;
  /** What `gs1:` stands for, e.g. `https://ref.gs1.org/voc/`. */
  readonly gs1Base: string;
};

/** Passed in, because this room is pure. */
type Sha256 = (bytes: Uint8Array) => Uint8Array;

/**
 * The name of an event by what it says: `ni:///sha-256;<64 digits>?ver=CBV2.0` (CBV 2.0 section 8.9.2, RFC 6920).
 * Two events that say the same have the same, in XML or JSON-LD and whatever the order of their fields.
 */
export function eventHash(event: EventTree, hashing: Hashing, sha256: Sha256): string {
  return hashOf(preHash(event, hashing), hashing.version, sha256);
}

/** The hash of a pre-hash string. */
export function hashOf(text: string, version: CbvVersion, sha256: Sha256): string {
  const digits = Array.from(sha256(new TextEncoder().encode(text)), (b) => b.toString(16).padStart(2, '0'));
  return `ni:///sha-256;${digits.join('')}?ver=CBV${version}`;
}

/** The text that is hashed. */
export function preHash(event: EventTree, hashing: Hashing): string {
  const writer = new Writer(hashing);
  const rest = event.fields.filter((f) => !isOrdered(f, EVENT_ORDER) && !LEFT_OUT.has(f.name));
  const isDraft = hashing.version === '2.1';
  const end = isDraft
    ? writer.freely(rest)
    : writer.freely(rest.filter((f) => f.name === 'ilmd')) +
      writer.extensions(event.fields, EVENT_ORDER) +
      writer.freely(rest.filter((f) => f.name !== 'ilmd'));
  return `eventType=${event.type}${writer.inOrder(event.fields, EVENT_ORDER)}${end}`;
}

class Writer {
  readonly #hashing: Hashing;

  constructor(hashing: Hashing) {
    this.#hashing = hashing;
  }

  /** Standard fields; several of one name are sorted, empty ones left out. */
  inOrder(fields: readonly Field[], order: Order): string {
    return order
      .map(([name, inner]) =>
        sorted(fields.filter((f) => f.name === name).map((f) => this.#standard(f, inner))).join(''),
      )
      .join('');
  }

  /** Fields of other namespaces inside standard fields, each with the way to it: CBV 2.0 has them at the end. */
  extensions(fields: readonly Field[], order: Order): string {
    return order
      .map(([name, inner]) => {
        const found = fields
          .filter((f) => f.name === name)
          .map((f) => this.extensions(f.fields, inner) + this.freely(others(f.fields, inner)))
          .filter((text) => text !== '');
        return sorted(found.map((text) => this.#name(name) + text)).join('');
      })
      .join('');
  }

  /** Fields that no standard puts in order. */
  freely(fields: readonly Field[]): string {
    return sorted(
      fields
        .filter((f) => !isComment(f.name))
        .map((f) => f.name + given(this.#value(f.value)) + this.freely(f.fields)),
    ).join('');
  }

  #standard(field: Field, order: Order): string {
    const text = field.value.trim();
    const value = TIMES.has(field.name) ? (canonicalTime(text) ?? text) : this.#value(text);
    let inner = this.inOrder(field.fields, order);
    if (this.#hashing.version === '2.1') inner += this.freely(others(field.fields, order));
    if (value === '' && inner === '') return '';
    if (TYPED.has(field.name)) return inner + field.name + given(value);
    return this.#name(field.name) + given(value) + inner;
  }

  #name(name: string): string {
    return name === 'sensorElementList' && this.#hashing.version === '2.0' ? '' : name;
  }

  #value(text: string): string {
    const word = canonicalWord(text.trim(), this.#hashing.gs1Base);
    return canonicalNumber(word) ?? canonicalUri(word) ?? word;
  }
}

function isOrdered(field: Field, order: Order): boolean {
  return order.some(([name]) => name === field.name);
}

function others(fields: readonly Field[], order: Order): readonly Field[] {
  return fields.filter((f) => !isOrdered(f, order));
}

function given(value: string): string {
  return value === '' ? '' : `=${value}`;
}

/** By code points: the order of UTF-16 units is another beyond U+FFFF. */
function sorted(texts: readonly string[]): string[] {
  return texts.toSorted((a, b) => {
    const end = Math.min(a.length, b.length);
    let at = 0;
    while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at++;
    return at === end ? a.length - b.length : rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
  });
}

/** Halves of surrogate pairs behind all other units. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
