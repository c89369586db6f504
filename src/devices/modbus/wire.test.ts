import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { modbusTcp } from './driver.ts';
import { checkProfile } from './profile.ts';
import type { Profile } from './profile.ts';
import { Rig, configured, shipped } from './rig.fixture.ts';
import { simulateTcp } from './simulator.ts';

const PROFILES = readdirSync(join(import.meta.dirname, '../../../config/profiles'))
  .map((file) => file.replace(/\.yaml$/, ''))
  .filter((name) => z.looseObject({ read: z.unknown() }).safeParse(shipped(name)).success);

const slaves = PROFILES.map((profile, i) => ({ id: profile, unit: i + 1, profile, every: '1s' }));
const entry = { id: 'tcp-1', driver: 'modbus-tcp', host: '127.0.0.1', timeout: '10s', slaves };

function profileOf(name: string): Profile {
  const checked = checkProfile(name, shipped(name));
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

/** A value for each channel that no other one has, within what its sensor can measure. */
function valuesOf(profile: Profile): ReadonlyMap<string, number> {
  const channels = profile.blocks.flatMap((b) => b.channels);
  return new Map(
    channels.map((c, i) => {
      if (c.quantity === 'correction') return [c.name, 0];
      if (c.type === 'bit') return [c.name, i % 2];
      const least = Math.max(c.min ?? 0, c.type.startsWith('u') ? 0 : -180);
      return [c.name, Math.min(least + 7 * i, c.max ?? Infinity)];
    }),
  );
}

it('every register map that ships reads over the wire what its device measures', async () => {
  await using simulator = await simulateTcp(entry, shipped, { host: '127.0.0.1', port: 0 });
  await using rig = new Rig(configured(modbusTcp, { ...entry, port: simulator.port }));
  expect(PROFILES.length).toBeGreaterThanOrEqual(14);
  for (const name of PROFILES) {
    const values = valuesOf(profileOf(name));
    for (const [channel, v] of values) simulator.set(name, channel, v);
    const { readings, refusals, health } = await rig.poll(name);
    expect(Object.fromEntries(readings.map((r) => r.split(': '))), name).toEqual(
      Object.fromEntries([...values].map(([channel, v]) => [channel, String(v)])),
    );
    expect({ refusals, health }, name).toEqual({ refusals: [], health: ['ok'] });
  }
});

it('a relay board whose inputs switch its relays is unwell, and says which', async () => {
  await using simulator = await simulateTcp(entry, shipped, { host: '127.0.0.1', port: 0 });
  await using rig = new Rig(configured(modbusTcp, { ...entry, port: simulator.port }));
  simulator.set('waveshare-relay-d', 'mode-2', 1);
  expect((await rig.poll('waveshare-relay-d')).health).toEqual(['correction 0,1,0,0,0,0,0,0']);
  await rig.command('waveshare-relay-d', 'relay-8-on');
  expect((await rig.poll('waveshare-relay-d')).readings).toContain('relay-8: 1');
  await expect(rig.command('waveshare-relay-d', 'relay-9-on')).rejects.toMatchObject({ code: 'REFUSED' });
});
