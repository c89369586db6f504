import type * as z from 'zod';
import type { Checked } from '../../domain/errors.ts';
import type { ProfileSource } from '../port.ts';
import { closed } from '../schema.ts';
import { digits, fleetSchema, planFleet, trackerFields, type FleetPlan } from '../vehicle/fleet-plan.ts';
import { ELEMENT_NAMES, ELEMENTS } from './avl.ts';

const tracker = closed({
  ...trackerFields(ELEMENT_NAMES),
  imei: digits(/^\d{15}$/, 'the fifteen digits of its IMEI'),
});

export type TeltonikaEntry = z.output<typeof tracker>;
export type TeltonikaPlan = FleetPlan<TeltonikaEntry>;

const schema = fleetSchema('teltonika', 5027, tracker);

/** Checks everything and gives all problems at once. */
export function planTeltonika(raw: unknown, files: ProfileSource): Checked<TeltonikaPlan> {
  return planFleet(schema, raw, files, { key: 'imei', of: (entry) => entry.imei }, ELEMENTS);
}
