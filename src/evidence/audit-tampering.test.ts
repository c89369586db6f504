import { describe, expect, it } from 'vitest';
import type { Value } from '../domain/record.ts';
import type { AuditKeys } from './audit-archive.ts';
import { use } from '../../test/evidence/bundles.ts';
import { MINUTE, ORIGIN, SmallLog, T } from '../../test/evidence/small-log.ts';
import { audit } from './audit.ts';
import { decode, encode } from './cbor.ts';

/** Three blocks and a tail, so that every place in a data directory can be tried. */
function smallLog(): SmallLog {
  const log = new SmallLog([{}, {}]);
  for (let no = 0; no < 3; no++) {
    const t0 = T + no * MINUTE;
    log.record(0, t0, 13, [9, null, null, null]);
    for (const slot of [1, 2]) {
      log.reading(slot, t0 + 1, 400 + 10 * no + slot);
      log.reading(slot, t0 + 30_000, 405 + 10 * no + slot);
    }
    log.seal(t0 + MINUTE, { after: 1 });
  }
  const t = T + 3 * MINUTE;
  log.record(0, t, 13, [9, null, null, null]);
  log.reading(1, t + 1000, 404);
  log.reading(1, t + 2000, 405);
  return log;
}

const log = smallLog();
const keys: AuditKeys = {
  origin: ORIGIN,
  log: [{ key: log.logNoteKey, from: 0, to: null }],
  others: log.witnesses.map((w) => w.key),
};
const isFound = (): boolean => audit(log, keys, use).found > 0;

/** Every byte string that is signed or hashed, by where it stands. */
function hashedBytes(): readonly (readonly [string, Uint8Array])[] {
  return [
    ...log.blocks.flatMap((block, no) => [
      [`block ${no}`, block.block] as const,
      ...block.segments.flatMap((s) => [
        [`segment ${no} ${s.slot}`, s.segment] as const,
        [`leaves ${no} ${s.slot}`, s.leaves] as const,
        ...(s.key === null ? [] : [[`key ${no} ${s.slot}`, s.key] as const]),
      ]),
    ]),
    ...Array.from(log.nodes, ([at, node]) => [`node ${at}`, node.hash] as const),
    ...log.descriptors.map(({ slot, descriptor }) => [`descriptor ${slot}`, descriptor] as const),
    ...log.tail.map((leaf) => [`tail ${leaf.slot} ${leaf.seq}`, leaf.body] as const),
    ...log.keys.map(({ slot, key }) => [`tail key ${slot}`, key] as const),
    ...(log.row === null
      ? []
      : ([
          ['row chain', log.row.chain],
          ['row head', log.row.head],
          ['row sig', log.row.sig],
        ] as const)),
  ];
}

/** Makes a change, asks whether it was found, and takes it back. */
function whileIn<T>(list: T[], change: (items: readonly T[]) => readonly T[]): boolean {
  const before = [...list];
  list.splice(0, list.length, ...change(before));
  const found = isFound();
  list.splice(0, list.length, ...before);
  return found;
}

function replaced<T>(list: T[], i: number, change: (item: T) => T): boolean {
  return whileIn(list, (items) => items.map((item, n) => (n === i ? change(item) : item)));
}

/** Each item taken out, there twice, exchanged with the next. */
function edits<T>(items: readonly T[], i: number): readonly (readonly T[])[] {
  const item = items[i] as T;
  const taken = [items.toSpliced(i, 1), items.toSpliced(i, 0, item)];
  return i + 1 < items.length ? [...taken, items.toSpliced(i, 2, items[i + 1] as T, item)] : taken;
}

