import { createHash } from 'node:crypto';
import type { CountOrder } from '../../api/count-types.ts';
import type { CountReply } from '../../domain/goods/documents.ts';
import { DeviceError } from '../../domain/errors.ts';
import type { CommandOrderTo } from '../../domain/device.ts';
import { RecordType, type LogRecord } from '../../domain/record.ts';
import type { OpenStream } from '../../domain/stream.ts';
import { CountTally, WeightTally } from '../../goods/count-tally.ts';

/** What a count is about, as goods know it. */
export type CountedReceipt = {
  readonly zone: string;
  /** EPCs that should lie there; null for goods that have no tags. */
  readonly expected: ReadonlySet<string> | null;
  /** Tags that are there only to be seen. */
  readonly references: readonly string[];
  /** Stream of the scale they stand on. */
  readonly scale: string | null;
};

export type CountRunParts = {
  readonly streams: readonly OpenStream[];
  /** Whether a tag is of goods that are on record, whosever they are. */
  readonly isOnRecord: (epc: string) => boolean;
  /** Devices that are not known to be well. */
  readonly ill: () => ReadonlySet<string>;
  /** Devices that take pictures. */
  readonly cameras: ReadonlySet<string>;
  readonly command: (device: string, order: CommandOrderTo, signal: AbortSignal) => Promise<void>;
  /** Evidence time, ms. */
  readonly now: () => number;
};

export type Counted = {
  readonly reply: CountReply;
  /** Of the reply's epcSetHash, hex. */
  readonly salt: string;
  /** Of those seen that are the receipt's; null where no tags were counted. */
  readonly lists: {
    readonly seen: readonly string[];
    readonly missing: readonly string[];
    readonly unexpected: readonly string[];
  } | null;
};

const VERB = 'snapshot';
const UNSEEN = { expected: 0, seen: 0, missing: 0, unexpected: 0, epcSetHash: null };

/** One count on the real readers, cameras and scales of a zone, from the moment its order was on record. */
export class CountRun {
  readonly #parts: CountRunParts;
  readonly #receipt: string;
  readonly #order: CountOrder;
  readonly #what: CountedReceipt;
  readonly #salt: Uint8Array;
  readonly #since: number;
  readonly #tags: CountTally;
  readonly #weight: WeightTally | null;
  readonly #cameras: readonly string[];
  readonly #pictures = new Map<string, CountReply['snapshots'][number]>();
  readonly #failed: string[] = [];

