import { Quality, isUsable } from '../domain/reading.ts';
import { RecordType, StatementKind, SystemCode, type LogRecord } from '../domain/record.ts';
import { hexOf } from '../domain/hex.ts';

/** A stream that takes part in a count. `maxGapMs`: a tag that stays is told again within it. */
export type TallyPoint = {
  readonly id: string;
  readonly dev: string;
  readonly slot: number;
  readonly maxGapMs: number;
};

export type TallyWish = {
  /** Evidence time, ms: nothing older counts. */
  readonly since: number;
  /** Read points that look at the zone. */
  readonly points: readonly TallyPoint[];
  /** EPCs that should be there, and tags that are there only to be seen. */
  readonly expected: ReadonlySet<string>;
  readonly references: readonly string[];
  /** Devices that are known to be ill as it begins, or not heard of. */
  readonly ill: ReadonlySet<string>;
};

export type TallyPointResult = {
  readonly stream: string;
  readonly healthy: boolean;
  readonly rounds: number;
};

/** Inventories of one read point that a count waits for. */
const ROUNDS = 3;

/**
 * What readers see of a zone from one moment on. A reader that was ill at any time, or gave no full rounds, makes the
 * count incomplete: it is never a smaller number.
 */
export class CountTally {
  readonly #wish: TallyWish;
  readonly #rounds = new Map<number, number>();
  readonly #seen = new Set<string>();
  readonly #ill: Set<string>;
  #stepped = false;

  constructor(wish: TallyWish) {
    this.#wish = wish;
    for (const { slot } of wish.points) this.#rounds.set(slot, 0);
    this.#ill = new Set(wish.points.map(({ dev }) => dev).filter((dev) => wish.ill.has(dev)));
  }

  take({ slot, t, type, body }: LogRecord): void {
    if (t < this.#wish.since) return;
    if (type === RecordType.round) {
      const rounds = this.#rounds.get(slot);
      if (rounds !== undefined) this.#rounds.set(slot, rounds + 1);
    } else if (type === RecordType.observation && this.#rounds.has(slot)) this.#see(body, t);
    else if (type === RecordType.statement && body[0] === StatementKind.device && body[2] === 0) {
      const dev = String(body[1]);
      if (this.#wish.points.some((p) => p.dev === dev)) this.#ill.add(dev);
    } else if (type === RecordType.system && body[0] === SystemCode.clockStepped) this.#stepped = true;
  }

  /** Everything is seen, or every reader had the time in which it would have told of a tag that stays. */
  isDone(now: number): boolean {
    const { points, expected, references, since } = this.#wish;
    if (this.#stepped || points.length === 0) return true;
    if (points.some(({ slot }) => (this.#rounds.get(slot) ?? 0) < ROUNDS)) return false;
    const settled = since + Math.max(...points.map((p) => p.maxGapMs));
    if (now >= settled) return true;
    return [...expected, ...references].every((epc) => this.#seen.has(epc));
  }

  get seen(): ReadonlySet<string> {
    return this.#seen;
  }

  get points(): readonly TallyPointResult[] {
    return this.#wish.points.map(({ id, dev, slot }) => {
      const rounds = this.#rounds.get(slot) ?? 0;
      return { stream: id, healthy: rounds >= ROUNDS && !this.#ill.has(dev), rounds };
    });
  }

  /** Why the count says less than it should; null when it is complete. */
  objection(now: number): string | null {
    if (this.#stepped) return 'the clock was stepped meanwhile';
    const { points, references } = this.#wish;
    if (points.length === 0) return 'no read point looks at the zone';
    const bad = this.points.filter((p) => !p.healthy);
    if (bad.length > 0)
      return `not healthy: ${bad.map((p) => `${p.stream} (${p.rounds} rounds)`).join(', ')}`;
    const hidden = references.filter((epc) => !this.#seen.has(epc));
    if (hidden.length > 0) return `reference tag not seen: ${hidden.join(', ')}`;
    return this.isDone(now) ? null : 'the deadline came before every tag that stays was due to be told again';
  }

  #see(body: LogRecord['body'], t: number): void {
    const [epc, , , , last, , , q] = body;
    if (!(epc instanceof Uint8Array) || typeof last !== 'number' || typeof q !== 'number') return;
    if ((q & Quality.backfilled) !== 0) return;
    const at = (q & Quality.deviceTimeUncertain) === 0 ? last : t;
    if (at >= this.#wish.since) this.#seen.add(hexOf(epc));
  }
}

/** The first value of a scale that was at rest, from one moment on. */
export class WeightTally {
  readonly #slot: number;
  readonly #since: number;
  v: number | null = null;

  constructor(slot: number, since: number) {
    this.#slot = slot;
    this.#since = since;
  }

  take({ slot, t, type, body }: LogRecord): void {
    if (slot !== this.#slot || type !== RecordType.reading || t < this.#since || this.v !== null) return;
    const [v, q] = body;
    // A weight in motion is not usable, and neither is what a scale tells late.
    if (typeof q === 'number' && (typeof v === 'number' || v === null) && isUsable(v, q)) this.v = v;
  }
}
