import type { Block } from './block.ts';
import type { BundleSource } from './bundle-source.ts';
import type { Interval } from './intervals.ts';
import type { OriginPolicy } from './policy.ts';
import type { Sha256 } from './primitives.ts';
import { StorageError } from '../domain/errors.ts';
import { decodeBlock } from './block.ts';
import { soundly } from './bundle-source.ts';
import { toHex, utf8 } from './encodings.ts';
import { cosignatureTime, isLineOf, parseNote } from './note.ts';
import { headTime } from './verify-notes.ts';

/** Which blocks and heads a bundle shows. */
export type BundleWindow = { readonly a: number; readonly b: number; readonly heads: readonly number[] };

type Named = { readonly owner: string; readonly at: number; readonly hash: string };

/**
 * The fewest blocks that satisfy C6 (evidence section 6) for this window under this policy, as far as
 * the log of `size` has them, and the heads that prove it.
 */
export class WindowChoice {
  readonly #source: BundleSource;
  readonly #size: number;
  readonly #policy: OriginPolicy;
  readonly #sha256: Sha256;
  readonly #mostHeads: number;
  readonly #cosignatures = new Map<number, readonly Named[]>();

  constructor(source: BundleSource, size: number, policy: OriginPolicy, sha256: Sha256, mostHeads: number) {
    this.#mostHeads = mostHeads;
    this.#source = source;
    this.#size = size;
    this.#policy = policy;
    this.#sha256 = sha256;
  }

  /** @throws StorageError CORRUPT for a block that is missing or none */
  choose(window: Interval, maxGapMs: number): BundleWindow {
    const met = this.#meeting(window.from - maxGapMs, window.to);
    let a = met.a;
    while (a > 0 && this.#block(a).t0 > window.from - maxGapMs) a -= 1;
    const before = this.#headBefore(met.b, window.from);
    // Without any head before the window only the whole history shows that nothing was left out.
    if (this.#policy.k > 0) a = Math.min(a, before ?? 0);
    let b = Math.max(met.b, a + 1);
    while (b < this.#size && this.#block(b - 1).t1 < window.to) b += 1;
    b = this.#untilBeacons(a, b, window.to);
    return { a, b, heads: this.#heads(a, b, before) };
  }

  #meeting(from: number, to: number): { readonly a: number; readonly b: number } {
    const { a, b } = this.#source.blocksBetween(from, to);
    if (a < Math.min(b, this.#size)) return { a, b: Math.min(b, this.#size) };
    // No block meets the window: the last one before it, or the first of all, says so.
    const earlier = Math.min(this.#source.blocksBetween(0, to).b, this.#size);
    return earlier === 0 ? { a: 0, b: 1 } : { a: earlier - 1, b: earlier };
  }

  /** The greatest size ≤ b whose head was cosigned before `time`, null for none. */
  #headBefore(b: number, time: number): number | null {
    if (this.#policy.k === 0) return null;
    for (let size = b; size > 0; size -= 1) {
      const at = headTime(this.#cosigned(size), this.#policy.k);
      if (at !== null && at + this.#policy.skewMs <= time) return size;
    }
    return null;
  }

  /** The least end ≥ b at which k owners' beacons were made after `time`; b itself if there is none. */
  #untilBeacons(a: number, b: number, time: number): number {
    const { k, skewMs } = this.#policy;
    if (k === 0) return b;
    const latest = new Map<string, number>();
    for (let no = a; no < this.#size; no += 1) {
      for (const { owner, at } of this.#beaconsOf(this.#block(no)))
        latest.set(owner, Math.max(at * 1000, latest.get(owner) ?? 0));
      const owners = [...latest.values()].filter((at) => at - skewMs >= time).length;
      if (no >= b - 1 && owners >= k) return no + 1;
    }
    return b;
  }

  /**
   * Heads that show where the window begins and ends, and of the others as many as may be, evenly: a
   * bound is as good as its worst block. Those that beacons name are thinned by themselves, for without
   * them nothing has a time before which it was not made.
   */
  #heads(a: number, b: number, before: number | null): readonly number[] {
    const ends = new Set(before === null || before > b ? [] : [before]);
    const named = new Set<number>();
    const owners = new Set<string>();
    for (let no = b - 1; no >= a; no -= 1) {
      const block = this.#block(no);
      const isEnd = owners.size < this.#policy.k;
      for (const { kind, number } of block.beacons)
        if (kind === 2 && this.#source.note(number) !== null) (isEnd ? ends : named).add(number);
      for (const { owner } of this.#beaconsOf(block)) owners.add(owner);
    }
    const between: number[] = [];
    for (const { size } of this.#source.notesBetween(a + 1, Math.min(b, this.#size - 1)))
      if (!named.has(size) && this.#cosigned(size).length > 0) between.push(size);
    const others = [[...named], between].map((sizes) =>
      sizes.filter((size) => !ends.has(size) && size !== this.#size).sort((x, y) => y - x),
    );
    const count = others.reduce((sum, sizes) => sum + sizes.length, 0);
    const every = Math.ceil(count / Math.max(1, this.#mostHeads - ends.size - others.length));
    // Counted from the end, so that the newest, which bounds the last blocks, stays.
    const kept = others.flatMap((sizes) => sizes.filter((_, i) => i % every === 0));
    return [...ends, ...kept].filter((size) => size !== this.#size).sort((x, y) => x - y);
  }

  #beaconsOf(block: Block): readonly Named[] {
    return block.beacons
      .filter((beacon) => beacon.kind === 2)
      .flatMap((beacon) => this.#cosigned(beacon.number).filter((c) => c.hash === toHex(beacon.hash)));
  }

  /** Cosignatures by witnesses of the policy; the bundle is verified as a whole when it is made. */
  #cosigned(size: number): readonly Named[] {
    const known = this.#cosignatures.get(size);
    if (known !== undefined) return known;
    const parsed = parseNote(utf8(this.#source.note(size) ?? ''));
    const lines = parsed.ok ? parsed.note.lines : [];
    const named = lines.flatMap((line) => {
      const witness = this.#policy.witnesses.find((w) => isLineOf(line, w.key));
      const at = cosignatureTime(line);
      if (witness === undefined || at === null) return [];
      return [{ owner: witness.owner, at, hash: toHex(this.#sha256(line.decoded)) }];
    });
    this.#cosignatures.set(size, named);
    return named;
  }

  #block(no: number): Block {
    const stored = this.#source.block(no);
    if (stored === null) throw new StorageError('CORRUPT', `block ${no} is missing`);
    return soundly(`block ${no}`, () => decodeBlock(stored.block));
  }
}
