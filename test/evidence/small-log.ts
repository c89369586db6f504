import type { LogNode, SealedSegment, SlotKey, TailLeaf, TailRow } from '../../src/domain/commit.ts';
import type { Value } from '../../src/domain/record.ts';
import type { Beacon, BlockClock } from '../../src/evidence/block.ts';
import type { AuditArchive } from '../../src/evidence/audit-archive.ts';
import type { BundleSource, ErasedSegment } from '../../src/evidence/bundle-source.ts';
import type { NoteSigner } from '../../src/evidence/note.ts';
import type { Policy } from '../../src/evidence/policy.ts';
import type { StreamInBlock } from '../../src/evidence/open-block.ts';
import type { Forge } from './forge.ts';
import type { StreamChoice } from './small-streams.ts';
import { BlockFlag } from '../../src/evidence/block.ts';
import { checkpointText } from '../../src/evidence/checkpoint.ts';
import { toHex, utf8 } from '../../src/evidence/encodings.ts';
import { completedNodes, rootAt } from '../../src/evidence/log-tree.ts';
import { noteKey } from '../../src/evidence/note-key.ts';
import { cosign, parseNote, signNote } from '../../src/evidence/note.ts';
import { OpenBlock } from '../../src/evidence/open-block.ts';
import { startingPolicy } from '../../src/evidence/policy.ts';
import { tailMessage } from '../../src/evidence/tail.ts';
import { forged } from './forge.ts';
import { nodePrimitives } from './primitives.ts';
import { GW, descriptor, seeded, streamInBlock } from './small-streams.ts';
import { unpackLeaves } from '../../src/domain/packed-leaves.ts';

const { sha256 } = nodePrimitives;

export const T = 1_767_225_600_000;
export const MINUTE = 60_000;
export const ORIGIN = 'consortium.example/gw/b0b1b2b3b4b5b6b7/0';

type Erased = ErasedSegment & { readonly act: { readonly block: number; readonly seq: number } };

type Stored = {
  readonly t0: number;
  readonly t1: number;
  block: Uint8Array;
  readonly segments: (SealedSegment & { readonly erased?: Erased | null })[];
};

/** A log in memory, made by the real OpenBlock, signed and cosigned by real keys; also tampered with. */
export class SmallLog implements BundleSource, AuditArchive {
  readonly blocks: Stored[] = [];
  readonly nodes = new Map<string, LogNode>();
  readonly notes = new Map<number, string>();
  readonly stored = new Map<string, Uint8Array>();
  readonly descriptors: { slot: number; descriptor: Uint8Array }[] = [];
  readonly logKey = seeded(1);
  readonly logNoteKey = noteKey(sha256, ORIGIN, 'ed25519', this.logKey.publicKey);
  readonly witnesses: readonly (NoteSigner & { owner: string })[];
  /** Of lines that a note bears beside the log's own, e.g. an SM2 line. */
  otherSigners: readonly NoteSigner[] = [];
  clock: BlockClock = { src: 2, err: 15, boot: new Uint8Array(8).fill(0xc0), offset: T - 5000 };
  open: OpenBlock;
  tail: TailLeaf[] = [];
  keys: SlotKey[] = [];
  row: TailRow | null;
  #streams: readonly StreamInBlock[];
  #flags: number = BlockFlag.restart;
  #k = 0;

