import * as z from 'zod';
import type { Checked } from '../../domain/errors.ts';
import type { ProfileSource } from '../port.ts';
import { closed } from '../schema.ts';
import { digits, fleetSchema, planFleet, trackerFields, type FleetPlan } from '../vehicle/fleet-plan.ts';
import { CHANNEL_NAMES, CHANNELS } from './channels.ts';

const tracker = closed({
  ...trackerFields(CHANNEL_NAMES),
  terminal: digits(/^\d{1,20}$/, 'the number of the terminal, at most twenty digits'),
  /** Which code lets it in: the one that registration hands out, any, or none is asked for. */
  auth: z.literal(['handed-out', 'any', 'none']).default('handed-out'),
});

export type TerminalEntry = z.output<typeof tracker>;
export type Jtt808Plan = FleetPlan<TerminalEntry>;

const schema = fleetSchema('jtt808', 7611, tracker);

/** Checks everything and gives all problems at once. */
export function planJtt808(raw: unknown, files: ProfileSource): Checked<Jtt808Plan> {
  return planFleet(schema, raw, files, { key: 'terminal', of: (e) => bare(e.terminal) }, CHANNELS);
}

/** The same terminal has twelve digits in 2013 and twenty in 2019, filled up with zeros. */
export function bare(terminal: string): string {
  return terminal.replace(/^0+(?=\d)/, '');
}
