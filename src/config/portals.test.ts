import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfiguration } from './load.ts';
import { checkers } from './site.fixture.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bailee-portals-'));
  writeFileSync(join(folder, 'p.yaml'), 'unit: Cel\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

const LEDGER = `
ledger:
  kind: evm
  url: http://127.0.0.1:8545
  chain-id: 31337
  contract: '0x5FbDB2315678afecb367f032d93F642f64180aa3'
  finality: instant
  account-key: credential:account
  ledger-key: credential:ledger`;

async function problems(portals: string, ledger = LEDGER): Promise<string[]> {
  const file = join(folder, 'gateway.yaml');
  writeFileSync(
    file,
    `gateway: { id: 'b0b1b2b3b4b5b6b7', domain: a.example }
data: data
zones: [{ id: yard }]
devices:
  - { driver: bus, id: one, profile: p, zone: yard, device: gate-1, verbs: [barrier-open, barrier-close] }
${ledger}
goods:
  portals:
${portals}`,
  );
  const loaded = await loadConfiguration(file, checkers, {
    shippedProfiles: folder,
    credentials: { checked: false },
  });
  return loaded.ok ? [] : loaded.problems.map(({ path, message }) => `${path.slice(2).join('.')} ${message}`);
}

describe('portals', () => {
  it('are told all that is wrong with them at once', async () => {
    expect(
      await problems(`
    - { id: d1, read-point: gate-1/t0, inside: [1, 2], outside: [2], zone: yrad }
    - { id: d2, read-point: other/dock, inside: [1], outside: [], zone: yard, antennas: 3 }
    - { id: d3, read-point: other/dock, inside: [1], outside: [2], zone: yard, barrier: { device: gate-1, open: up, close: barrier-close } }
    - { id: d4, read-point: d4/dock, inside: [1], outside: [2], zone: yard, account-key: credential:account, barrier: { device: gate, open: up, close: down } }
`),
    ).toEqual([
      '0.outside has antenna 2 of inside: that shows no direction',
      '0.zone is not a zone of this configuration; did you mean "yard"?',
      '0.read-point is no read point: gate-1/t0 measures temperature',
      expect.stringContaining('1.outside must'),
      expect.stringContaining('1.antennas is not a key here'),
      expect.stringContaining('2.read-point is not a read point of this configuration'),
      '2.barrier is opened by nothing without account-key, the account that orders name as their gate',
      '2.barrier.open "up" is no verb of gate-1; it takes barrier-open, barrier-close',
      expect.stringContaining('3.read-point is not a read point'),
      '3.account-key needs ledger.registry, the contract whose orders this gate obeys',
      expect.stringContaining('3.barrier.device is not a device that takes commands'),
    ]);
  });

  it('are a list, and the registry of their gates is an address', async () => {
    expect(await problems('    { id: d1 }')).toEqual([' must be a list: one entry for each portal']);
    expect(await problems('    []', `${LEDGER}\n  registry: '0x12'`)).toEqual([
      ' must be a contract address, 0x and 40 hexadecimal digits',
    ]);
  });
});
