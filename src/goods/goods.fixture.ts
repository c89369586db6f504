import { createHash } from 'node:crypto';
import type { GoodsDocument } from '../domain/goods/documents.ts';
import {
  GoodsVerb,
  RecordType,
  StatementKind,
  SystemCode,
  type LogRecord,
  type Value,
} from '../domain/record.ts';
import type { OpenStream } from '../domain/stream.ts';
import { writeDocument } from './document-reader.ts';
import { Goods } from './goods.ts';

export const T0 = 1_767_225_600_000;

function stream(slot: number, dev: string, place: string, more: Partial<OpenStream>): OpenStream {
  const ch = more.quantity ?? 'tags';
  return {
    id: `${dev}/${ch}`,
    dev,
    ch,
    kind: 2,
    quantity: 'tags',
    unit: '1',
    exp: 0,
    cadenceMs: 1000,
    maxGapMs: 10_000,
    place,
    src: 1,
    urgent: false,
    slot,
    ...more,
  };
}

/** Two halls with a reader each, one of them with two, and a silo on a scale. */
export const STREAMS: readonly OpenStream[] = [
  stream(1, 'reader-a', 'hall-a', {}),
  stream(2, 'reader-b', 'hall-b', {}),
  stream(3, 'reader-b2', 'hall-b', {}),
  stream(4, 'scale-1', 'silo', { kind: 1, quantity: 'weight', unit: 'kg', exp: -1 }),
];
export const SITE = { streams: STREAMS, zones: ['hall-a', 'hall-b', 'silo', 'yard'], portals: [], rules: [] };

/** An EPC of 96 bits by its number. */
export function epc(n: number): string {
  return `3074257bf7194e4000${n.toString(16).padStart(6, '0')}`;
}

export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/** Goods with records as they come, each a commit of its own unless `commit` is told not to be. */
export class Yard {
  goods: Goods;
  t = T0;
  readonly #files = new Map<string, Uint8Array>();
  #seq = 0;

  constructor() {
    this.goods = Goods.decode(SITE, this.kept, null);
  }

  readonly kept = (hash: Uint8Array): Uint8Array | null =>
    this.#files.get(Buffer.from(hash).toString('hex')) ?? null;

  /** Goods as another process would find them. */
  restart(): void {
    this.goods = this.reopened();
  }

  reopened(): Goods {
    return Goods.decode(SITE, this.kept, this.goods.encode());
  }

  take(slot: number, type: RecordType, body: readonly Value[]): LogRecord {
    const record = { slot, seq: this.#seq++, t: this.t, type, body };
    this.goods.take(record);
    this.goods.commit();
    return record;
  }

  act(verb: keyof typeof GoodsVerb, lot: string, tag: string | null, zone: string): void {
    this.take(0, RecordType.goods, [GoodsVerb[verb], lot, tag === null ? null : bytesOf(tag), zone]);
  }

  place(zone: string, ...numbers: number[]): void {
    for (const n of numbers) this.act('placed', 'lot-1', epc(n), zone);
  }

  /** Seen by a reader at this very time, and its inventory ended. */
  see(slot: number, ...numbers: number[]): void {
    for (const n of numbers)
      this.take(slot, RecordType.observation, [bytesOf(epc(n)), null, 1, this.t, this.t, 3, -5500, 0]);
    this.take(slot, RecordType.round, [numbers.length, numbers.length]);
  }

  /** Rounds without a break until then, in which these tags are seen. */
  watch(slot: number, ms: number, ...numbers: number[]): void {
    for (const end = this.t + ms; this.t < end; this.t += 5000) this.see(slot, ...numbers);
  }

  device(device: string, isWell: boolean): void {
    this.take(0, RecordType.statement, [StatementKind.device, device, isWell ? 1 : 0, null, 'test']);
  }

  start(): void {
    this.take(0, RecordType.system, [SystemCode.start, null, null, null]);
  }

  tell(kind: StatementKind, document: GoodsDocument): void {
    const bytes = writeDocument(document);
    const sha256 = new Uint8Array(createHash('sha256').update(bytes).digest());
    this.#files.set(Buffer.from(sha256).toString('hex'), bytes);
    this.take(0, RecordType.statement, [kind, 'subject', null, sha256, 'test']);
  }
}
