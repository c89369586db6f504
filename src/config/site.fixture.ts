import * as z from 'zod';
import type { Checked, Problem } from '../domain/errors.ts';
import type { StreamSpec } from '../domain/stream.ts';
import type { Checkers, ConfiguredConnection } from './configuration.ts';

/**
 * Checkers of an invented driver and of rules that are only ids, for the tests of this room, which
 * may not import the rooms that check the real ones.
 */
export const checkers: Checkers<ConfiguredConnection, { readonly id: string }> = {
  driverNames: ['bus', 'broker'],
  driver: (name) => Promise.resolve(name === 'bus' ? { configure } : undefined),
  verifierKey: (vkey, whose) => (vkey.startsWith(`${whose}.`) ? null : `is no key of a ${whose}`),
  rules: (raw): Checked<readonly { readonly id: string }[]> => {
    const entries = ruleList.parse(raw);
    const problems = entries.flatMap((e, i): Problem[] =>
      typeof e.id === 'string' ? [] : [{ path: [i, 'id'], message: 'must be text' }],
    );
    if (problems.length > 0) return { ok: false, problems };
    return { ok: true, value: entries.map((e) => ({ id: String(e.id) })) };
  },
};

const ruleList = z.array(z.object({ id: z.union([z.string(), z.number()]) }));

const settings = z.object({
  driver: z.literal('bus'),
  id: z.string(),
  profile: z.string(),
  zone: z.string().optional(),
  device: z.string().default('d'),
  verbs: z.array(z.string()).optional(),
  streams: z.number().optional(),
});

const profileShape = z.object({ unit: z.string() }).optional();

function configure(raw: unknown, profiles: (name: string) => unknown): Checked<ConfiguredConnection> {
  const { id, profile, zone, device, verbs, streams } = settings.parse(raw);
  const source = profileShape.parse(profiles(profile));
  if (source === undefined) return refused({ path: ['profile'], message: 'is not known to the driver' });
  if (source.unit !== 'Cel') return refused({ file: profile, path: ['unit'], message: 'must be Cel' });
  return {
    ok: true,
    value: {
      id,
      streams: Array.from({ length: streams ?? 1 }, (_, i) => stream(device, `t${i}`, zone ?? '')),
      actuators: new Map(verbs === undefined ? [] : [[device, verbs]]),
      profiles: [profile],
    },
  };
}

function refused(problem: Problem): Checked<never> {
  return { ok: false, problems: [problem] };
}

function stream(dev: string, ch: string, place: string): StreamSpec {
  return {
    id: `${dev}/${ch}`,
    dev,
    ch,
    kind: 1,
    quantity: 'temperature',
    unit: 'Cel',
    exp: -1,
    cadenceMs: 10_000,
    maxGapMs: 30_000,
    place,
    src: 1,
    urgent: false,
  };
}
