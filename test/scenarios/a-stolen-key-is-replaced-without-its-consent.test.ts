import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { KeyShown } from '../../src/gateway/keys/key-desk.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { ChainedSite, done, sealedWindow, TEMPERATURE, verdictOf } from './chained-site.ts';

const ORIGIN = 'scenario.example/gw/b0b1b2b3b4b5b6b7/0';
const KEY_DELAY_S = 60;

async function keysOf(data: string): Promise<readonly KeyShown[]> {
  return JSON.parse(await done('keys', 'list', '--data', data, '--json')) as KeyShown[];
}

it('the consortium suspends a log, its registrar proposes the key that the gateway announced, and after the delay that key signs alone', async () => {
  await using place = await ChainedSite.open(`${KEY_DELAY_S}s`);
  const { file, data, folder } = place.site;
  await using opening = new AsyncDisposableStack();
  const daemon = opening.use(await Daemon.start(file));
  const load = place.load();
  const final = async (least: number): Promise<number> => {
    const { anchor } = await eventually(
      `size ${least} is final`,
      () => daemon.status(),
      (status) => (status.anchor.lastFinalSize ?? 0) >= least,
      30_000,
    );
    return anchor.lastFinalSize ?? 0;
  };
  await final(1);

  expect(await place.asConsortium('suspend', '--reason', 'key stolen')).toBe(`${ORIGIN} suspended`);
  // Nothing is announced yet, so there is nothing to propose.
  const admin = `file:${join(folder, 'admin.key')}`;
  const early = await bailee('ledger', 'propose-key', '--config', file, '--account-key', admin);
  expect(early).toMatchObject({ code: 1, err: expect.stringContaining('bailee keys rotate') as string });
  await done('keys', 'rotate', '--data', data, '--reason', 'the key in force was stolen');
  await eventually(
    'the next key is announced',
    () => keysOf(data),
    (keys) => keys.some((key) => key.state === 'announced'),
    20_000,
  );

  // Nobody else may while it is suspended; the registrar may, without a line of the stolen key.
  const stranger = `file:${join(folder, 'account.key')}`;
  const refused = await bailee('ledger', 'propose-key', '--config', file, '--account-key', stranger);
  expect(refused).toMatchObject({ code: 74, err: expect.stringContaining('NOT_ACTIVE') as string });
  expect(await place.asConsortium('propose-key')).toBe(`${ORIGIN} 1`);
  await place.anvil.rpc('evm_increaseTime', 2 * KEY_DELAY_S);
  await place.anvil.rpc('evm_mine');
  expect(await place.asConsortium('resume')).toBe(`${ORIGIN} active`);
  const keys = await eventually(
    'the new key is in force and the stolen one gone',
    () => keysOf(data),
    (list) => list[0]?.erased === true && list[1]?.state === 'in-force',
    60_000,
  );
  const size = await final((keys[1]?.from ?? 0) + 1);
  await load.stop();
  await daemon.stop();

  await expectSound(data);
  const policy = join(folder, 'policy.json');
  writeFileSync(policy, await done('policy', '--data', data));
  const bundle = join(folder, 'bundle.zip');
  const what = ['--stream', TEMPERATURE, '--min', '2', '--max', '10', '--allow-gap', '1h'];
  await done('export', '--data', data, ...sealedWindow(data), ...what, '--out', bundle);
  expect(await verdictOf(bundle, policy)).toMatchObject({ evidence: 'valid', answer: 'yes' });
  expect(size).toBeGreaterThan(keys[0]?.to ?? Infinity);
}, 180_000);
