import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordType } from '../../domain/record.ts';
import { CborError, encode } from '../../evidence/cbor.ts';
import { recordsOf } from './record-walk.ts';

type Leaf = readonly [t: number, type: number, body: readonly number[]];

function store(slots: readonly (readonly Leaf[])[], seq0 = 0) {
  return {
    segmentHeads: () => slots.map(() => new Uint8Array()),
    segment: (_no: number, slot: number) => {
      const leaves = slots[slot];
      return leaves === undefined ? null : { seq0, leaves: encode(leaves) };
    },
  };
}

describe('the records of a block', () => {
  it('come in the order of (t, slot, seq) whatever the slots hold', () => {
    const leaves = fc
      .array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 })
      .map((times) => times.sort((a, b) => a - b).map((t, i): Leaf => [t, RecordType.reading, [i, 0]]));
    fc.assert(
      fc.property(fc.array(leaves, { maxLength: 7 }), fc.nat(1000), (slots, seq0) => {
        const wanted = slots
          .flatMap((own, slot) => own.map(([t], i) => ({ t, slot, seq: seq0 + i })))
          .sort((a, b) => a.t - b.t || a.slot - b.slot || a.seq - b.seq);
        const found = recordsOf(store(slots, seq0), 0).map(({ t, slot, seq }) => ({ t, slot, seq }));
        expect(found.toArray()).toEqual(wanted);
      }),
    );
  });

  it('are read one by one from arrays of every length of head', () => {
    for (const n of [0, 23, 24, 255, 256, 65_535]) {
      const leaves = Array.from({ length: n }, (_, i): Leaf => [i, RecordType.reading, [i, 0]]);
      const last = recordsOf(store([leaves]), 0).reduce((count) => count + 1, 0);
      expect(last).toBe(n);
    }
  });

  it('that are none are refused', () => {
    expect(() => recordsOf(store([[[1, 99, [1, 0]]]]), 0).toArray()).toThrow(CborError);
    const broken = { ...store([[]]), segment: () => ({ seq0: 0, leaves: encode([[1, 1]]) }) };
    expect(() => recordsOf(broken, 0).toArray()).toThrow('leaf 0 of slot 0 is no [t, type, body]');
    const number = { ...broken, segment: () => ({ seq0: 0, leaves: encode(7) }) };
    expect(() => recordsOf(number, 0).toArray()).toThrow('the leaves of a segment are no array');
  });
});
