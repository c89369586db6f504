import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { GoodsDocument, HandOver, OrderContent } from '../../src/domain/goods/documents.ts';
import { RecordType, type LogRecord, type Value } from '../../src/domain/record.ts';
import { readEvents } from '../../src/epcis/event-document.ts';
import { eventHash } from '../../src/epcis/event-hash.ts';
import { readDocument } from '../../src/epcis/event-reader.ts';
import { writeDocument } from '../../src/epcis/event-writer.ts';
import { checkerOf } from '../../src/epcis/json-schema.fixture.ts';
import { GS1_BASE } from '../../src/epcis/vocabulary.ts';
import type { MadeEvent, Told } from '../../src/epcis/journal/drafting.ts';
import { JournalEvents } from '../../src/epcis/journal/journal-events.ts';
import type { Memory } from '../../src/epcis/journal/memory.ts';
import type { Naming } from '../../src/epcis/journal/naming.ts';

export const T0 = Date.UTC(2026, 6, 1, 8);
const ORIGIN = 'consortium.example/gw/b0b1b2b3b4b5b6b7/0';

export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

export const NAMING: Naming = {
  domain: 'consortium.example',
  gateway: 'b0b1b2b3b4b5b6b7',
  places: new Map([['cold-1', 'https://id.gs1.org/414/9521321000018/254/1']]),
  points: new Map([['uhf-1/dock', 'https://id.gs1.org/414/9521321000018/254/2']]),
  devices: new Map(),
  parties: new Map([['bank', 'https://id.gs1.org/417/9521321000018']]),
  steps: new Map([['uhf-1/dock', 'entering_exiting']]),
  quantities: new Map([['probe-1/t', 'temperature']]),
  utcOffset: '+08:00',
  windowMs: 3_600_000,
  hashing: { version: '2.0', gs1Base: GS1_BASE },
};

export class MapMemory implements Memory {
  readonly kept = new Map<string, string>();

  get(key: string): string | null {
    return this.kept.get(key) ?? null;
  }

  set(key: string, value: string | null): void {
    if (value === null) this.kept.delete(key);
    else this.kept.set(key, value);
  }

  under(prefix: string): (readonly [string, string])[] {
    return [...this.kept].filter(([key]) => key.startsWith(prefix));
  }
}

/** A journal that is written by hand: each record gets the next number of its slot. */
export class HandJournal {
  readonly told: Told[] = [];
  readonly documents = new Map<string, GoodsDocument>();
  readonly #seqs = new Map<number, number>();

  add(t: number, slot: number, type: RecordType, body: readonly Value[], block = 0): this {
    const seq = this.#seqs.get(slot) ?? 0;
    this.#seqs.set(slot, seq + 1);
    const record: LogRecord = { slot, seq, t, type, body };
    const leaf = Buffer.from(sha256(Buffer.from(`${slot}/${seq}`))).toString('hex');
    this.told.push({ record, origin: ORIGIN, block, leaf: () => leaf });
    return this;
  }

  stream(
    t: number,
    slot: number,
    s: { dev: string; ch: string; unit?: string; exp?: number; place?: string },
  ): this {
    const kind = s.unit === undefined ? 2 : 1;
    const d = [
      1,
      new Uint8Array(8),
      slot,
      kind,
      s.dev,
      s.ch,
      s.unit ?? '',
      s.exp ?? 0,
      10_000,
      60_000,
      s.place ?? '',
    ];
    return this.add(t, 0, RecordType.stream, [slot, [...d, null, 2, null]]);
  }

  state(t: number, kind: number, subject: string, qty: number | null, document: GoodsDocument): this {
    const hash = sha256(Buffer.from(JSON.stringify(document)));
    this.documents.set(Buffer.from(hash).toString('hex'), document);
    return this.add(t, 0, RecordType.statement, [kind, subject, qty, hash, 'api']);
  }

  /** @param cuts after so many records what is in memory is all that is left, as after a restart */
  events(naming = NAMING, cuts: readonly number[] = [], memory = new MapMemory()): MadeEvent[] {
    const find = (hash: Uint8Array) => this.documents.get(Buffer.from(hash).toString('hex')) ?? null;
    const start = (): JournalEvents => new JournalEvents(naming, memory, find, sha256);
    let run = start();
    return this.told.flatMap((told, i) => {
      if (cuts.includes(i)) {
        run.keep();
        run = start();
      }
      return run.take(told);
    });
  }
}

export function epc(digits: string): Uint8Array {
  return Buffer.from(digits, 'hex');
}

export const HOUR = 3_600_000;
/** SGTIN-96 of (01)80614141123458(21)6789. */
export const TAG = '3074257bf7194e4000001a85';

export const ORDER: OrderContent = {
  kind: 'order',
  order: 'ab'.repeat(32),
  direction: 'out',
  receipt: 'cd'.repeat(32),
  lot: 'copper-7',
  epcs: [TAG],
  amount: { value: 1, exp: 0, unit: '1' },
  portal: 'dock',
  zone: 'cold-1',
  from: T0,
  until: T0 + 9 * HOUR,
  vehicle: null,
};
export const HAND_OVER: HandOver = {
  kind: 'hand-over',
  handOver: 'h-1',
  waybill: 'W 1/2',
  giver: '0x01',
  taker: 'bank',
  goods: { lot: 'copper-7', epcs: null, amount: { value: 12_500, exp: -3, unit: 't' } },
  zone: 'cold-1',
  at: T0,
  vehicle: null,
  condition: { accepted: false, minutesOutside: 60, note: '' },
  exceptions: [],
  from: null,
};

const SCHEMA = join(import.meta.dirname, '../fixtures/vectors/epcis/epcis-2.0.schema.json');
const schemaTakes = checkerOf(JSON.parse(readFileSync(SCHEMA, 'utf8')));

export function documentOf(events: readonly MadeEvent[]): string {
  const namespaces = { bailee: 'https://consortium.example/ns/bailee/' };
  return writeDocument(
    events.map(({ event }) => event),
    { createdAt: T0, namespaces },
  );
}

/** Each event as others read it; the document is valid, and every eventID is the hash that anybody computes. */
export function asRead(
  events: readonly MadeEvent[],
  version: '2.0' | '2.1' = '2.0',
): Record<string, unknown>[] {
  const text = documentOf(events);
  const bytes = new TextEncoder().encode(text);
  expect(readDocument(bytes)).toMatchObject({ ok: true });
  const document = JSON.parse(text) as { epcisBody: { eventList: Record<string, unknown>[] } };
  expect(schemaTakes(document)).toBe(true);
  const read = readEvents(bytes);
  if (!read.ok) throw new Error(read.why);
  const hashes = read.value.map(({ event }) =>
    event.ok ? eventHash(event.value, { version, gs1Base: GS1_BASE }, sha256) : event.why,
  );
  expect(hashes).toEqual(events.map(({ id }) => id));
  return document.epcisBody.eventList;
}
