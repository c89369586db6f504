import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openArchive } from '../../src/buffer/archive.ts';
import { planScanner } from '../../src/devices/scanner/plan.ts';
import { scannerModel } from '../../src/devices/scanner/simulator.ts';
import { simulateTalker } from '../../src/devices/talker/simulator.ts';
import { elementString } from '../../src/domain/epc/element-string.ts';
import { readScan, scannedText } from '../../src/domain/epc/scanned.ts';
import { RecordType } from '../../src/domain/record.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';
import { done, verdictOf } from './chained-site.ts';

const ALARM = 'scanner-1/days-left/expires-soon';

const RULES = `
- id: expires-soon
  title: { en: Goods about to expire, zh: 近效期商品 }
  basis: the pledge takes nothing below 90 days
  kind: limit
  on: { quantity: shelf-life }
  below: 90 d
  deadband: 0 d
  raise-after: 1 sample
  clear-after: 1 sample
  priority: medium
`;

const entry = (port: number): Record<string, unknown> => ({
  id: 'scanner-1',
  driver: 'scanner',
  host: '127.0.0.1',
  port,
  every: '1s',
  zone: 'cold-1',
});

/** What a kept code means, as people read it. */
function meaning(bytes: unknown): string {
  const text = scannedText(bytes as Uint8Array) ?? '';
  const read = readScan(text);
  return read.kind === 'code' && read.code.elements !== null ? elementString(read.code.elements) : text;
}

it(
  'goods about to expire are scanned: GTIN, expiry, batch and serial are on record without a network, and an alarm rises',
  { timeout: 60_000 },
  async () => {
    const plan = planScanner(entry(1));
    if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
    const at = { host: '127.0.0.1', port: 0 };
    const model = scannerModel(plan.value);
    await using scanner = await simulateTalker(model, plan.value.talker.line, at);
    using site = writeSite({
      devices: `  - ${JSON.stringify(entry(scanner.port))}`,
      rules: RULES,
      block: '1s',
    });
    const scans = () => journalRecords(site.data, RecordType.observation);
    {
      await using daemon = await Daemon.start(site.file);
      scanner.set('scanner-1', 'scans', 3);
      await eventually(
        'goods that keep for a year',
        () => daemon.stream('scanner-1/days-left'),
        (s) => s.latest?.text === '365' && s.unit === 'd',
      );
      expect(await daemon.alarms()).toEqual([]);

      scanner.set('scanner-1', 'days-left', 30);
      const raised = await eventually(
        'an alarm',
        () => daemon.alarm(ALARM),
        (a) => a !== undefined,
      );
      expect(raised).toMatchObject({ priority: 'medium', lastValue: { text: '30' } });

      scanner.set('scanner-1', 'understood', 0);
      await eventually(
        'a code of nobody has no expiry, and clears nothing',
        () => daemon.stream('scanner-1/understood'),
        (s) => s.latest?.text === '0',
      );
      expect(await daemon.alarm(ALARM)).toMatchObject({ state: 'unacknowledged' });
      await eventually(
        'the first scan is sealed',
        () => {
          using archive = openArchive(site.data);
          return archive.block(archive.size() - 1)?.t1 ?? 0;
        },
        (until) => until > (scans()[0]?.t ?? Infinity) + 1000,
      );
      await daemon.stop();
    }
    const seen = scans().map((r) => meaning(r.body[0]));
    expect(seen[0]).toMatch(/^\(01\)09506000134352\(17\)\d{6}\(10\)B-7\(21\)1$/);
    expect(seen.at(-1)).toMatch(/^\]C0BOX-\d+$/);
    expect(new Set(seen).size).toBe(seen.length);
    // The code itself is what a bundle is asked for.
    const [first] = scans();
    const t = first?.t ?? 0;
    const code = Buffer.from(first?.body[0] as Uint8Array).toString('hex');
    const policy = join(site.folder, 'policy.json');
    writeFileSync(policy, await done('policy', '--data', site.data));
    const out = join(site.folder, 'scan.zip');
    const window = ['--from', new Date(t).toISOString(), '--to', new Date(t + 500).toISOString()];
    await done('export', '--data', site.data, '--tag', code, ...window, '--out', out);
    expect(await verdictOf(out, policy)).toMatchObject({ failure: null, answer: 'yes' });
    await expectSound(site.data);
    expect((await bailee('check', site.file)).code).toBe(0);
  },
);
