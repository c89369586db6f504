import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bailee, Bailee, eventually } from '../bailee.fixture.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bailee-panels-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('simulate is the panel that calls: walk test, an alarm, an order that is wrong', async () => {
  const file = join(root, 'gateway.yaml');
  writeFileSync(join(root, 'panel.key'), 'ab'.repeat(24), { mode: 0o600 });
  writeFileSync(
    file,
    `gateway: { id: b0b1b2b3b4b5b6b7, domain: consortium.example }
data: data
listen: { port: 0 }
zones: [{ id: yard }]
devices:
  - id: alarms
    driver: sia-dc09
    listen: 127.0.0.1:0
    panels:
      - id: host
        account: '1234'
        secret: file:panel.key
        every: 1s
        zone: yard
        inputs: [{ id: fence-3, number: 3 }, { id: armed, is: armed }]
`,
  );
  expect(await bailee('simulate', 'sia-dc09', file)).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('--at ENTRY=HOST:PORT'),
  });
  using gateway = new Bailee(['run', file]);
  await eventually(
    () => gateway.stderr,
    () => gateway.stderr.includes('http://'),
  );
  const port = await eventually(
    () => gateway.stdout,
    () => /"port":(\d+)/.exec(gateway.stdout)?.[1],
  );
  using panel = new Bailee([
    'simulate',
    'sia-dc09',
    file,
    '--at',
    `alarms=127.0.0.1:${port}`,
    '--set',
    'host/armed=1',
  ]);
  const url = /http:\/\/\S+/.exec(gateway.stderr)?.[0] ?? '';
  expect(await sees(file, url, { 'host/fence-3': '0', 'host/armed': '1', 'host/link': '1' })).toBe(true);
  panel.type('set host/fence-3=1');
  expect(await sees(file, url, { 'host/fence-3': '1' })).toBe(true);
  panel.type('set host/fence-3=2');
  await eventually(
    () => panel.stderr,
    () => panel.stderr.includes('inputs are 0 or 1'),
  );
  expect((await panel.stop()).code).toBe(0);
  expect((await gateway.stop()).code).toBe(0);
});

type Stream = { readonly id: string; readonly latest: { readonly text: string | null } | null };

async function sees(file: string, url: string, wanted: Readonly<Record<string, string>>): Promise<boolean> {
  for (let i = 0; i < 20; i += 1) {
    const { stdout } = await bailee('status', '--config', file, '--url', url, '--json');
    const { streams }: { streams: readonly Stream[] } = JSON.parse(stdout);
    const texts = new Map(streams.map((s) => [s.id, s.latest?.text]));
    if (Object.entries(wanted).every(([id, text]) => texts.get(id) === text)) return true;
  }
  return false;
}