describe('a data directory that was tampered with', () => {
  it('began whole', () => {
    expect(audit(log, keys, use)).toMatchObject({ found: 0, blocks: 3, leaves: 15, tail: 3 });
  });

  it('shows every flipped bit of what is signed or hashed', () => {
    const missed: string[] = [];
    for (const [where, bytes] of hashedBytes())
      for (let at = 0; at < bytes.length; at++) {
        const mask = 1 << ((at * 5) % 8);
        bytes[at] = (bytes[at] ?? 0) ^ mask;
        if (!isFound()) missed.push(`${where}, byte ${at}`);
        bytes[at] = (bytes[at] ?? 0) ^ mask;
      }
    expect(missed).toEqual([]);
    expect(isFound()).toBe(false);
  });

  it('shows every changed character of a note, but for lines of keys that nobody named', () => {
    const missed: string[] = [];
    for (const [size, note] of log.notes)
      for (let at = 0; at < note.length; at += 3) {
        const other = note[at] === 'A' ? 'B' : 'A';
        log.notes.set(size, note.slice(0, at) + other + note.slice(at + 1));
        // In a witness' name or key id it is nobody's line then.
        const start = note.lastIndexOf('\n', at - 1) + 1;
        const isName =
          note.startsWith('— witness', start) && at - start < '— witness.example/0 AAAAAA'.length;
        if (!isFound() && !isName) missed.push(`note ${size}, character ${at}`);
        log.notes.set(size, note);
      }
    expect(missed).toEqual([]);
  });

  it('shows each block, segment and leaf that is missing, there twice or in another’s place', () => {
    for (let no = 0; no < 3; no++) {
      for (const blocks of edits(log.blocks, no))
        expect([no, whileIn(log.blocks, () => blocks)]).toEqual([no, true]);
      const block = log.blocks[no];
      if (block === undefined) throw new Error('no block');
      for (let slot = 0; slot < 3; slot++) {
        for (const segments of edits(block.segments, slot))
          expect([no, slot, whileIn(block.segments, () => segments)]).toEqual([no, slot, true]);
        const leaves = decode(block.segments[slot]?.leaves ?? new Uint8Array());
        if (!Array.isArray(leaves)) throw new Error('no leaves');
        const list: readonly Value[] = leaves;
        for (let n = 0; n < list.length; n++)
          for (const edited of edits(list, n)) {
            const found = replaced(block.segments, slot, (s) => ({ ...s, leaves: encode(edited) }));
            expect([no, slot, n, found]).toEqual([no, slot, n, true]);
          }
        const moved = replaced(block.segments, slot, (s) => {
          return { ...s, ...log.blocks[(no + 1) % 3]?.segments[slot] };
        });
        expect([no, slot, moved]).toEqual([no, slot, true]);
      }
    }
  });

  it('shows each number of a segment’s row and of the tail that is another', () => {
    for (const block of log.blocks)
      for (const [slot, { seq0, n, coveredUntil }] of block.segments.entries()) {
        expect(replaced(block.segments, slot, (s) => ({ ...s, seq0: seq0 + 1 }))).toBe(true);
        expect(replaced(block.segments, slot, (s) => ({ ...s, n: n + 1 }))).toBe(true);
        expect(replaced(block.segments, slot, (s) => ({ ...s, coveredUntil: (coveredUntil ?? 0) + 1 }))).toBe(
          true,
        );
      }
    for (const i of log.tail.keys()) {
      for (const edited of edits(log.tail, i))
        expect([i, whileIn(log.tail, () => edited)]).toEqual([i, true]);
      for (const name of ['slot', 'seq', 't', 'type', 'k'] as const)
        expect([i, name, replaced(log.tail, i, (l) => ({ ...l, [name]: l[name] + 1 }))]).toEqual([
          i,
          name,
          true,
        ]);
    }
    for (const i of log.keys.keys()) expect(whileIn(log.keys, (all) => all.toSpliced(i, 1))).toBe(true);
    const { row } = log;
    if (row === null) throw new Error('no row');
    for (const other of [null, { ...row, no: row.no + 1 }, { ...row, k: row.k - 1 }]) {
      log.row = other;
      expect(isFound()).toBe(true);
    }
    log.row = row;
    expect(isFound()).toBe(false);
  });

  it('shows each descriptor and node that is missing', () => {
    for (const i of log.descriptors.keys())
      expect([i, whileIn(log.descriptors, (all) => all.toSpliced(i, 1))]).toEqual([i, true]);
    for (const [at, node] of log.nodes.entries().toArray()) {
      log.nodes.delete(at);
      expect([at, isFound()]).toEqual([at, true]);
      log.nodes.set(at, node);
    }
  });
});
