import { encodePayload, type Metric } from './codec.ts';
import { DataType } from './metric-value.ts';

/** The metric that every edge node takes an order by (Sparkplug 3.0, 6.4.21). */
export const REBIRTH = 'Node Control/Rebirth';

/** The order to tell all births again. @param t ms since 1970 */
export function rebirthOrder(t: number): Uint8Array {
  const timestamp = BigInt(t);
  const metric: Metric = {
    name: REBIRTH,
    alias: null,
    timestamp,
    datatype: DataType.boolean,
    isHistorical: false,
    isTransient: false,
    isNull: false,
    quality: null,
    value: { is: 'boolean', v: true },
  };
  return encodePayload({ timestamp, metrics: [metric], seq: null });
}
