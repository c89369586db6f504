import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../domain/record.ts';
import type { Block } from './block.ts';
import type { Segment } from './segment.ts';
import { HOUR, ask, bundleOf, filesOf, range, use, withItems } from '../../test/evidence/bundles.ts';
import { MINUTE, T, fourHours } from '../../test/evidence/small-log.ts';
import { failureOf, lying, story } from '../../test/evidence/stories.ts';
import { decodeSequence, encode } from './cbor.ts';
import { toHex } from './encodings.ts';
import { leafHash } from './merkle.ts';
import { GapReason } from './segment.ts';
import { verify } from './verify.ts';

const listOf = (value: Value | undefined): readonly Value[] => (Array.isArray(value) ? value : []);

describe('22: a device key that anyone can sign for', () => {
  it('makes no descriptor', () => {
    const identity = Uint8Array.of(1, ...Array<number>(31).fill(0));
    const log = story({ streams: [{ src: 3, pub: identity }], minute: () => undefined });
    expect(failureOf(log)).toBe('DESCRIPTOR');
  });
});

describe('23: a reading moved across blocks', () => {
  it('is out of time, or with another time out of root', () => {
    const log = fourHours();
    const bundle = bundleOf(log, range());
    const moved = (t: number | null) =>
      withItems(bundle, 'streams/1/full.cbor', (blocks) =>
        blocks.map((block, i) => {
          const [key, entries] = listOf(block);
          const [, next] = listOf(blocks[i + 1]);
          const [first] = listOf(next);
          if (i !== 2 || key === undefined || first === undefined) return block;
          const [at = 0, ...rest] = listOf(first);
          return [key, [...listOf(entries).slice(0, -1), [t ?? at, ...rest]]];
        }),
      );
    const code = (t: number | null) => verify(moved(t), log.policy(), null, use).failure?.code;
    const [, , block] = decodeSequence(filesOf(bundle).get('streams/1/full.cbor') ?? new Uint8Array());
    const last = listOf(listOf(listOf(block)[1]).at(-1))[0];
    expect([code(null), code(typeof last === 'number' ? last : 0)]).toEqual(['LEAF_TIME', 'LEAF_ROOT']);
  });
});

describe('25: values that are hidden', () => {
  it('are not guessed from the hashes beside one that is shown', () => {
    const log = fourHours();
    const shown = T + 65 * MINUTE;
    const pick = { kind: 'times', times: [{ from: shown, to: shown + 1 }] } as const;
    const bundle = bundleOf(log, range(), { mode: 'partial', pick });
    const items = decodeSequence(filesOf(bundle).get('streams/1/some.cbor') ?? new Uint8Array());
    const [[, index, leaf, path] = []] = items.map((item) => listOf(item));
    expect([items.length, index]).toEqual([1, 5]);
    const [salt = null, seq] = listOf(leaf);
    if (typeof seq !== 'number') throw new Error('no leaf');
    const beside = new Set(listOf(path).map((hash) => (hash instanceof Uint8Array ? toHex(hash) : '')));
    // Its neighbour was read a minute before; ten bits, with every salt that a stranger knows.
    const guess = (s: Value, v: number): string =>
      toHex(leafHash(use.sha256, encode([s, seq - 1, shown - MINUTE, 1, [v, 0]])));
    for (let v = 0; v < 4096; v++)
      for (const s of [salt, new Uint8Array(16)]) expect([v, beside.has(guess(s, v))]).toEqual([v, false]);
    const key = log.segment(6, 1)?.key ?? new Uint8Array();
    const own = new Uint8Array(40);
    own.set(key);
    new DataView(own.buffer).setUint32(36, seq - 1);
    expect(beside.has(guess(use.sha256(own).slice(0, 16), 404))).toBe(true);
  });
});

describe('26: a gateway that signs whatever it likes', () => {
  const int = fc.oneof(fc.nat(30), fc.maxSafeNat(), fc.integer({ min: T, max: T + 4 * HOUR }));
  const gap = fc.record({
    from: int,
    to: int,
    reason: fc.constantFrom(...Object.values(GapReason)),
  });
  const segment: fc.Arbitrary<Partial<Segment>> = fc.record(
    {
      desc: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      seq0: int,
      n: fc.nat(70_000),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      min: fc.option(int),
      max: fc.option(int),
      nbad: fc.nat(20),
      gaps: fc.array(gap, { maxLength: 3 }),
    },
    { requiredKeys: [] },
  );
  const block: fc.Arbitrary<Partial<Block>> = fc.record(
    {
      gw: fc.uint8Array({ minLength: 8, maxLength: 8 }),
      no: int,
      t0: int,
      t1: int,
      slots: fc.integer({ min: 1, max: 1024 }),
      sroot: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      ctr: fc.option(int),
      flags: fc.nat(15),
    },
    { requiredKeys: [] },
  );
  const honest = ask(story(), range());

  it('is told a code, or what its log proves: never a yes for what was never there', () => {
    fc.assert(
      fc.property(segment, block, (s, b) => {
        let verdict: ReturnType<typeof ask>;
        try {
          const log = lying({ segment: (slot) => (slot === 1 ? s : {}), block: () => b });
          verdict = ask(log, range());
        } catch (error) {
          // The maker of the bundle refuses to read what it finds.
          expect(String(error)).toMatch(/StorageError|CborError|RangeError/);
          return;
        }
        if (verdict.evidence === 'invalid') expect(verdict.answer).toBe('undecided');
        else expect({ ...verdict, bundle: '', root: '' }).toEqual({ ...honest, bundle: '', root: '' });
      }),
      { numRuns: 60 },
    );
  });
});
