import { describe, expect, it } from 'vitest';
import type { Metric, WireValue } from './codec.ts';
import { DataType, isSaid, wireOf } from './metric-value.ts';

function saying(value: WireValue | null, datatype: number): { metric: Metric; datatype: number } {
  const none = { name: 'x', alias: null, timestamp: null, datatype, isHistorical: false, isTransient: false };
  return { metric: { ...none, isNull: value === null, quality: null, value }, datatype };
}

describe('what an order writes', () => {
  it.each([
    [true, DataType.boolean, { is: 'boolean', v: true }],
    [-2, DataType.int16, { is: 'int', v: 0xffff_fffen }],
    [-2, DataType.int64, { is: 'long', v: 0xffff_ffff_ffff_fffen }],
    [250, DataType.uint8, { is: 'int', v: 250n }],
    [4.3, DataType.float, { is: 'float', v: Math.fround(4.3) }],
    [4.3, DataType.double, { is: 'double', v: 4.3 }],
    ['AUTO', DataType.string, { is: 'string', v: 'AUTO' }],
  ] as const)('%s is of type %s, and is said to be so', (value, datatype, wire) => {
    expect(wireOf(value, datatype)).toEqual(wire);
    expect(isSaid(value, saying(wire, datatype))).toBe(true);
  });

  it.each([
    [true, DataType.int8],
    [1, DataType.boolean],
    [1, DataType.string],
    ['on', DataType.boolean],
    [256, DataType.uint8],
    [-1, DataType.uint32],
    [128, DataType.int8],
    [0.5, DataType.int32],
  ])('%s is no value of type %s', (value, datatype) => {
    expect(wireOf(value, datatype)).toBeNull();
  });

  it('is not so while the node says another value, or none', () => {
    expect(isSaid(true, saying({ is: 'boolean', v: false }, DataType.boolean))).toBe(false);
    expect(isSaid(true, saying(null, DataType.boolean))).toBe(false);
    expect(isSaid(4.3, saying({ is: 'double', v: 4.4 }, DataType.double))).toBe(false);
  });
});
