import { decayOf, meanKinetic } from '../../domain/mean-kinetic.ts';
import { isUsable } from '../../domain/reading.ts';
import { formatScaled } from '../../domain/units.ts';
import { canonicalNumber } from '../canonical-number.ts';
import { NONE } from './drafting.ts';
import { joined, parted } from './memory.ts';
import type { Names } from './naming.ts';

/** Usable readings of one stream, scaled as its descriptor says, and how many records said nothing. */
export type Measures = {
  readonly n: number;
  readonly unusable: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  /** Sum of decays, see mean-kinetic.ts; temperatures only. */
  readonly decay: number;
};

export const NO_MEASURES: Measures = { n: 0, unusable: 0, min: 0, max: 0, sum: 0, decay: 0 };

/** A report of `sensorElementList`, with its numbers as decimal digits. */
export type Report = {
  readonly type: string;
  readonly exception?: string;
  readonly value?: string;
  readonly minValue?: string;
  readonly maxValue?: string;
  readonly meanValue?: string;
  readonly uom?: string;
  readonly dataProcessingMethod?: string;
  readonly extensions: typeof NONE;
};

/** What EPCIS has a type for, and the UN/CEFACT Rec. 20 code by UCUM unit. Others are not told. */
const TYPES: Readonly<Record<string, readonly [type: string, uoms: Readonly<Record<string, string>>]>> = {
  temperature: ['Temperature', { Cel: 'CEL' }],
  humidity: ['RelativeHumidity', { '%': 'P1' }],
  pressure: ['Pressure', { Pa: 'PAL', hPa: 'A97' }],
  weight: ['Mass', { g: 'GRM', kg: 'KGM', t: 'TNE', '[lb_av]': 'LBR' }],
  voltage: ['Voltage', { V: 'VLT', mV: '2Z' }],
};
/** Weight of one reading in a mean kinetic temperature, ms: enough digits at -80 °C. */
const EACH_MS = 1000;

export type Quantity = { readonly type: string; readonly uom: string; readonly isTemperature: boolean };

/** Null for what EPCIS has no measurement type for. */
export function quantityOf(quantity: string, unit: string): Quantity | null {
  const known = Object.entries(TYPES).find(([name]) => name === quantity)?.[1];
  const uom = known === undefined ? undefined : new Map(Object.entries(known[1])).get(unit);
  if (known === undefined || uom === undefined) return null;
  return { type: known[0], uom, isTemperature: quantity === 'temperature' };
}

export function withReading(m: Measures, v: number | null, q: number, celsiusExp: number | null): Measures {
  if (!isUsable(v, q)) return { ...m, unusable: m.unusable + 1 };
  const decay = celsiusExp === null ? 0 : decayOf(v * 10 ** celsiusExp, EACH_MS);
  const [min, max] = m.n === 0 ? [v, v] : [Math.min(m.min, v), Math.max(m.max, v)];
  return { n: m.n + 1, unusable: m.unusable, min, max, sum: m.sum + v, decay: m.decay + decay };
}

export function together(a: Measures, b: Measures): Measures {
  if (a.n === 0 || b.n === 0) {
    const some = a.n === 0 ? b : a;
    return { ...some, unusable: a.unusable + b.unusable };
  }
  return {
    n: a.n + b.n,
    unusable: a.unusable + b.unusable,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    sum: a.sum + b.sum,
    decay: a.decay + b.decay,
  };
}

/** Least, greatest, mean and mean kinetic temperature; an error where nothing usable was read. */
export function reportsOf(
  m: Measures,
  { type, uom, isTemperature }: Quantity,
  exp: number,
  names: Names,
): Report[] {
  if (m.n === 0) return [{ type, exception: 'ERROR_CONDITION', extensions: NONE }];
  const of = (v: number): string => canonicalNumber(formatScaled(v, exp)) ?? '0';
  const summary = {
    type,
    minValue: of(m.min),
    maxValue: of(m.max),
    ...(Number.isSafeInteger(m.sum) ? { meanValue: of(Math.round(m.sum / m.n)) } : {}),
    uom,
    extensions: NONE,
  };
  if (!isTemperature || m.decay <= 0) return [summary];
  const mkt = canonicalNumber(meanKinetic(m.decay, m.n * EACH_MS).toFixed(2));
  if (mkt === null) return [summary];
  const method = names.word('mean-kinetic-temperature');
  return [summary, { type, value: mkt, uom, dataProcessingMethod: method, extensions: NONE }];
}

export function measuresText({ n, unusable, min, max, sum, decay }: Measures): string {
  return joined([n, unusable, min, max, sum, decay]);
}

export function readMeasures(text: string): Measures {
  const [n = 0, unusable = 0, min = 0, max = 0, sum = 0, decay = 0] = parted(text).map(Number);
  return { n, unusable, min, max, sum, decay };
}
