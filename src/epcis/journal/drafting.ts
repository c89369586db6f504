import {
  JsonNumber,
  parseStrictJson,
  isJsonObject,
  type Json,
  type JsonObject,
} from '../../domain/strict-json.ts';
import type { LogRecord } from '../../domain/record.ts';
import { GS1_PREFIXES } from '../contexts.ts';
import { MAX_BYTES } from '../event-document.ts';
import type { EventKind } from '../../domain/epcis-events.ts';
import { eventHash } from '../event-hash.ts';
import { writeEvent, type WrittenEvent } from '../event-writer.ts';
import { fieldsOfJson } from '../json-ld.ts';
import { Names, OWN, type Naming } from './naming.ts';
import type { Named } from './epc-uri.ts';

/** A record with its place in the evidence. */
export type Told = {
  readonly record: LogRecord;
  /** Origin of the log, index of the sealed block. */
  readonly origin: string;
  readonly block: number;
  /** LH(L) of its leaf, 64 digits. Asked for only where an event is made of it. */
  readonly leaf: () => string;
};

/** An event with its name: eventID is its hash. */
export type MadeEvent = { readonly kind: EventKind; readonly id: string; readonly event: WrittenEvent };

/** What every event has. */
type Common = {
  readonly eventTime: string;
  readonly recordTime: string;
  readonly eventTimeZoneOffset: string;
  readonly extensions: JsonObject;
};

type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** No fields of other namespaces. */
export const NONE: JsonObject = new Map();

/** Puts into events what all of them have: times, the evidence they rest on, and their name. */
export class Drafting {
  readonly names: Names;
  readonly naming: Naming;
  readonly #sha256: Sha256;
  readonly #prefixes: ReadonlyMap<string, string>;

  constructor(naming: Naming, sha256: Sha256) {
    this.naming = naming;
    this.names = new Names(naming);
    this.#sha256 = sha256;
    this.#prefixes = new Map([...GS1_PREFIXES, [OWN, this.names.namespace]]);
  }

  /**
   * @param t when it happened, ms; it was recorded at the record's own time
   * @param more fields of our own, without prefix
   */
  common(
    { record, origin, block, leaf }: Told,
    t: number,
    more: Readonly<Record<string, Json>> = {},
  ): Common {
    const evidence = {
      origin,
      block: number(block),
      slot: number(record.slot),
      seq: number(record.seq),
      leaf: leaf(),
    };
    return {
      eventTime: instant(t),
      recordTime: instant(record.t),
      eventTimeZoneOffset: this.naming.utcOffset,
      extensions: own({ ...more, evidence: own(evidence) }),
    };
  }

  /** Prefixes that documents with our events declare. */
  get namespaces(): Readonly<Record<string, string>> {
    return { [OWN]: this.names.namespace };
  }

  /** Gives an event its name. */
  made(kind: EventKind, event: WrittenEvent): MadeEvent {
    const parsed = parseStrictJson(new TextEncoder().encode(writeEvent(event)), MAX_BYTES);
    const fields =
      parsed.ok && isJsonObject(parsed.value) ? fieldsOfJson(parsed.value, this.#prefixes) : null;
    if (fields?.ok !== true) throw new Error(`an event of ours cannot be read: ${writeEvent(event)}`);
    const { hashing } = this.naming;
    const id = eventHash({ type: event.type, fields: fields.value }, hashing, this.#sha256);
    return { kind, id, event: { ...event, eventID: id } };
  }
}

/** Things one by one and those that have no serial, as events list them. */
export function listed(named: readonly Named[]): {
  readonly epcs: readonly string[];
  readonly classes: readonly { readonly epcClass: string; readonly extensions: JsonObject }[];
} {
  const uris = (isClass: boolean): string[] => [
    ...new Set(named.filter((one) => one.isClass === isClass).map(({ uri }) => uri)),
  ];
  return {
    epcs: uris(false),
    classes: uris(true).map((epcClass) => ({ epcClass, extensions: NONE })),
  };
}

/** Fields of our own namespace. */
export function own(fields: Readonly<Record<string, Json>>): JsonObject {
  return new Map(Object.entries(fields).map(([name, value]) => [`${OWN}:${name}`, value]));
}

export function number(value: number): JsonNumber {
  return new JsonNumber(String(value));
}

export function instant(t: number): string {
  return new Date(t).toISOString();
}
