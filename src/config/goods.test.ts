import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSite } from '../gateway/site/site.ts';
import { describeProblems } from './describe.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bailee-goods-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function load(goods: string) {
  const file = join(folder, 'gateway.yaml');
  writeFileSync(join(folder, 'bank.secret'), 'x'.repeat(40), { mode: 0o600 });
  writeFileSync(
    file,
    `gateway: { id: 'b0b1b2b3b4b5b6b7', domain: consortium.example }
data: data
zones: [{ id: cold-1 }]
devices:
  - id: line-1
    driver: modbus-tcp
    host: 127.0.0.1
    port: 5020
    slaves: [{ id: probe-1, unit: 1, profile: rs-ws-n01, every: 10s, max-gap: 60s, zone: cold-1 }]
notify:
  channels:
    - { id: bank, kind: webhook, url: 'https://bank.example/control', secret: file:bank.secret }
    - { id: people, kind: ntfy, url: 'https://ntfy.example', topic: file:bank.secret }
${goods}`,
  );
  const loaded = await loadSite(file, { checked: true, directory: null });
  return loaded.ok ? loaded.value.goods : describeProblems(loaded.problems, 'en');
}

describe('what is stated of receipts', () => {
  it('may be shown for five minutes and is pushed to nobody when nothing is written', async () => {
    expect(await load('')).toBeNull();
    expect(await load('goods: {}')).toMatchObject({ statementValidMs: 300_000, push: [] });
    expect(await load('goods: { statement-valid: 90s, push: [bank] }')).toMatchObject({
      statementValidMs: 90_000,
      push: ['bank'],
    });
  });

  it('is pushed to webhooks that are there, and is valid for a second to a day', async () => {
    expect(await load('goods: { push: [banks] }')).toContain('did you mean "bank"');
    expect(await load('goods: { push: [people] }')).toContain('is not a webhook of this configuration');
    expect(await load('goods: { statement-valid: 2d }')).toContain('from 1s to 1d');
  });
});
