import { plainRoute } from '../../src/domain/calling.ts';
import type { OpenStream } from '../../src/domain/stream.ts';
import { checkRules } from '../../src/rules/check.ts';
import type { Rule } from '../../src/rules/rule.ts';
import type { Site } from '../../src/rules/site.ts';

/** The site of the rule tests: two probes and a door in a cold room, one probe in a store room. */
export const STREAMS: readonly OpenStream[] = [
  stream(1, 'probe-1', 'temperature', 'temperature', 'Cel', -2, 60_000, 90_000, 'cold-1'),
  stream(2, 'probe-1', 'humidity', 'humidity', '%', -1, 60_000, 90_000, 'cold-1'),
  stream(3, 'door-1', 'contact', 'door', '1', 0, 300_000, 330_000, 'cold-1'),
  stream(4, 'probe-2', 'temperature', 'temperature', 'Cel', -1, 60_000, 90_000, 'store-1'),
];

export const SITE: Site = {
  streams: STREAMS,
  zones: new Map([
    ['cold-1', { mode: 'run', profile: 'gsp' }],
    ['store-1', { profile: 'gsp' }],
  ]),
  routes: new Map([
    ['cold-duty', plainRoute('cold-duty', 'duty', ['cold-duty'])],
    ['manager', plainRoute('manager', 'duty', ['manager'])],
  ]),
  complete: true,
  isPending: () => false,
  actuators: new Map([
    ['dock', ['on', 'off']],
    ['lamp', ['on', 'off']],
    ['shutter', ['open']],
    ['eye', ['snapshot']],
  ]),
};

function stream(
  slot: number,
  dev: string,
  ch: string,
  quantity: string,
  unit: string,
  exp: number,
  cadenceMs: number,
  maxGapMs: number,
  place: string,
): OpenStream {
  const id = `${dev}/${ch}` as const;
  return {
    id,
    dev,
    ch,
    slot,
    kind: 1,
    quantity,
    unit,
    exp,
    cadenceMs,
    maxGapMs,
    place,
    src: 1,
    urgent: false,
  };
}

/** A rule file's entry with everything that is not under test. */
export function rule(rest: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return {
    id: 'warm',
    title: { en: 'Cold room above 8 °C', zh: '冷库超温' },
    basis: 'test',
    kind: 'limit',
    on: { stream: 'probe-1/temperature' },
    priority: 'high',
    'raise-after': '0s',
    'clear-after': '0s',
    ...rest,
  };
}

/** A limit rule above 8 with a deadband of 0.5. */
export function limitRule(rest: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return rule({ above: 8, deadband: 0.5, ...rest });
}

export function checked(raw: readonly unknown[], site: Site = SITE): readonly Rule[] {
  const result = checkRules(raw, site);
  if (!result.ok) throw new Error(result.problems.map((p) => `${p.path.join('.')}: ${p.message}`).join('\n'));
  return result.value;
}
