import { describe, expect, it } from 'vitest';
import { elementOf, ELEMENT_NAMES, ELEMENTS, valueOf } from './avl.ts';
import type { AvlRecord } from './codec.ts';

const EMPTY = {
  at: 0,
  priority: 0,
  longitude: 0,
  latitude: 0,
  altitude: 0,
  angle: 0,
  satellites: 0,
  speed: 0,
  event: 0,
};

/** A record with one IO element. */
function having(id: number, value: string): AvlRecord {
  return { ...EMPTY, io: new Map([[id, Buffer.from(value, 'hex')]]) };
}

describe('channels', () => {
  it.each([
    ['ble-temperature-1', 25, 'FB5D', -1187],
    ['ble-temperature-2', 26, '0BB8', null],
    ['eye-temperature-1', 10_800, '0BB8', 3000],
    ['wired-temperature-1', 72, 'FFFFFF38', -200],
    ['wired-temperature-1', 72, '00000352', null],
    ['wired-temperature-2', 73, '00000BB8', null],
    ['battery', 67, '0FB7', 4023],
    ['door', 662, '01', 1],
    ['door', 662, '02', null],
    ['supply', 66, '00', 0],
    ['supply', 66, '0000000000000000', null],
  ] as const)('%s (%i) %s is %s', (name, id, value, v) => {
    expect(valueOf(having(id, value), name)).toBe(v);
  });

  it('what the simulator sends is what is read', () => {
    for (const name of ELEMENT_NAMES) {
      const [least, most] = ELEMENTS[name].range;
      for (const v of [least, least + 1, most, null]) {
        const [id, value] = elementOf(name, v);
        const found = valueOf(having(id, Buffer.from(value).toString('hex')), name);
        expect([name, found]).toEqual([
          name,
          v === null && (name === 'supply' || name === 'battery') ? 0 : v,
        ]);
      }
    }
  });
});
