import type { AuditArchive, AuditSegment } from './audit-archive.ts';
import type { Block } from './block.ts';
import type { Descriptor } from './descriptor.ts';
import type { ErasingOrder } from './erasing-act.ts';
import type { Sha256 } from './primitives.ts';
import type { Segment } from './segment.ts';
import { EVENTS_SLOT, RecordType, isAct } from '../domain/record.ts';
import { CborError, decode } from './cbor.ts';
import { bytesEqual } from './encodings.ts';
import { readOrder } from './erasing-act.ts';
import { mth } from './merkle.ts';
import { hashOfPlace, placesOf } from './segment-leaves.ts';
import { checkPlace } from './verify-leaves.ts';

/** Leaves that were erased, and by which acts of slot 0. */
export type AuditErasures = {
  readonly segments: number;
  readonly leaves: number;
  readonly acts: readonly { readonly block: number; readonly seq: number; readonly stream: string }[];
};

/** CBOR of []. */
const NO_LEAVES = 0x80;

/** Checks segments that were erased: an act on record orders it, and what is left is what was sealed. */
export class ErasureAudit {
  readonly #archive: Pick<AuditArchive, 'segment' | 'tailLeaves' | 'size'>;
  readonly #sha256: Sha256;
  readonly #orders = new Map<string, ErasingOrder | null>();
  #segments = 0;
  #leaves = 0;

  constructor(archive: Pick<AuditArchive, 'segment' | 'tailLeaves' | 'size'>, sha256: Sha256) {
    this.#archive = archive;
    this.#sha256 = sha256;
  }

  /** @throws CborError, VerificationError for a segment that was not erased as it must be */
  check(
    stored: AuditSegment,
    at: { readonly block: Block; readonly segment: Segment; readonly d: Descriptor },
  ): void {
    const { erased = null } = stored;
    if (erased === null) return;
    const { block, segment, d } = at;
    const order = this.#orderOf(erased.act);
    if (order?.stream !== `${d.dev}/${d.ch}` || order.from >= block.t1 || order.to <= block.t0)
      throw new CborError(
        `leaves are gone, and act ${erased.act.seq} of block ${erased.act.block} did not order it`,
      );
    if (stored.key !== null || stored.leaves.length !== 1 || stored.leaves[0] !== NO_LEAVES)
      throw new CborError('an erased segment still holds its key or leaves');
    const places = placesOf(this.#sha256, segment, stored);
    const kept = (places ?? []).flatMap((place) => (place instanceof Uint8Array ? [] : [place]));
    this.#segments += 1;
    this.#leaves += segment.n - kept.length;
    if (places === null) return;
    let last = block.t0;
    for (const leaf of kept) {
      checkPlace({ ...leaf, i: block.no }, last, block, d, 'what is left');
      last = leaf.t;
      if (leaf.t >= order.from && leaf.t < order.to) throw new CborError(`leaf ${leaf.seq} was to be erased`);
    }
    const root = mth(
      this.#sha256,
      places.map((place) => hashOfPlace(this.#sha256, place)),
    );
    if (!bytesEqual(root, segment.root)) throw new CborError('what is left does not rebuild the root');
  }

  found(): AuditErasures {
    const acts = [...this.#orders].flatMap(([key, order]) => {
      const [block, seq] = key.split('/').map(Number);
      return order === null ? [] : [{ block: block ?? 0, seq: seq ?? 0, stream: order.stream }];
    });
    return { segments: this.#segments, leaves: this.#leaves, acts };
  }

  #orderOf({ block, seq }: { readonly block: number; readonly seq: number }): ErasingOrder | null {
    const key = `${block}/${seq}`;
    const known = this.#orders.get(key);
    if (known !== undefined) return known;
    const body = this.#actAt(block, seq);
    const order = body === null ? null : readOrder(body);
    this.#orders.set(key, order);
    return order;
  }

  #actAt(block: number, seq: number) {
    if (block === this.#archive.size()) {
      for (const leaf of this.#archive.tailLeaves())
        if (leaf.slot === EVENTS_SLOT && leaf.seq === seq) return actOf(leaf.type, decode(leaf.body));
      return null;
    }
    const stored = this.#archive.segment(block, EVENTS_SLOT);
    const leaves = stored === null ? null : decode(stored.leaves);
    const leaf: unknown = Array.isArray(leaves) ? leaves[seq - (stored?.seq0 ?? 0)] : null;
    return Array.isArray(leaf) ? actOf(leaf[1], leaf[2]) : null;
  }
}

function actOf(type: unknown, body: unknown) {
  return type === RecordType.act && Array.isArray(body) && isAct(body) ? body : null;
}
