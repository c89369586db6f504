import { describe, expect, it } from 'vitest';
import type { GoodsDocument } from '../domain/goods/documents.ts';
import { readDocument, writeDocument } from './document-reader.ts';

const ORDER = '5a'.repeat(32);
const EPC = '3074257bf7194e4000001a85';

const GOOD: readonly GoodsDocument[] = [
  {
    kind: 'order',
    order: ORDER,
    direction: 'out',
    receipt: null,
    lot: 'CU-2026-07',
    epcs: [EPC],
    amount: { value: 40, exp: 0, unit: '1' },
    portal: 'dock-2',
    zone: 'hall-a',
    from: 1_767_225_600_000,
    until: 1_767_229_200_000,
    vehicle: '沪A12345',
  },
  { kind: 'aggregation', parent: EPC, children: ['3074257bf7194e4000001a86'], on: true, zone: 'hall-a' },
  {
    kind: 'quantity',
    lot: 'silk 7',
    zone: 'hall-a',
    amount: { value: 25_110, exp: -1, unit: 'kg' },
    by: 'weighbridge',
    gross: 40_000,
    tare: 14_890,
    declared: null,
    ticket: 'W-118',
  },
];

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const faults = (value: unknown): string[] => {
  const read = readDocument(bytes(value));
  return read.ok
    ? []
    : read.problems.map((p) => `${p.path.join('.')} ${p.message} (${p.found ?? 'nothing'})`);
};

describe('documents of goods', () => {
  it.each(GOOD)('are read as they were written: $kind', (document) => {
    expect(readDocument(writeDocument(document))).toEqual({ ok: true, value: document });
  });

  it('name each field that is missing, and what it must be', () => {
    const { ticket: _ticket, zone: _zone, ...rest } = GOOD[2] as unknown as Record<string, unknown>;
    expect(faults(rest)).toEqual([
      'zone is missing; it must be the id of a zone (nothing)',
      'ticket is missing; it must be a text of 1 to 128 signs (nothing)',
    ]);
  });

  it('name what is wrong in a list by its place, with the value found', () => {
    expect(faults({ ...GOOD[1], children: [EPC.slice(0, 7), EPC.toUpperCase()] })).toEqual([
      expect.stringMatching(/^children\.0 must be an EPC in small hexadecimal digits.*\(3074257\)$/),
      expect.stringMatching(/^children\.1 must be an EPC .*\(3074257BF7194E4000001A85\)$/),
    ]);
  });

  it.each([
    ['a field that is none', { ...GOOD[1], parnet: 1 }, 'parnet is not a field here; did you mean "parent"?'],
    ['a kind that is none', { kind: 'oder' }, 'kind must be order or receipt or count'],
    ['no object', [1], 'kind is missing'],
    ['an end before the begin', { ...GOOD[0], until: 5 }, 'until must be later than from (5)'],
    ['a parent in itself', { ...GOOD[1], children: [EPC] }, 'children must not hold the parent itself'],
    [
      'a child twice',
      { ...GOOD[1], children: ['0001', '0001'] },
      'children.1 stands in the list twice (0001)',
    ],
    ['more tare than gross', { ...GOOD[2], gross: 1, tare: 2 }, 'gross must not be less than the tare 2 (1)'],
    ['a fraction', { ...GOOD[2], gross: 1.5 }, 'gross must be a whole number'],
  ])('are refused with the reason: %s', (_what, value, message) => {
    expect(faults(value)[0]).toContain(message);
  });

  it('are no JSON that could be read in two ways', () => {
    const twice = new TextEncoder().encode('{"kind":"order","kind":"receipt"}');
    expect(readDocument(twice)).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining('duplicate key') as string }],
    });
  });
});
