import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadSite } from '../site/site.ts';

const SAMPLE = join(import.meta.dirname, '../../../config/samples/gate.yaml');
const AROUND = `gateway: { id: b0b1b2b3b4b5b6b7, domain: consortium.example }
data: data
zones: [{ id: yard-1 }]
ledger:
  kind: evm
  url: http://127.0.0.1:8545
  chain-id: 31337
  contract: '0x5FbDB2315678afecb367f032d93F642f64180aa3'
  REGISTRY
  finality: instant
  account-key: credential:account-key
  ledger-key: credential:ledger-key
`;

async function loaded(registry: string) {
  const folder = mkdtempSync(join(tmpdir(), 'bailee-gate-'));
  try {
    const file = join(folder, 'gateway.yaml');
    writeFileSync(file, AROUND.replace('REGISTRY', registry) + readFileSync(SAMPLE, 'utf8'));
    return await loadSite(file, { checked: false });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('the sample of a dock with its gate is right, with the real drivers', async () => {
  const site = await loaded("registry: '0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512'");
  expect(site.ok ? site.value.goods?.portals : site.problems).toEqual([
    {
      id: 'dock-2',
      point: 'portal-1/dock',
      inside: [1, 2],
      outside: [3, 4],
      withinMs: 10_000,
      zone: 'yard-1',
      gate: {
        accountKey: 'credential:gate-dock-2',
        barrier: { device: 'barrier-1', open: 'barrier-open', close: 'barrier-close' },
        openForMs: 900_000,
      },
    },
  ]);
});

it('a gate without a registry obeys nothing, and is told so', async () => {
  const site = await loaded('# none');
  expect(site.ok ? [] : site.problems.map(({ message }) => message)).toEqual([
    'needs ledger.registry, the contract whose orders this gate obeys',
  ]);
});