  constructor(
    parts: CountRunParts,
    receipt: string,
    order: CountOrder,
    what: CountedReceipt,
    salt: Uint8Array,
  ) {
    this.#parts = parts;
    this.#receipt = receipt;
    this.#order = order;
    this.#what = what;
    this.#salt = salt;
    this.#since = parts.now();
    const here = parts.streams.filter((s) => s.place === what.zone);
    this.#tags = new CountTally({
      since: this.#since,
      points: here.filter((s) => s.kind === 2),
      expected: what.expected ?? new Set(),
      references: what.references,
      ill: parts.ill(),
    });
    const scale = parts.streams.find((s) => s.id === what.scale);
    this.#weight = scale === undefined ? null : new WeightTally(scale.slot, this.#since);
    this.#cameras = [...new Set(here.map((s) => s.dev))].filter((dev) => parts.cameras.has(dev));
  }

  /** Asks every camera of the zone; what they give comes as records. */
  takePictures(signal: AbortSignal): Promise<unknown> {
    const { challengeId, deadline, kind } = this.#order;
    if (kind !== 'snapshot') return Promise.resolve();
    return Promise.all(
      this.#cameras.map(async (camera) => {
        const order = { id: `count/${challengeId}`, verb: VERB, arg: null, expiresAt: deadline };
        try {
          await this.#parts.command(camera, order, signal);
        } catch (error) {
          if (!(error instanceof DeviceError)) throw error;
          this.#failed.push(`${camera}: ${error.message}`);
        }
      }),
    );
  }

  take(record: LogRecord): void {
    this.#tags.take(record);
    this.#weight?.take(record);
    const { type, body } = record;
    if (type !== RecordType.blob) return;
    const [sha256, , , source, at] = body;
    if (!(sha256 instanceof Uint8Array) || typeof at !== 'number' || at < this.#since) return;
    const camera = String(source);
    if (this.#cameras.includes(camera))
      this.#pictures.set(camera, { sha256: Buffer.from(sha256).toString('hex'), at, camera });
  }

  isDone(now: number): boolean {
    const { kind, deadline } = this.#order;
    if (now >= deadline) return true;
    if (kind === 'rfid-count') return this.#tags.isDone(now);
    if (kind === 'weigh') return this.#weight === null || this.#weight.v !== null;
    return this.#pictures.size + this.#failed.length >= this.#cameras.length;
  }

  /** @param broken why it could not be done to its end, e.g. a stop; null when it was */
  finish(now: number, broken: string | null): Counted {
    const reason = (broken ?? this.#objection(now) ?? '').slice(0, 190);
    const { challengeId, nonce, kind } = this.#order;
    const base = {
      kind: 'count',
      challenge: challengeId,
      nonce,
      receipt: this.#receipt,
      zone: this.#what.zone,
      what: kind,
      startedAt: this.#since,
      finishedAt: Math.max(now, this.#since),
      result: reason === '' ? 'complete' : 'incomplete',
      reason,
    } as const;
    const lists = kind === 'rfid-count' ? this.#lists() : null;
    const reply: CountReply = {
      ...base,
      ...(lists === null ? UNSEEN : this.#numbers(lists)),
      readers: kind === 'rfid-count' ? this.#tags.points : [],
      snapshots: [...this.#pictures.values()],
      weights: this.#weights(),
    };
    return { reply, salt: Buffer.from(this.#salt).toString('hex'), lists };
  }

  #objection(now: number): string | null {
    const { kind } = this.#order;
    if (kind === 'rfid-count') return this.#tags.objection(now);
    if (kind === 'weigh') {
      if (this.#weight === null) return 'no scale is bound to the receipt';
      return this.#weight.v === null ? 'no weight at rest was told in time' : null;
    }
    if (this.#cameras.length === 0) return 'no camera looks at the zone';
    const missing = this.#cameras.filter((camera) => !this.#pictures.has(camera));
    return missing.length === 0 ? null : `no picture of ${missing.join(', ')}: ${this.#failed.join('; ')}`;
  }

  #lists(): NonNullable<Counted['lists']> {
    const expected = this.#what.expected ?? new Set<string>();
    const all = [...this.#tags.seen];
    const references = new Set(this.#what.references);
    return {
      seen: all.filter((epc) => expected.has(epc)).sort(),
      missing: [...expected].filter((epc) => !this.#tags.seen.has(epc)).sort(),
      unexpected: all
        .filter((epc) => !expected.has(epc) && !references.has(epc) && !this.#parts.isOnRecord(epc))
        .sort(),
    };
  }

  #numbers({ seen, missing, unexpected }: NonNullable<Counted['lists']>) {
    return {
      expected: seen.length + missing.length,
      seen: seen.length,
      missing: missing.length,
      unexpected: unexpected.length,
      epcSetHash: epcSetHash(this.#salt, seen),
    };
  }

  #weights(): CountReply['weights'] {
    const scale = this.#parts.streams.find((s) => s.id === this.#what.scale);
    const v = this.#weight?.v ?? null;
    if (this.#order.kind !== 'weigh' || scale === undefined || v === null || v < 0) return [];
    const { id, exp, unit } = scale;
    return [{ stream: id, amount: { value: v, exp, unit }, stable: true }];
  }
}

/** SHA-256 over the salt and each EPC in order: one byte for its length, then its bytes. */
export function epcSetHash(salt: Uint8Array, sorted: readonly string[]): string {
  const hash = createHash('sha256').update(salt);
  for (const epc of sorted) {
    const bytes = Buffer.from(epc, 'hex');
    hash.update(Uint8Array.of(bytes.length)).update(bytes);
  }
  return hash.digest('hex');
}
