import type { Amount } from '../../domain/goods/documents.ts';
import { formatScaled } from '../../domain/units.ts';
import { canonicalNumber } from '../canonical-number.ts';

/** UN/CEFACT Rec. 20 codes by UCUM unit, as far as goods are told in them. */
const CODES: ReadonlyMap<string, string> = new Map([
  ['g', 'GRM'],
  ['kg', 'KGM'],
  ['t', 'TNE'],
  ['[lb_av]', 'LBR'],
  ['L', 'LTR'],
  ['l', 'LTR'],
  ['m3', 'MTQ'],
  ['m', 'MTR'],
]);

/** `quantity` and `uom` of a quantityList; pieces have no unit. Empty for a unit that EPCIS has no code for. */
export function amountOf({ value, exp, unit }: Amount): {
  readonly quantity?: string;
  readonly uom?: string;
} {
  const quantity = canonicalNumber(formatScaled(value, exp));
  const uom = CODES.get(unit);
  if (quantity === null || (uom === undefined && unit !== '1')) return {};
  return uom === undefined ? { quantity } : { quantity, uom };
}
