import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openArchive } from '../../src/buffer/archive.ts';
import { checkA0 } from '../../src/devices/uhf-a0/settings.ts';
import { a0Answering } from '../../src/devices/uhf-a0/simulator.ts';
import { simulateOnTcp } from '../../src/devices/uhf/simulated-reader.ts';
import { tagOf } from '../../src/devices/uhf/tag-field.ts';
import { RecordType } from '../../src/domain/record.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';
import { done, verdictOf } from './chained-site.ts';

const SECOND = Buffer.from(tagOf(0, 1)).toString('hex');

const RULES = `
- id: pallet-gone
  title: { en: A pallet left its place, zh: 托盘离位 }
  basis: the pledge of two pallets
  kind: limit
  on: { quantity: tags }
  below: 2
  deadband: 0
  raise-after: 1 sample
  clear-after: 1 sample
  priority: high
- id: reader-silent
  title: { en: Reader silent, zh: 读写器无数据 }
  basis: R22
  kind: silent
  on: { stream: reader-1/shelf-tags }
  for: 3 cadences
  clear-after: 1 sample
  priority: medium
`;

async function reader() {
  const raw = {
    id: 'reader-1',
    driver: 'uhf-a0',
    host: '127.0.0.1',
    port: 4001,
    round: '200ms',
    every: '1s',
    timeout: '200ms',
    antennas: [{ antenna: 1, point: 'shelf', zone: 'cold-1' }],
  };
  const settings = checkA0(raw);
  if (!settings.ok) throw new Error(JSON.stringify(settings.problems));
  const simulator = await simulateOnTcp(settings.value, a0Answering(1), { host: '127.0.0.1', port: 0 });
  return { simulator, devices: `  - ${JSON.stringify({ ...raw, port: simulator.port })}` };
}

it('a pallet leaves the shelf of a UHF reader: that is an alarm, and until when it was there is proved', async () => {
  const { simulator, devices } = await reader();
  await using far = simulator;
  far.set('reader-1', 'shelf-tags', 2);
  using site = writeSite({ devices, rules: RULES, block: '1s' });
  await using daemon = await Daemon.start(site.file);
  await eventually(
    'both pallets are there',
    () => daemon.stream('reader-1/shelf-tags'),
    (s) => s.state === 'fresh' && s.latest?.text === '2',
  );
  const sightings = () =>
    journalRecords(site.data, RecordType.observation).filter(
      ({ body }) => Buffer.from(body[0] as Uint8Array).toString('hex') === SECOND,
    );
  await eventually('the tag is seen again and again', sightings, (seen) => seen.length >= 3);
  expect(await daemon.alarms()).toEqual([]);

  far.set('reader-1', 'shelf-tags', 1);
  await eventually(
    'an alarm',
    () => daemon.alarm('reader-1/shelf-tags/pallet-gone'),
    (alarm) => alarm?.state === 'unacknowledged' && alarm.lastValue?.text === '1',
  );
  far.fault('reader-1', 'silent');
  await eventually(
    'a silent reader is no reader without tags',
    () => daemon.alarm('reader-1/shelf-tags/reader-silent'),
    (alarm) => alarm?.state === 'unacknowledged',
  );
  const last = sightings().at(-1)?.t ?? 0;
  await eventually(
    'all of it is sealed',
    () => {
      using archive = openArchive(site.data);
      return archive.block(archive.size() - 1)?.t1 ?? 0;
    },
    (until) => until > last,
  );
  await daemon.stop();

  const seen = sightings();
  expect(seen[0]?.body.slice(1)).toEqual([
    null,
    1,
    expect.any(Number),
    expect.any(Number),
    expect.any(Number),
    -6000,
    16,
  ]);
  // Slots: 1 what is seen, 2 how many, 3 how many in conflict.
  const all = journalRecords(site.data, RecordType.reading);
  const readings = all.filter((r) => r.slot === 2).map((r) => r.body[0]);
  expect(readings[0]).toBe(2);
  expect(readings).not.toContain(0);
  expect(readings.at(-1)).toBeNull();

  const policy = join(site.folder, 'policy.json');
  writeFileSync(policy, await done('policy', '--data', site.data));
  const out = join(site.folder, 'pallet.zip');
  const window = [seen[0]?.t ?? 0, seen.at(-1)?.t ?? 0].map((t) => new Date(t).toISOString());
  const asked = ['--tag', SECOND, '--from', window[0] ?? '', '--to', window[1] ?? ''];
  await done('export', '--data', site.data, ...asked, '--out', out);
  expect(await verdictOf(out, policy)).toMatchObject({ failure: null, answer: 'yes' });
  const other = ['--tag', `${SECOND.slice(0, -2)}ff`, '--from', window[0] ?? '', '--to', window[1] ?? ''];
  await done('export', '--data', site.data, ...other, '--out', join(site.folder, 'other.zip'));
  expect(await verdictOf(join(site.folder, 'other.zip'), policy)).toMatchObject({
    failure: null,
    answer: 'undecided',
  });
  await expectSound(site.data);
  expect((await bailee('check', site.file)).code).toBe(0);
}, 60_000);
