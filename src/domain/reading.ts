import type { StreamId } from './stream.ts';

/**
 * One value of one stream at one instant (OPC UA data value). The value is a scaled integer:
 * value = v · 10^exp, with exp and unit in the stream's descriptor. `v` is null when the device
 * gave none (failed poll, out-of-band answer). `sourceAt` is the device's own time, ms since 1970.
 */
export type Reading = {
  readonly stream: StreamId;
  readonly v: number | null;
  readonly q: number;
  readonly sourceAt?: number;
};

/** Quality bits; 0 is good. */
export const Quality = {
  good: 0,
  stale: 1,
  outsideRange: 2,
  substituted: 4,
  deviceAlarm: 8,
  deviceTimeUncertain: 16,
  backfilled: 32,
} as const;

const NOT_USABLE = Quality.stale | Quality.outsideRange | Quality.substituted | Quality.backfilled;

/** Usable readings cover time, count for min and max, and are what rules judge as live. */
export function isUsable(v: number | null, q: number): v is number {
  return v !== null && (q & NOT_USABLE) === 0;
}
