import * as z from 'zod';
import type { Problem } from '../../domain/errors.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import { parseQuantity, scale, ucumOf } from '../../domain/units.ts';
import type { News } from '../talker/change-report.ts';
import type { Talker } from '../talker/connection.ts';
import { TALKER_KEYS, lineOf, streamOf } from '../talker/settings.ts';
import type { SerialDefaults } from '../talker/settings.ts';
import { closed, display, fail, mapOf, readable } from '../schema.ts';

/** What every scale's entry comes to. */
export type ScalePlan = {
  readonly talker: Omit<Talker<never>, 'format' | 'understand'>;
  /** UCUM of weight and tare, and their exponent. */
  readonly unit: string;
  readonly exp: number;
  readonly hasTare: boolean;
  /** A weight beyond it, either way, is out of range; steps of the stream, Infinity when not said. */
  readonly capacity: number;
};

/** 9600 8N1, as indicators of both families leave the factory. */
const USUAL: SerialDefaults = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 };

const UNITS = ['kg', 'g', 't', 'lb'] as const;

const quantity = z.union([z.number(), z.string()]).transform((value, ctx) => {
  const found = parseQuantity(String(value));
  return found !== null && found.value.digits >= 0 ? found : fail(ctx, 'must be a weight, e.g. 20 kg');
});

/** The keys of every scale; a driver adds its own. */
export const SCALE_KEYS = {
  ...TALKER_KEYS,
  unit: z.enum(UNITS).default('kg'),
  /** Of the streams; a frame with more is refused, never rounded. */
  decimals: z.int().min(0).max(5).default(0),
  /** A weight that moved by at most so much is no news. */
  deadband: quantity.optional(),
  capacity: quantity.optional(),
  urgent: z.boolean().default(false),
};

const common = closed(SCALE_KEYS);
type ScaleSettings = z.output<typeof common>;

export function scalePlanOf(entry: ScaleSettings, hasTare: boolean): ScalePlan {
  const { id, every: everyMs, timeout: timeoutMs, spacing, urgent, decimals } = entry;
  const unit = ucumOf(entry.unit) ?? entry.unit;
  const exp = decimals === 0 ? 0 : -decimals;
  const weight = { quantity: 'weight', unit, exp, urgent };
  const flag = { unit: '1', exp: 0, urgent: false };
  const moving = { deadband: stepsOf(entry.deadband, entry.unit, exp) ?? 0, spacingMs: spacing };
  const told: [StreamSpec, News][] = [
    [streamOf(entry, { ch: 'weight', ...weight }), moving],
    [streamOf(entry, { ch: 'motion', quantity: 'motion', ...flag }), { deadband: 0, spacingMs: spacing }],
  ];
  if (hasTare) {
    const atOnce = { deadband: 0, spacingMs: 0 };
    told.push([streamOf(entry, { ch: 'tare', ...weight, quantity: 'tare', urgent: false }), atOnce]);
    told.push([streamOf(entry, { ch: 'net', quantity: 'net', ...flag }), atOnce]);
  }
  const streams = told.map(([stream]) => stream);
  const news = new Map(told.map(([stream, when]) => [stream.id, when]));
  return {
    talker: { id, everyMs, timeoutMs, streams, news, line: lineOf(entry, USUAL) },
    unit,
    exp,
    hasTare,
    capacity: (entry.capacity && stepsOf(entry.capacity, entry.unit, exp)) ?? Infinity,
  };
}

/** What weights in the entry must be because of unit and decimals. */
export function scaleProblems(raw: unknown): Problem[] {
  const own = Object.fromEntries(Object.entries(mapOf(raw)).filter(([key]) => key in SCALE_KEYS));
  const { decimals = 0, unit = 'kg', ...rest } = readable(common.partial(), own);
  return (['deadband', 'capacity'] as const).flatMap((key): Problem[] => {
    const weight = rest[key];
    if (weight === undefined || stepsOf(weight, unit, -decimals) !== null) return [];
    const message = `must be in ${unit}, with at most ${decimals} decimals`;
    return [{ path: [key], message, found: display(own[key]) }];
  });
}

type Quantity = z.output<typeof quantity>;

/** The weight in steps of 10^exp; 0 for none, null when it does not fit. */
function stepsOf(weight: Quantity | undefined, unit: string, exp: number): number | null {
  if (weight === undefined) return 0;
  if (weight.unit !== null && weight.unit !== ucumOf(unit)) return null;
  return scale(weight.value, exp);
}
