import * as z from 'zod';
import type { Checked, Problem } from '../../domain/errors.ts';
import { closed, display, mapOf } from '../schema.ts';
import { checkTalker } from '../talker/settings.ts';
import { SCALE_KEYS, scalePlanOf, scaleProblems } from '../weighing/plan.ts';
import type { ScalePlan } from '../weighing/plan.ts';
import { LAYOUTS } from './codec.ts';
import type { Layout } from './codec.ts';

/** A checked `yaohua` entry. */
export type YaohuaPlan = ScalePlan & {
  readonly layout: Layout;
  /** So many equal frames in a row are a load at rest. */
  readonly stillAfter: number;
};

const schema = closed({
  ...SCALE_KEYS,
  driver: z.literal('yaohua'),
  format: z.enum(['xk3190-0', 'xk3190-1', 'keli-d2008']).default('xk3190-0'),
  'still-after': z.int().min(1).max(100).default(5),
});

export function planYaohua(raw: unknown): Checked<YaohuaPlan> {
  const checked = checkTalker(schema, raw, [...scaleProblems(raw), ...wholeNumbers(raw)]);
  if (!checked.ok) return checked;
  const { format, 'still-after': stillAfter } = checked.value;
  return { ok: true, value: { ...scalePlanOf(checked.value, false), layout: LAYOUTS[format], stillAfter } };
}

function wholeNumbers(raw: unknown): Problem[] {
  const { format, decimals = 0 } = mapOf(raw);
  if (format !== 'keli-d2008' || decimals === 0) return [];
  const message = 'must be 0 with keli-d2008, which sends whole numbers';
  return [{ path: ['decimals'], message, found: display(decimals) }];
}
