import * as z from 'zod';
import { instantOrNull, list } from './schema-parts.ts';

export const RuleSetStatus = z.strictObject({
  state: z.enum(['confirmed', 'trial', 'rolled-back', 'stuck']),
  rules: z.string(),
  since: instantOrNull,
  until: instantOrNull,
  endorsedBy: z.string().nullable(),
  needsTwo: z.boolean(),
  why: z.string(),
  changes: list(z.strictObject({ path: z.string(), old: z.string().nullable(), new: z.string().nullable() })),
});
