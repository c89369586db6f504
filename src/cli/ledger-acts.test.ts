import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ANVIL_CHAIN_ID, ANVIL_SECRETS, startAnvil } from '../../test/anvil.ts';
import { CONFIGURATION, Place } from '../gateway/data-directory.fixture.ts';
import { bailee } from './bailee.fixture.ts';

const ORIGIN = 'consortium.example/gw/b0b1b2b3b4b5b6b7/0';

function act(...args: readonly string[]): ReturnType<typeof bailee> {
  return bailee('ledger', ...args);
}

describe('acts of the consortium on a log', () => {
  it('suspend, resume and revoke it on a real node, by its configuration or from elsewhere', async () => {
    await using anvil = await startAnvil();
    using place = new Place();
    for (const [i, name] of ['admin.key', 'gateway.key'].entries()) {
      writeFileSync(join(place.root, name), `0x${ANVIL_SECRETS[i] ?? ''}\n`, { mode: 0o600 });
    }
    const node = ['--url', anvil.url, '--chain-id', String(ANVIL_CHAIN_ID)];
    const admin = ['--account-key', `file:${join(place.root, 'admin.key')}`];
    const stranger = ['--account-key', `file:${join(place.root, 'gateway.key')}`];
    const contract = (await bailee('ledger', 'deploy', ...node, ...admin)).stdout.trim();
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
    (await place.boot())[Symbol.dispose]();
    const config = ['--config', place.file];
    expect(await bailee('ledger', 'enrol', ...config, ...admin)).toMatchObject({ code: 0 });
    const elsewhere = [...node, '--contract', contract, '--origin', ORIGIN];

    expect(await act('suspend', ...config, ...stranger)).toMatchObject({
      code: 74,
      stderr: expect.stringContaining('NOT_PERMITTED'),
    });
    expect(await act('suspend', ...elsewhere, ...admin)).toMatchObject({
      code: 0,
      stdout: `${ORIGIN} suspended\n`,
    });
    expect(await act('suspend', ...config, ...admin)).toMatchObject({
      code: 74,
      stderr: expect.stringContaining('NOT_ACTIVE'),
    });
    expect(await act('resume', ...config, ...admin, '--json')).toMatchObject({ code: 0 });
    expect(await act('cancel-key', ...config, ...admin)).toMatchObject({ code: 74 });
    expect(await act('propose-key', ...config, ...admin)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('bailee keys rotate'),
    });
    expect(await act('revoke', ...elsewhere, ...admin, '--valid-size', '9')).toMatchObject({ code: 74 });
    expect(await act('revoke', ...elsewhere, ...admin, '--reason', 'x'.repeat(40))).toMatchObject({
      code: 0,
      stdout: `${ORIGIN} revoked 0\n`,
    });

    for (const wrong of [
      [...node, ...admin],
      [...elsewhere, ...admin, '--valid-size', 'all'],
      [...node, '--contract', '0x12', '--origin', ORIGIN, ...admin],
    ]) {
      expect(await act('revoke', ...wrong)).toMatchObject({ code: 64 });
    }
    expect(await act('revoke', ...node, '--contract', contract, '--origin', 'x', ...admin)).toMatchObject({
      code: 1,
      stderr: 'bailee: x is no origin of a log\n',
    });
  });
});
