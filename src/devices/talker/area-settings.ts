import * as z from 'zod';
import type { Problem } from '../../domain/errors.ts';
import { deviceId, closed, display, duration, fail, mapsIn } from '../schema.ts';
import type { AreaPlan } from './area.ts';

const HOUR_MS = 3_600_000;
const mm = z.int().min(-32_767).max(32_767);
const span = z
  .tuple([mm, mm])
  .transform((pair, ctx) => (pair[0] < pair[1] ? pair : fail(ctx, 'must be [from, to] with from below to')));

/** The rectangles of a radar's entry. */
export const AREAS = z
  .array(
    closed({
      name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be lower-case letters, digits and "-"'),
      x: span,
      y: span,
      dwell: duration(0, HOUR_MS).default(1000),
      hold: duration(0, HOUR_MS).optional(),
      zone: deviceId.optional(),
    }),
  )
  .max(16)
  .default([]);

type Settings = { readonly areas: z.output<typeof AREAS>; readonly hold: number };

/** @param entry with its own hold where an area has none */
export function areaPlans(entry: Settings): AreaPlan[] {
  return entry.areas.map(({ name, x, y, dwell, hold }) => ({
    name,
    x,
    y,
    dwellMs: dwell,
    holdMs: hold ?? entry.hold,
  }));
}

/** An area is known by its name. */
export function areaProblems(raw: unknown): Problem[] {
  const first = new Map<unknown, number>();
  return mapsIn(raw, 'areas').flatMap(({ name }, i): Problem[] => {
    const before = first.get(name);
    first.set(name, before ?? i);
    if (name === undefined || before === undefined) return [];
    const message = `must be different from that of areas.${before}`;
    return [{ path: ['areas', i, 'name'], message, found: display(name) }];
  });
}
