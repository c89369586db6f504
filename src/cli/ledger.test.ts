import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ANVIL_CHAIN_ID, ANVIL_SECRETS, startAnvil } from '../../test/anvil.ts';
import { CONFIGURATION, Place } from '../gateway/data-directory.fixture.ts';
import { bailee } from './bailee.fixture.ts';

describe('ledger', () => {
  it('deploys the contract on a real node, enrols a gateway that was started once, and not twice', async () => {
    await using anvil = await startAnvil();
    using place = new Place();
    for (const [i, name] of ['admin.key', 'gateway.key'].entries()) {
      writeFileSync(join(place.root, name), `0x${ANVIL_SECRETS[i] ?? ''}\n`, { mode: 0o600 });
    }
    const node = ['--url', anvil.url, '--chain-id', String(ANVIL_CHAIN_ID)];
    const admin = `file:${join(place.root, 'admin.key')}`;
    const deployed = await bailee('ledger', 'deploy', ...node, '--account-key', admin, '--json');
    expect(deployed).toMatchObject({ code: 0, stderr: '' });
    const { contract }: { contract: string } = JSON.parse(deployed.stdout);
    expect(contract).toMatch(/^0x[0-9a-f]{40}$/i);

    writeFileSync(
      place.file,
      `${CONFIGURATION}ledger:
  kind: evm
  url: ${anvil.url}
  chain-id: ${ANVIL_CHAIN_ID}
  contract: '${contract}'
  finality: tag
  account-key: file:gateway.key
  ledger-key: file:gateway.key
`,
    );
    const enrol = ['ledger', 'enrol', '--config', place.file, '--account-key', admin];
    const early = await bailee(...enrol);
    expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('start the gateway once') });
    (await place.boot())[Symbol.dispose]();
    const enrolled = await bailee(...enrol, '--json');
    const origin = 'consortium.example/gw/b0b1b2b3b4b5b6b7/0';
    expect(enrolled).toMatchObject({ code: 0 });
    expect(JSON.parse(enrolled.stdout)).toEqual({ origin, contract });
    expect(await bailee(...enrol)).toMatchObject({ code: 74, stderr: expect.stringContaining('REJECTED') });

    rmSync(join(place.root, 'admin.key'));
    expect(await bailee(...enrol)).toMatchObject({ code: 78, stderr: expect.stringContaining('admin.key') });
    const wrong = await bailee(
      'ledger',
      'deploy',
      '--url',
      anvil.url,
      '--chain-id',
      'one',
      '--account-key',
      admin,
    );
    expect(wrong).toMatchObject({ code: 64, stderr: 'bailee: "one" is no chain id\n' });
  });
});
