import * as z from 'zod';
import type { Checked } from '../../domain/errors.ts';
import { closed } from '../schema.ts';
import { checkTalker } from '../talker/settings.ts';
import { SCALE_KEYS, scalePlanOf, scaleProblems } from '../weighing/plan.ts';
import type { ScalePlan } from '../weighing/plan.ts';
import type { ToledoOptions } from './codec.ts';

/** A checked `toledo` entry. */
export type ToledoPlan = ScalePlan & { readonly options: ToledoOptions };

const schema = closed({
  ...SCALE_KEYS,
  driver: z.literal('toledo'),
  checksum: z.boolean().default(true),
  'strict-bits': z.boolean().default(true),
});

export function planToledo(raw: unknown): Checked<ToledoPlan> {
  const checked = checkTalker(schema, raw, scaleProblems(raw));
  if (!checked.ok) return checked;
  const { checksum, 'strict-bits': strict } = checked.value;
  return { ok: true, value: { ...scalePlanOf(checked.value, true), options: { checksum, strict } } };
}
