import { describe, expect, it } from 'vitest';
import { placeholdersOf, profileSchema } from './profile.ts';
import { NOW, profile, receive } from './receive.fixture.ts';
import { MODELS } from './simulated-payloads.ts';

/** What each channel is set to; where a device knows fewer steps than its stream has, a value that it knows. */
const SET: Readonly<Record<string, number>> = {
  door: 1,
  leak: 1,
  tamper: 1,
  vibration: 1,
  state: 1,
  pressure: 100_044,
};

/** A state has but two values. */
const STATE = /^(input|output)-/;

function valueFor({ id, exp, unit }: { id: string; exp: number; unit: string }): number {
  const known = SET[id];
  if (known !== undefined) return known;
  if (STATE.test(id)) return 1;
  if (unit === 'V') return 2977;
  // 20 °C, 20 %: whole numbers are steps of every device.
  return 20 * 10 ** -exp;
}

/** A channel that the device itself counts. */
const COUNTED = new Set(['openings']);

describe('what a simulated device says is what its map reads', () => {
  it.each(Object.keys(MODELS))('%s', (name) => {
    const map = profileSchema.parse(profile(name));
    const address = name === 'ruuvi-gateway' ? 'CB:B8:33:4C:88:4F' : '24e124136b502217';
    const topic = name === 'ruuvi-gateway' ? 'ruuvi/+' : 'site/x';
    const device = {
      id: 'd',
      topic,
      profile: name,
      ...(placeholdersOf(map).has('address') ? { address } : {}),
    };
    const values = new Map(map.channels.map((c) => [c.id, valueFor(c)]));
    const model = MODELS[name];
    if (model === undefined) throw new Error(`no model ${name}`);
    const { topic: on, payload } = model.report(values, { topic, address, at: NOW, no: 7 });
    const { readings, refusals } = receive([device]).send(on, payload);
    expect(refusals).toBeUndefined();
    const read = readings
      .map((r) => [r.stream.slice(2), r.v] as const)
      .filter(([channel]) => !COUNTED.has(channel));
    expect(Object.fromEntries(read)).toEqual(
      Object.fromEntries([...values].filter(([channel]) => !COUNTED.has(channel))),
    );
    expect(readings.filter((r) => r.q !== 0)).toEqual([]);
  });
});
