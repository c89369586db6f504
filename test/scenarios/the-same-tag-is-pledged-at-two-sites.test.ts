import { createHash, hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Count, GrantMade, Standing } from '../../src/api/types.ts';
import { simulateLlrp } from '../../src/devices/llrp/simulator.ts';
import { openUniquenessServer } from '../../src/gateway/uniqueness-server.ts';
import { bindingOf } from '../../src/goods/story.fixture.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite, type Site } from '../gateway-site.ts';

const RULES = `
- id: duplicate-epc
  title: { en: A tag is told of at two sites, zh: 同一标签见于两处 }
  basis: R8
  kind: limit
  on: { quantity: tag-conflicts }
  above: 0
  deadband: 0
  raise-after: 1 sample
  clear-after: 1 sample
  priority: urgent
  latch: true
`;
/** Tags of the first read point are the same in every simulated reader. */
const TAG = '3034245482cc0e4000010000';
const RECEIPTS = { 'site-a': 'a1'.repeat(32), 'site-b': 'b2'.repeat(32) } as const;
type Name = keyof typeof RECEIPTS;

const SUPERVISOR = 'supervisor-token-0123456789';

const ENTRY = {
  id: 'gate-1',
  driver: 'llrp',
  host: '127.0.0.1',
  keepalive: '500ms',
  every: '1s',
  gone: '1s',
  settle: '200ms',
  points: [{ name: 'in', antennas: [1], zone: 'cold-1' }],
};

function siteOf(name: Name, readerPort: number, index: string): Site {
  const site = writeSite({
    devices: `  - ${JSON.stringify({ ...ENTRY, port: readerPort })}`,
    rules: RULES,
    more: `goods:\n  index: { url: '${index}', token: 'file:token', key: 'file:key', every: 1s }
users:
  - { id: li, number: 7, role: supervisor, token-hash: 'sha256:${hash('sha256', SUPERVISOR)}' }
`,
    files: { token: `token-of-${name}-0123456789`, key: 'the key of the consortium' },
  });
  const gw = name === 'site-a' ? 'a0b1b2b3b4b5b6b7' : 'b0b1b2b3b4b5b6b7';
  site.edit((text) => text.replace('b0b1b2b3b4b5b6b7', gw));
  return site;
}

async function pledge(daemon: Daemon, name: Name): Promise<void> {
  const document = bindingOf({
    receipt: RECEIPTS[name],
    goods: { ...bindingOf().goods, lot: `lot-${name}` },
    place: { zone: 'cold-1', location: 'A1' },
    epcs: [TAG],
    sources: ['gate-1'],
    attestedBy: 'tags',
    override: { by: 7, reason: 'counted by hand' },
  });
  const told = await daemon.post('goods/documents', { document, reason: 'bound' }, SUPERVISOR);
  expect(told, told.text).toMatchObject({ status: 200 });
}

async function standing(daemon: Daemon, name: Name): Promise<Standing> {
  return (await (await daemon.ask(`receipts/${RECEIPTS[name]}/standing`)).json()) as Standing;
}

it('one tag is pledged at two sites: both gateways raise it, and neither says unique when the index is gone', async () => {
  const state = mkdtempSync(join(tmpdir(), 'bailee-index-'));
  const members = (['site-a', 'site-b'] as const).map((name) => ({
    name,
    sha256: createHash('sha256').update(`token-of-${name}-0123456789`).digest(),
  }));
  const settings = { host: '127.0.0.1', tls: null, state, members, onFatal: () => undefined };
  const at = { host: '127.0.0.1', port: 0 };
  let index = await openUniquenessServer({ ...settings, port: 0 });
  await using one = await simulateLlrp(ENTRY, at);
  await using other = await simulateLlrp(ENTRY, at);
  for (const reader of [one, other]) reader.set('gate-1', 'in', 1);
  using a = siteOf('site-a', one.port, index.url);
  using b = siteOf('site-b', other.port, index.url);
  try {
    await using here = await Daemon.start(a.file);
    await using there = await Daemon.start(b.file);
    await pledge(here, 'site-a');
    await eventually(
      'the index is asked, and nobody else tells of the tag',
      () => standing(here, 'site-a'),
      ({ uniqueness: { index: shared, signals } }) =>
        typeof shared?.checkedAt === 'number' && signals.length === 0,
    );
    await pledge(there, 'site-b');
    for (const [daemon, name, elsewhere] of [
      [here, 'site-a', 'site-b'],
      [there, 'site-b', 'site-a'],
    ] as const) {
      await eventually(
        `an alarm at ${name}`,
        () => daemon.alarm('gate-1/in-conflicts/duplicate-epc'),
        (alarm) => alarm !== undefined,
      );
      const { uniqueness } = await standing(daemon, name);
      expect(uniqueness.signals).toEqual([{ kind: 'other-site', other: elsewhere, count: 1 }]);
    }

    // The lender of one of them asks for a count with its own token, and sees no other receipt.
    const order = {
      as: 'financier',
      party: 'bank-a',
      receipts: [RECEIPTS['site-a']],
      until: Date.now() + 3_600_000,
      reason: 'loan 17',
      consent: { owner: 'owner-1', document: 'c3'.repeat(32) },
    };
    const { token } = JSON.parse((await here.post('grants', order)).text) as GrantMade;
    const challenge = {
      challengeId: 'c-1',
      nonce: '0f'.repeat(16),
      kind: 'rfid-count',
      deadline: Date.now() + 100_000,
    };
    const ask = () => here.post(`receipts/${RECEIPTS['site-a']}/count`, challenge, token);
    expect(await ask()).toMatchObject({ status: 200 });
    expect((await here.post(`receipts/${RECEIPTS['site-b']}/count`, challenge, token)).status).toBe(404);
    const counted = await eventually(
      'the count is done',
      async () => JSON.parse((await ask()).text) as Count,
      (count) => count.state === 'done',
    );
    expect(counted.reply).toMatchObject({ result: 'complete', expected: 1, seen: 1, missing: 0 });
    expect(counted.statement?.note).toContain('count-reply');

    await index[Symbol.asyncDispose]();
    const gone = await eventually(
      'the index is not reached',
      () => standing(here, 'site-a'),
      ({ uniqueness }) => typeof uniqueness.index?.unreachedSince === 'number',
    );
    expect(gone.uniqueness.index?.checkedAt).toBeGreaterThan(0);
    await Promise.all([here.stop(), there.stop()]);
    index = await openUniquenessServer({ ...settings, port: 0 });
  } finally {
    await index[Symbol.asyncDispose]();
    rmSync(state, { recursive: true });
  }
  await expectSound(a.data);
  const exported = await bailee(
    'export',
    '--data',
    a.data,
    '--receipt',
    RECEIPTS['site-a'],
    '--out',
    join(a.folder, 'r.zip'),
  );
  expect(exported).toMatchObject({ code: 0 });
}, 120_000);
