import type { Simulator } from '../../devices/port.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import { scale } from '../../domain/units.ts';

/** Gives every stream what it has on a quiet day. */
export function begin(simulator: Simulator, streams: readonly StreamSpec[]): void {
  for (const stream of streams) {
    const v = firstValue(stream);
    if (v !== 0) simulator.set(stream.dev, stream.ch, v);
  }
}

export function firstValues(streams: readonly StreamSpec[]): Record<string, number> {
  return Object.fromEntries(streams.map((stream) => [stream.ch, firstValue(stream)]));
}

const QUIET: Readonly<Record<string, number>> = {
  'temperature Cel': 5,
  'humidity %': 50,
  'battery %': 100,
  'battery V': 3,
};

/** A cold room on a quiet day: 5 °C, 50 %, full batteries, everything else at rest. */
function firstValue({ quantity, unit, exp }: StreamSpec): number {
  const digits = QUIET[`${quantity} ${unit}`];
  return digits === undefined ? 0 : (scale({ digits, exp: 0 }, exp) ?? 0);
}