  constructor(choices: readonly StreamChoice[] = [{}], owners: readonly string[] = ['bank-a', 'bank-b']) {
    this.witnesses = owners.map((owner, n) => {
      const pair = seeded(100 + n);
      const key = noteKey(sha256, `witness.example/${n}`, 'cosignature', pair.publicKey);
      return { owner, key, sign: pair.sign };
    });
    const all = [descriptor(0), ...choices.map((s, n) => descriptor(n + 1, s))];
    this.#streams = all.map((d) => streamInBlock(d));
    for (const [slot, s] of this.#streams.entries())
      this.descriptors.push({ slot, descriptor: s.descriptor });
    this.open = this.#begin(T);
    this.row = this.#signRow(T);
  }

  policy(k = this.witnesses.length): Policy {
    const witnesses = this.witnesses.map(({ key, owner }) => ({ key, owner }));
    return startingPolicy(ORIGIN, this.logNoteKey, k, witnesses);
  }

  record(slot: number, t: number, type: number, body: readonly Value[]): void {
    const { leaves, keys, k } = this.open.append([{ slot, seq: this.open.seqOf(slot), t, type, body }], t);
    for (const leaf of unpackLeaves(leaves)) this.tail.push({ ...leaf, k });
    this.keys.push(...keys);
    this.row = this.#signRow(t);
  }

  reading(slot: number, t: number, v: number | null, q = 0): void {
    this.record(slot, t, 1, [v, q]);
  }

  /**
   * Seals at t1; the note is cosigned `after` ms later, and the next block begins with what changes.
   * Its beacons name the newest cosigned head.
   */
  seal(
    t1: number,
    change: {
      readonly after?: number | null;
      readonly flags?: number;
      readonly stepMs?: number;
      readonly restartAt?: number;
      readonly streams?: (streams: readonly StreamInBlock[]) => readonly StreamInBlock[];
      readonly beacons?: readonly Beacon[];
      readonly forge?: Forge;
    } = {},
  ): void {
    const no = this.blocks.length;
    const { t0 } = this.open;
    const honest = this.open.close({
      t1,
      flags: change.flags ?? 0,
      beacons: change.beacons ?? this.beacons(),
    });
    const closed = change.forge === undefined ? honest : forged(honest, change.forge);
    this.blocks.push({ t0, t1, block: closed.block, segments: [...closed.segments] });
    const at = (level: number, index: number): Uint8Array => this.node(level, index) ?? new Uint8Array();
    for (const node of completedNodes(sha256, no, closed.leafHash, at))
      this.nodes.set(`${node.level} ${node.index}`, node);
    this.sign(no + 1, change.after === undefined ? 5000 : change.after);
    this.#streams = (change.streams ?? ((s) => s))(closed.next);
    for (const [slot, s] of this.#streams.entries())
      if (!this.descriptors.some((d) => toHex(d.descriptor) === toHex(s.descriptor)))
        this.descriptors.push({ slot, descriptor: s.descriptor });
    this.#flags = 0;
    const step = change.stepMs ?? 0;
    if (step !== 0) {
      this.#flags = BlockFlag.step;
      this.clock = { ...this.clock, offset: this.clock.offset + step };
    }
    if (change.restartAt !== undefined) {
      this.#flags = BlockFlag.restart;
      this.clock = {
        ...this.clock,
        boot: new Uint8Array(8).fill(0xc1 + no),
        offset: change.restartAt - 1000,
      };
    }
    this.open = this.#begin(change.restartAt ?? t1 + step);
    this.tail = [];
    this.keys = [];
    this.row = this.#signRow(this.open.t0);
  }

  /** Signs the head of this size; cosigned `after` ms past the end of its last block, null for not. */
  sign(size: number, after: number | null): void {
    const text = checkpointText(ORIGIN, size, this.rootAt(size));
    const at = Math.floor(((this.blocks[size - 1]?.t1 ?? T) + (after ?? 0)) / 1000);
    const lines = after === null ? [] : this.witnesses.map((w) => cosign(text, at, w));
    const signers = [{ key: this.logNoteKey, sign: this.logKey.sign }, ...this.otherSigners];
    this.notes.set(size, signNote(text, signers, sha256) + lines.join(''));
  }

  rootAt(size: number): Uint8Array {
    return rootAt(sha256, size, (level, index) => this.node(level, index) ?? new Uint8Array());
  }

  beacons(): Beacon[] {
    for (let size = this.blocks.length; size > 0; size--) {
      const parsed = parseNote(utf8(this.note(size) ?? ''));
      const lines = parsed.ok ? parsed.note.lines.filter((l) => l.decoded.length === 76) : [];
      if (lines.length > 0)
        return lines.slice(0, 8).map((l) => ({ kind: 2, number: size, hash: sha256(l.decoded) }));
    }
    return [];
  }

  size(): number {
    return this.blocks.length;
  }

  block(no: number): Stored | null {
    return this.blocks[no] ?? null;
  }

  blocksBetween(from: number, to: number): { a: number; b: number } {
    const met = this.blocks.flatMap((x, no) => (x.t1 > from && x.t0 < to ? [no] : []));
    return { a: met[0] ?? 0, b: (met.at(-1) ?? -1) + 1 };
  }

  segment(no: number, slot: number): Stored['segments'][number] | null {
    return this.blocks[no]?.segments[slot] ?? null;
  }

  segmentHeads(no: number): Uint8Array[] {
    return this.blocks[no]?.segments.map((s) => s.segment) ?? [];
  }

  segmentSizes(no: number): { segment: number; leaves: number }[] {
    const segments = this.blocks[no]?.segments ?? [];
    return segments.map((s) => ({ segment: s.segment.length, leaves: s.leaves.length }));
  }

  isErased(no: number, slot: number): boolean {
    return (this.segment(no, slot)?.erased ?? null) !== null;
  }

  fileSize(hash: Uint8Array): number | null {
    return this.file(hash)?.length ?? null;
  }

  node(level: number, index: number): Uint8Array | null {
    return this.nodes.get(`${level} ${index}`)?.hash ?? null;
  }

  note(size: number): string | null {
    return this.notes.get(size) ?? null;
  }

  notesBetween(from: number, to: number): { size: number; note: string }[] {
    return Array.from(this.notes, ([size, note]) => ({ size, note }))
      .filter(({ size }) => size >= from && size <= to)
      .sort((x, y) => x.size - y.size);
  }

  streams(): readonly { slot: number; descriptor: Uint8Array }[] {
    return this.descriptors;
  }

  file(hash: Uint8Array): Uint8Array | null {
    return this.stored.get(toHex(hash)) ?? null;
  }

  atOneMoment<T>(look: () => T): T {
    return look();
  }

  tailRow(): TailRow | null {
    return this.row;
  }

  tailLeaves(): readonly TailLeaf[] {
    return this.tail;
  }

  tailKeys(): readonly SlotKey[] {
    return this.keys;
  }

  ledgerProof(): string | null {
    return null;
  }

  #signRow(t: number): TailRow {
    const { no, k, chain } = this.open;
    const head = this.open.head(t);
    return { no, k, chain, head, sig: this.logKey.sign(tailMessage(sha256, chain, head)) };
  }

  #begin(t0: number): OpenBlock {
    const no = this.blocks.length;
    return new OpenBlock(sha256, { gw: GW, origin: ORIGIN }, () => new Uint8Array(32).fill(++this.#k), {
      no,
      t0,
      flags: this.#flags,
      clock: this.clock,
      root: this.rootAt(no),
      streams: this.#streams,
    });
  }
}

/**
 * Four hours of ten-minute blocks: slot 1 a probe read each minute at 4.00 to 4.09 °C, slot 2 another,
 * an event at the start of each block.
 */
export function fourHours(shape: (log: SmallLog, t: number) => void = () => undefined): SmallLog {
  const log = new SmallLog([{}, {}]);
  for (let no = 0; no < 24; no++) {
    const t0 = T + no * 10 * MINUTE;
    log.record(0, t0, 13, [9, null, null, null]);
    for (let m = 0; m < 10; m++) {
      const t = t0 + m * MINUTE;
      log.reading(1, t, 400 + m);
      log.reading(2, t + 500, 300 + m);
      shape(log, t);
    }
    log.seal(t0 + 10 * MINUTE);
  }
  return log;
}
