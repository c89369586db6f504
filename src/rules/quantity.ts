import type { StreamSpec } from '../domain/stream.ts';
import { parseQuantity, type Decimal } from '../domain/units.ts';
import type { Fields } from './fields.ts';
import { thresholdOf } from './threshold.ts';

/** Reads `8`, `0.5` or `8 °C`, exactly, for every stream selected; null, with a problem told. */
export function readQuantity(
  fields: Fields,
  key: string,
  raw: unknown,
  streams: readonly StreamSpec[],
): Decimal | null {
  const isWritten = typeof raw === 'number' || typeof raw === 'string';
  const quantity = isWritten ? parseQuantity(String(raw)) : null;
  if (quantity === null)
    return fields.fail(key, 'must be a number with or without a unit, such as 8 or 8 °C');
  const units = [...new Set(streams.map((s) => s.unit))];
  if (quantity.unit === null && units.length > 1) {
    return fields.fail(key, `needs a unit: the rule selects streams in ${units.map(shown).join(' and ')}`);
  }
  const other = streams.find((s) => quantity.unit !== null && s.unit !== quantity.unit);
  if (other !== undefined) {
    const written = shown(quantity.unit ?? '');
    return fields.fail(key, `is in ${written}, but stream ${other.id} is in ${shown(other.unit)}`);
  }
  const tooFine = streams.find((s) => thresholdOf(quantity.value, s.exp) === null);
  if (tooFine === undefined) return quantity.value;
  return fields.fail(key, `is beyond what stream ${tooFine.id} can hold (exponent ${tooFine.exp})`);
}

function shown(unit: string): string {
  return unit === '1' ? '1 (no unit)' : unit;
}
