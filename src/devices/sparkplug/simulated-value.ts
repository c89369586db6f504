import { formatScaled, type Decimal } from '../../domain/units.ts';
import type { WireValue } from './codec.ts';
import { DataType } from './metric-value.ts';
import type { MetricField } from './plan.ts';

/** A stream's value as its metric says it: a word, or a number before scale and offset. */
export function valueOf({ rule }: MetricField, v: number): { datatype: number; value: WireValue } {
  if (rule.words !== null) {
    const word = [...rule.words].find(([, own]) => own === v)?.[0] ?? '';
    return word === 'true' || word === 'false'
      ? { datatype: DataType.boolean, value: { is: 'boolean', v: word === 'true' } }
      : { datatype: DataType.string, value: { is: 'string', v: word } };
  }
  const said = (Number(formatScaled(v, rule.exp)) - numberOf(rule.offset, 0)) / numberOf(rule.scale, 1);
  return { datatype: DataType.double, value: { is: 'double', v: said } };
}

function numberOf(d: Decimal | null, none: number): number {
  return d === null ? none : d.digits * 10 ** d.exp;
}
