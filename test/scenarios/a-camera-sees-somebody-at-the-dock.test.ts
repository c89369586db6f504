import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Picture } from '../../src/api/types.ts';
import { planOnvif } from '../../src/devices/onvif/settings.ts';
import { simulateOnvif } from '../../src/devices/onvif/simulator.ts';
import { CommandStep, RecordType } from '../../src/domain/record.ts';
import { readZip } from '../../src/evidence/zip.ts';
import { nodePrimitives } from '../../src/gateway/site/primitives.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';
import { done, sealedWindow, verdictOf } from './chained-site.ts';

const ALARM = 'cam-dock/motion/somebody-there';
const PASSWORD = 'correct horse';

const RULES = `
- id: somebody-there
  title: { en: Somebody at the dock, zh: 月台有人 }
  basis: nobody is at the dock at night
  kind: state
  on: { quantity: motion }
  is: 1
  raise-after: 0s
  clear-after: 0s
  priority: urgent
  do: [ snapshot: cam-dock ]
`;

const CAMERA = {
  id: 'cam-dock',
  driver: 'onvif',
  url: 'http://127.0.0.1/onvif/device_service',
  user: 'bailee',
  password: 'file:cam.password',
  every: '1s',
  'max-gap': '4s',
  zone: 'dock',
  inputs: [{ id: 'motion', is: 'motion' }],
};

async function picturesOf(daemon: Daemon): Promise<readonly Picture[]> {
  return JSON.parse(Buffer.from((await daemon.fetch('pictures')).bytes).toString());
}

it('a camera sees somebody, restarts, sees somebody again: each time a picture whose hash is proven', async () => {
  const plan = planOnvif(CAMERA);
  if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
  const login = { user: 'bailee', password: PASSWORD };
  await using camera = await simulateOnvif(plan.value, {
    host: '127.0.0.1',
    port: 0,
    discovery: null,
    login,
    auth: 'SHA-256',
  });
  const entry = { ...CAMERA, url: `http://127.0.0.1:${camera.port}/onvif/device_service` };
  using site = writeSite({
    zones: ['dock'],
    devices: `  - ${JSON.stringify(entry)}`,
    rules: RULES,
    files: { 'cam.password': PASSWORD },
  });
  const steps = (): unknown[] => journalRecords(site.data, RecordType.command).map((r) => r.body[7]);
  const ordered = [CommandStep.ordered, CommandStep.done];
  {
    await using daemon = await Daemon.start(site.file);
    const motionIs = async (text: string): Promise<void> => {
      await eventually(
        `motion is ${text}`,
        () => daemon.stream('cam-dock/motion'),
        (s) => s.state === 'fresh' && s.latest?.text === text,
      );
    };
    await motionIs('0');
    camera.set('cam-dock', 'motion', 1);
    await eventually(
      'an alarm',
      () => daemon.alarm(ALARM),
      (a) => a?.state === 'unacknowledged' && a.priority === 'urgent',
    );
    await eventually('a picture', steps, (found) => JSON.stringify(found) === JSON.stringify(ordered));
    camera.set('cam-dock', 'motion', 0);
    await motionIs('0');
    camera.fault('cam-dock', 'reboot');
    camera.set('cam-dock', 'motion', 1);
    const twice = JSON.stringify([...ordered, ...ordered]);
    await eventually('a second picture', steps, (found) => JSON.stringify(found) === twice);
    expect(await picturesOf(daemon)).toHaveLength(2);
    await daemon.stop();
  }
  await expectSound(site.data);

  const blobs = journalRecords(site.data, RecordType.blob);
  const hashes = blobs.map(({ body }) =>
    body[0] instanceof Uint8Array ? Buffer.from(body[0]).toString('hex') : '',
  );
  expect(new Set(hashes).size).toBe(2);
  expect(blobs.map(({ body }) => body[3])).toEqual(['cam-dock', 'cam-dock']);
  expect(readdirSync(join(site.data, 'pictures')).sort()).toEqual(hashes.map((h) => `${h}.jpg`).sort());

  {
    // They follow from the journal, so a start knows them, and their bytes are what the hash says.
    await using daemon = await Daemon.start(site.file);
    const pictures = await picturesOf(daemon);
    expect(pictures.map(({ sha256 }) => sha256)).toEqual(hashes.toReversed());
    for (const { sha256, camera: from, alarm } of pictures) {
      expect([from, alarm]).toEqual(['cam-dock', ALARM]);
      const { bytes } = await daemon.fetch(`pictures/${sha256}`);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
    await daemon.stop();
  }

  const policy = join(site.folder, 'policy.json');
  writeFileSync(policy, await done('policy', '--data', site.data));
  const bundle = join(site.folder, 'dock.zip');
  const what = ['--stream', 'cam-dock/motion', '--allow-gap', '1h', '--events'];
  await done('export', '--data', site.data, ...sealedWindow(site.data), ...what, '--out', bundle);
  expect(await verdictOf(bundle, policy)).toMatchObject({ failure: null, evidence: 'valid' });
  const zip = readZip(readFileSync(bundle), nodePrimitives.inflate);
  if (!zip.ok) throw new Error(zip.why);
  for (const hash of hashes) {
    const picture = zip.files.get(`files/${hash}`);
    expect(
      createHash('sha256')
        .update(picture ?? '')
        .digest('hex'),
    ).toBe(hash);
  }
}, 60_000);
