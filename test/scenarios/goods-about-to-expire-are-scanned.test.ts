import { expect, it } from 'vitest';
import { planScanner } from '../../src/devices/scanner/plan.ts';
import { scannerModel } from '../../src/devices/scanner/simulator.ts';
import { simulateTalker } from '../../src/devices/talker/simulator.ts';
import { elementString } from '../../src/domain/epc/element-string.ts';
import { readScan, scannedText } from '../../src/domain/epc/scanned.ts';
import { RecordType } from '../../src/domain/record.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';

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
    using site = writeSite({ devices: `  - ${JSON.stringify(entry(scanner.port))}`, rules: RULES });
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
      await daemon.stop();
    }
    const seen = journalRecords(site.data, RecordType.observation).map((r) => meaning(r.body[0]));
    expect(seen[0]).toMatch(/^\(01\)09506000134352\(17\)\d{6}\(10\)B-7\(21\)1$/);
    expect(seen.at(-1)).toMatch(/^\]C0BOX-\d+$/);
    expect(new Set(seen).size).toBe(seen.length);
    await expectSound(site.data);
    expect((await bailee('check', site.file)).code).toBe(0);
  },
);
