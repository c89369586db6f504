import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { shipped } from '../modbus/rig.fixture.ts';
import { planSparkplug } from './plan.ts';

const DEVICE = {
  id: 'freezer-1',
  group: 'ColdChain',
  node: 'gw1',
  device: 'freezer-1',
  profile: 'sparkplug-cold-room',
  every: '1s',
  'max-gap': '60s',
};
const ENTRY = {
  id: 'plant',
  driver: 'sparkplug',
  url: 'mqtt://127.0.0.1:1883',
  devices: [DEVICE, { ...DEVICE, id: 'freezer-2', device: 'freezer-2' }],
};

function problems(raw: unknown): string[] {
  const checked = planSparkplug(raw, shipped);
  return checked.ok ? [] : checked.problems.map((p) => `${p.path.join('.')}: ${p.message}`);
}

describe('configuration', () => {
  it('the sample is right', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../config/samples/sparkplug.yaml'), 'utf8');
    const { devices } = z.object({ devices: z.array(z.unknown()).min(1) }).parse(parse(text));
    for (const own of devices) expect(problems(own)).toEqual([]);
  });

  it('tells all problems at once', () => {
    const own = DEVICE;
    const raw = {
      ...ENTRY,
      ca: 'file:/ca.pem',
      password: 'secret',
      devices: [
        own,
        { ...own, every: '10s', 'max-gap': '5s', group: 'a/b' },
        { ...own, id: 'x', profile: 'nothing' },
      ],
    };
    expect(problems(raw)).toEqual([
      'devices.2.profile: is not a profile in config/profiles',
      'password: must be a reference, file:PATH or credential:NAME',
      'devices.1.group: must be one level of a topic',
      'url: must be mqtts:// to use certificates',
      'password: needs user:',
      'devices.1.id: is the id of another device',
      'devices.1.max-gap: must be at least every, 10s',
      'devices.2.device: is read by another entry already',
    ]);
  });

  it('shows no secret that stands in the wrong place', () => {
    const checked = planSparkplug({ ...ENTRY, user: 'u', password: 'hunter2' }, shipped);
    expect(JSON.stringify(checked)).not.toContain('hunter2');
  });
});
