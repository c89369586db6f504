import { describe, expect, it } from 'vitest';
import { readGoodsFile } from './goods-file.ts';

const EPC = '3074257bf7194e4000001a85';
const read = (...lines: string[]) => readGoodsFile(new TextEncoder().encode(lines.join('\r\n')));

describe('a CSV file of things', () => {
  it('becomes one act for each lot and zone, columns in any order, values in quotes', () => {
    const file = read(
      '\uFEFFLot,epc,zone',
      `cu-7,${EPC},hall-a`,
      `"cu, ""8""",000A,hall-a`,
      'cu-7,000b,hall-a',
      '',
    );
    expect(file).toEqual({
      ok: true,
      things: 3,
      acts: [
        { verb: 'place', lot: 'cu-7', zone: 'hall-a', epcs: [EPC, '000b'] },
        { verb: 'place', lot: 'cu, "8"', zone: 'hall-a', epcs: ['000a'] },
      ],
    });
  });

  it('is refused whole with every line that is wrong', () => {
    const file = read(
      'epc,lot,zone',
      `${EPC},cu-7,hall-a`,
      'xyz,cu-7,hall-a',
      `000a,,hall-a`,
      '000b,cu',
      `${EPC},cu-7,hall-a`,
      '000c,cu-7,',
    );
    expect(file.ok ? [] : file.faults.map(({ line, why }) => `${line} ${why.en}`)).toEqual([
      '3 "xyz" is no EPC: whole words of hexadecimal digits, 4 to 124 of them',
      '4 the lot is missing',
      '5 has 2 values, the first line 3',
      `6 ${EPC} stands in line 2 too`,
      '7 the zone is missing',
    ]);
  });

  it.each([
    ['without a column', ['epc,lot', `${EPC},cu-7`], '1 has no column zone; it must name epc,lot,zone'],
    ['without things', ['epc,lot,zone', ''], '2 there are no things in it'],
  ])('%s is refused', (_what, lines, why) => {
    const file = read(...lines);
    expect(file.ok ? [] : file.faults.map((f) => `${f.line} ${f.why.en}`)).toEqual([why]);
  });
});
