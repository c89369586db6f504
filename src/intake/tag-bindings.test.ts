import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENTS_SLOT, RecordType, type LogRecord } from '../domain/record.ts';
import { decode, encode } from '../evidence/cbor.ts';
import { BIND_TAG, isSwapped, TagBindings } from './tag-bindings.ts';

const AT = Date.UTC(2026, 1, 3, 8);
const DAY = 86_400_000;
const [ANNA, BO] = [2, 3];

function bytesOf(hex: string | null): Uint8Array | null {
  return hex === null ? null : Uint8Array.from(Buffer.from(hex, 'hex'));
}

function seen(epc: string, tid: string | null, t = AT): LogRecord {
  const body = [bytesOf(epc), bytesOf(tid), 1, t, t, 1, -5000, 0] as const;
  return { slot: 7, seq: 0, t, type: RecordType.observation, body };
}

function said(actor: number, epc: string, tid: string, t = AT, result: 0 | 1 = 0): LogRecord {
  const body = [actor, 'supervisor', BIND_TAG, epc, null, tid, 'label was replaced', result] as const;
  return { slot: EVENTS_SLOT, seq: 0, t, type: RecordType.act, body };
}

function numbered(n: number): string {
  return n.toString(16).padStart(24, '0');
}

function after(...records: readonly LogRecord[]): TagBindings {
  const bindings = TagBindings.decode([], 4);
  for (const record of records) bindings.take(record);
  return bindings;
}

describe('a tag', () => {
  it('is bound to the chip it was first read with, which may be later than it was first seen', () => {
    const bindings = after(
      seen('3034', null),
      seen('3034', 'e201'),
      seen('3034', 'e202'),
      seen('3035', null),
    );
    expect(['3034', '3035', '3036'].map((epc) => bindings.boundTo(epc))).toEqual(['e201', null, null]);
    expect(bindings.share).toEqual({ known: 2, bound: 1, most: 4 });
  });

  it('whose chip is not read, or that is bound to none, is not swapped', () => {
    expect([isSwapped('e201', 'e201'), isSwapped('e201', 'e202')]).toEqual([false, true]);
    expect([isSwapped('e201', null), isSwapped(null, 'e202')]).toEqual([false, false]);
  });

  it('is bound anew when two persons say the same within a day', () => {
    const first = seen('3034', 'e201');
    const bindings = after(first, said(ANNA, '3034', 'e202'));
    expect(bindings.boundTo('3034')).toBe('e201');
    expect(bindings.asked(AT + DAY - 1)).toEqual([{ epc: '3034', tid: 'e202', actor: ANNA, t: AT }]);
    expect(bindings.asked(AT + DAY)).toEqual([]);
    bindings.take(said(BO, '3034', 'e202', AT + DAY - 1));
    expect([bindings.boundTo('3034'), bindings.asked(AT + DAY - 1)]).toEqual(['e202', []]);
  });

  it.each([
    ['the same person twice', [said(ANNA, '3034', 'e202'), said(ANNA, '3034', 'e202', AT + 1)]],
    ['two persons with two chips', [said(ANNA, '3034', 'e202'), said(BO, '3034', 'e203')]],
    ['a second person a day later', [said(ANNA, '3034', 'e202'), said(BO, '3034', 'e202', AT + DAY)]],
    ['a second person who was refused', [said(ANNA, '3034', 'e202'), said(BO, '3034', 'e202', AT, 1)]],
  ])('is not bound anew by %s', (_, acts) => {
    expect(after(seen('3034', 'e201'), ...acts).boundTo('3034')).toBe('e201');
  });

  it('that nobody read yet is bound by two persons, too', () => {
    const bindings = after(said(ANNA, '3034', 'e202'), said(BO, '3034', 'e202'));
    expect([bindings.boundTo('3034'), bindings.share.known]).toEqual(['e202', 1]);
  });

  it('objects to words that would change nothing', () => {
    const bindings = after(seen('3034', 'e201'), said(ANNA, '3034', 'e202'));
    expect(bindings.objectionTo('3034', 'e201', BO, AT)).toBe('tag 3034 is bound to TID e201 already');
    expect(bindings.objectionTo('3034', 'e202', ANNA, AT)).toBe(
      'you said so at 2026-02-03T08:00:00.000Z; a second person has to say the same within a day',
    );
    expect(bindings.objectionTo('3034', 'e202', ANNA, AT + DAY)).toBeNull();
    expect(bindings.objectionTo('3034', 'e202', BO, AT)).toBeNull();
    expect(bindings.objectionTo('3034', 'e203', ANNA, AT)).toBeNull();
  });
});

