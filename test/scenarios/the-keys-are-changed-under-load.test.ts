import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RecordType } from '../../src/domain/record.ts';
import type { KeyShown } from '../../src/gateway/keys/key-desk.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { journalRecords } from '../journal-records.ts';
import { ChainedSite, done, sealedWindow, TEMPERATURE, verdictOf } from './chained-site.ts';

async function keysOf(data: string): Promise<KeyShown[]> {
  return JSON.parse(await done('keys', 'list', '--data', data, '--json')) as KeyShown[];
}

it('the keys are changed under load and the gateway is killed in the middle: the ledger fixes the sizes, the old key is erased', async () => {
  await using place = await ChainedSite.open('3s');
  const { file, data, folder } = place.site;
  await using opening = new AsyncDisposableStack();
  let daemon = opening.use(await Daemon.start(file));
  const load = place.load();
  await eventually(
    'a first anchor is final',
    () => daemon.status(),
    ({ anchor }) => (anchor.lastFinalSize ?? 0) > 1,
    30_000,
  );
  const early = join(folder, 'early.json');
  writeFileSync(early, await done('policy', '--data', data));

  const asked = JSON.parse(
    await done('keys', 'rotate', '--data', data, '--reason', 'yearly', '--json'),
  ) as KeyShown[];
  expect(asked.map((key) => key.state)).toEqual(['in-force', 'announced']);
  // Killed while the proposal is on its way or waits for its delay.
  await daemon.cut();
  daemon = opening.use(await Daemon.start(file));
  await eventually(
    'the new key is in force and the old one gone',
    () => keysOf(data),
    (keys) => keys[0]?.erased === true && keys[1]?.state === 'in-force',
    60_000,
  );
  const { journal } = await daemon.status();
  await eventually(
    'a head by the new key alone is final',
    () => daemon.status(),
    ({ anchor }) => (anchor.lastFinalSize ?? 0) > journal.size,
    30_000,
  );
  expect(await load.stop()).toBeGreaterThan(20);
  await daemon.stop();

  expect(
    readdirSync(data)
      .filter((name) => name.endsWith('.key'))
      .sort(),
  ).toEqual(['answer.key', 'ledger-1.key', 'log-1.key']);
  const [old, next] = await keysOf(data);
  expect(old?.to).toBe(next?.from);
  const events = journalRecords(data, RecordType.key);
  expect(events.map(({ body }) => body[0])).toEqual([1]);
  await expectSound(data);

  // A stranger with the policy of today believes all of it; one with that of before, what the old key signed.
  const late = join(folder, 'late.json');
  writeFileSync(late, await done('policy', '--data', data));
  const bundle = join(folder, 'bundle.zip');
  const what = ['--stream', TEMPERATURE, '--min', '2', '--max', '10', '--allow-gap', '1h'];
  await done('export', '--data', data, ...sealedWindow(data), ...what, '--out', bundle);
  expect(await verdictOf(bundle, late)).toMatchObject({ evidence: 'valid', answer: 'yes' });
  expect(await verdictOf(bundle, early)).toMatchObject({ failure: { code: 'LOG_SIGNATURE' } });
}, 180_000);
