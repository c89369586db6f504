import { describe, expect, it } from 'vitest';
import { Quality } from '../../domain/reading.ts';
import { JsonNumber } from '../../domain/strict-json.ts';
import type { Metric, WireValue } from './codec.ts';
import { saidBy } from './metric-value.ts';
import type { MetricField } from './plan.ts';
import { readMetric } from './readings.ts';

const plain: Metric = {
  name: 'T',
  alias: null,
  timestamp: null,
  datatype: null,
  isHistorical: false,
  isTransient: false,
  isNull: false,
  quality: null,
  value: null,
};

function said(datatype: number, value: WireValue): unknown {
  const read = saidBy({ ...plain, value }, datatype);
  if (!read.ok) return `! ${read.why}`;
  return read.value instanceof JsonNumber ? read.value.text : read.value;
}

describe('a metric of a data type', () => {
  it.each<[string, number, WireValue, unknown]>([
    ['Int8 in its own width', 1, { is: 'int', v: 0xffn }, '-1'],
    ['Int8 in the width of the field', 1, { is: 'int', v: 0xffff_fffen }, '-2'],
    ['Int16', 2, { is: 'int', v: 0xfff6n }, '-10'],
    ['Int32', 3, { is: 'int', v: 0xffff_fff6n }, '-10'],
    ['Int64', 4, { is: 'long', v: 2n ** 64n - 5n }, '-5'],
    ['Int64, large', 4, { is: 'long', v: 2n ** 63n - 1n }, '9223372036854775807'],
    ['UInt8', 5, { is: 'int', v: 255n }, '255'],
    ['UInt32 in a long', 7, { is: 'long', v: 4_294_967_295n }, '4294967295'],
    ['UInt64', 8, { is: 'long', v: 2n ** 64n - 1n }, '18446744073709551615'],
    ['Float', 9, { is: 'float', v: Math.fround(4.3) }, '4.3'],
    ['Float, exact', 9, { is: 'float', v: -18.25 }, '-18.25'],
    ['Float, all of its digits', 9, { is: 'float', v: Math.fround(16_777_217.5) }, '16777218'],
    ['Double', 10, { is: 'double', v: 4.3 }, '4.3'],
    ['Boolean', 11, { is: 'boolean', v: true }, true],
    ['String', 12, { is: 'string', v: 'ON' }, 'ON'],
    ['DateTime', 13, { is: 'long', v: 1_700_000_000_000n }, '1700000000000'],
    ['Text', 14, { is: 'string', v: 'ON' }, 'ON'],
    ['Int8 out of range', 1, { is: 'int', v: 0x1ffn }, '! is int 511, no value of type 1'],
    ['UInt8 out of range', 5, { is: 'int', v: 256n }, '! is int 256, no value of type 5'],
    ['Double that is a float', 10, { is: 'float', v: 1 }, '! is float 1, no value of type 10'],
    ['Double that is none', 10, { is: 'double', v: Number.NaN }, '! is double NaN, no value of type 10'],
    ['Boolean that is a number', 11, { is: 'int', v: 1n }, '! is int 1, no value of type 11'],
    ['String that is a boolean', 12, { is: 'boolean', v: true }, '! is boolean true, no value of type 12'],
    ['DataSet', 16, { is: 'dataset', v: new Uint8Array(7) }, '! is 7 bytes (dataset), no value of type 16'],
    ['a type of tomorrow', 99, { is: 'int', v: 1n }, '! is int 1, no value of type 99'],
  ])('%s', (_, datatype, value, read) => {
    expect(said(datatype, value)).toBe(read);
  });

  it('that is null has no value; one without a value is refused', () => {
    expect(saidBy({ ...plain, isNull: true }, 9)).toEqual({ ok: true, value: null });
    expect(saidBy(plain, 9)).toMatchObject({ ok: false });
  });
});

describe('a reading', () => {
  const T = Date.UTC(2026, 10, 24, 12);
  const field: MetricField = {
    metric: 'T',
    stream: 'd/temperature',
    rule: { exp: -2, words: null, numberAsText: false, round: true, scale: null, offset: null },
    least: -6000,
    most: 8500,
    maxGapMs: 90_000,
  };
  const read = (metric: Partial<Metric>, isBirth = false): unknown => {
    const own = { ...plain, timestamp: BigInt(T), value: { is: 'double', v: 4.31 } as const, ...metric };
    const found = readMetric(
      { name: 'T', datatype: 10, metric: own },
      field,
      { timestamp: BigInt(T - 7), isBirth },
      T,
    );
    if (!found.ok) return `${found.code} ${found.why}`;
    const { v, q, sourceAt } = found.reading;
    return sourceAt === undefined ? [v, q] : [v, q, sourceAt - T];
  };
  const HOUR = 3_600_000n;

  it.each<[string, Partial<Metric>, unknown]>([
    ['has the time of its metric', {}, [431, 0, 0]],
    ['else of its message', { timestamp: null }, [431, 0, -7]],
    [
      'is late when it says so',
      { isHistorical: true, timestamp: BigInt(T) - 1000n },
      [431, Quality.backfilled, -1000],
    ],
    ['is late when it is old', { timestamp: BigInt(T) - HOUR }, [431, Quality.backfilled, -Number(HOUR)]],
    [
      'of a clock that is ahead is marked',
      { timestamp: BigInt(T) + 10_000n },
      [431, Quality.deviceTimeUncertain, 10_000],
    ],
    ['has no value when it is null', { isNull: true, value: null }, [null, 0, 0]],
    ['has none when its quality is bad', { quality: 0 }, [null, Quality.deviceAlarm, 0]],
    ['is good with quality 192', { quality: 192 }, [431, 0, 0]],
    ['is stale with quality 500', { quality: 500 }, [431, Quality.stale, 0]],
    [
      'outside of what is plausible is marked',
      { value: { is: 'double', v: 99 } },
      [9900, Quality.outsideRange, 0],
    ],
  ])('%s', (_, metric, told) => {
    expect(read(metric)).toEqual(told);
  });

  it('of a birth is what is so now, however long ago it changed', () => {
    expect(read({ timestamp: BigInt(T) - HOUR }, true)).toEqual([431, 0]);
    expect(read({ timestamp: BigInt(T) - 1000n }, true)).toEqual([431, 0, -1000]);
    expect(read({ timestamp: BigInt(T) - HOUR, isHistorical: true }, true)).toEqual([
      431,
      Quality.backfilled,
      -Number(HOUR),
    ]);
  });

  it('of another year, or of the future, is refused', () => {
    expect(read({ timestamp: BigInt(T) + HOUR })).toMatch(/^REFUSED has a time that .* in the future$/);
    expect(read({ timestamp: 0n })).toMatch(/^REFUSED has a time that .* more than a year ago$/);
    expect(read({ timestamp: 2n ** 64n - 1n })).toMatch(/^REFUSED has a time/);
  });
});