describe('a full table', () => {
  const four = ['01', '02', '03', '04'].map((epc, i) => seen(epc, i === 3 ? null : `e20${i}`));

  it('keeps what it has before newcomers, and makes room once a day for what is long gone', () => {
    const bindings = after(...four, seen('05', 'e205'));
    expect([bindings.boundTo('05'), bindings.share.known]).toEqual([null, 4]);
    // The next day the tag without a chip makes room; the others stand for thirty days.
    bindings.take(seen('05', 'e205', AT + DAY));
    bindings.take(seen('06', 'e206', AT + DAY));
    expect(['01', '05', '06'].map((epc) => bindings.boundTo(epc))).toEqual(['e200', 'e205', null]);
    bindings.take(seen('01', null, AT + 20 * DAY));
    bindings.take(seen('06', 'e206', AT + 31 * DAY));
    expect(['01', '02', '05', '06'].map((epc) => bindings.boundTo(epc))).toEqual([
      'e200',
      null,
      'e205',
      'e206',
    ]);
  });
});

describe('what is known', () => {
  const record = fc.oneof(
    fc
      .tuple(fc.nat(7), fc.option(fc.nat(3)), fc.nat(70))
      .map(([epc, tid, day]) => seen(`0${epc}`, tid === null ? null : `e20${tid}`, AT + day * DAY)),
    fc
      .tuple(fc.constantFrom(ANNA, BO), fc.nat(7), fc.nat(1), fc.nat(3))
      .map(([actor, epc, tid, day]) => said(actor, `0${epc}`, `e20${tid}`, AT + (day * DAY) / 2)),
  );

  it('follows from the records alone: what was discarded leaves nothing, and a snapshot goes on the same', () => {
    const step = fc.tuple(
      fc.array(record, { maxLength: 5 }),
      fc.constantFrom('commit', 'discard', 'restart'),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let bindings = TagBindings.decode([], 4);
        const kept: LogRecord[] = [];
        for (const [records, end] of steps) {
          for (const one of records) bindings.take(one);
          if (end === 'discard') bindings.discard();
          else {
            kept.push(...records);
            bindings.commit();
          }
          if (end === 'restart') bindings = TagBindings.decode(decode(encode(bindings.encode())), 4);
          expect(encode(bindings.encode())).toEqual(encode(after(...kept).encode()));
        }
        expect(bindings.share).toEqual(after(...kept).share);
      }),
      { numRuns: 300 },
    );
  });

  it('is bounded: a hundred thousand tags are some 3 MB', () => {
    const bindings = TagBindings.decode([]);
    for (let n = 0; n < 100_100; n++) bindings.take(seen(numbered(n), numbered(n)));
    expect(bindings.share).toEqual({ known: 100_000, bound: 100_000, most: 100_000 });
    const bytes = encode(bindings.encode());
    expect(bytes.length).toBeLessThan(3_000_000);
    expect(TagBindings.decode(decode(bytes)).boundTo(numbered(99_999))).toBe(numbered(99_999));
  });

  it.each([
    ['no list', 7],
    ['a table alone', [[[], new Uint8Array()]]],
    ['days of another number', [[[], new Uint8Array(2)], [], 0]],
    ['a question of nobody', [[[], new Uint8Array()], [['01', 'e2', null, 0]], 0]],
    ['a question without tag', [[[], new Uint8Array()], [7], 0]],
  ])('is not read from %s', (_, value) => {
    expect(() => TagBindings.decode(value)).toThrow(TypeError);
  });
});
