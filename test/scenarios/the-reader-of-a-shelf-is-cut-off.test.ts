import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { simulateLlrp } from '../../src/devices/llrp/simulator.ts';
import { RecordType } from '../../src/domain/record.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';

const READER = {
  id: 'reader-1',
  driver: 'llrp',
  host: '127.0.0.1',
  keepalive: '500ms',
  every: '1s',
  gone: '1s',
  settle: '200ms',
  'max-gap': '3s',
  points: [{ name: 'shelf', antennas: [1, 2], zone: 'shelf-a' }],
};
const LOST = '3034245482cc0e40deadbeef';

type Shelf = {
  readonly why: string | null;
  readonly expected: number;
  readonly seen: number;
  readonly missing: number;
  readonly unknown: number;
  readonly strangers: readonly string[];
  readonly items: readonly { readonly epc: string; readonly presence: string }[];
};

async function shelf(daemon: Daemon): Promise<Shelf> {
  const answer = await daemon.ask('stock/shelf-a');
  expect(answer.status).toBe(200);
  return (await answer.json()) as Shelf;
}

it('the reader of a shelf is cut off: what lies there is unknown and not missing, also after a restart', async () => {
  await using reader = await simulateLlrp(READER, { host: '127.0.0.1', port: 0 });
  reader.set('reader-1', 'shelf', 3);
  using site = writeSite({
    devices: `  - ${JSON.stringify({ ...READER, port: reader.port })}`,
    zones: ['shelf-a', 'dock'],
    more: 'goods: {}\n',
  });
  {
    await using daemon = await Daemon.start(site.file);
    const goods = (...args: string[]) => bailee('goods', ...args, '--url', daemon.url, '--config', site.file);
    const { strangers } = await eventually(
      'three tags that nobody put there',
      () => shelf(daemon),
      (s) => s.strangers.length === 3 && s.why === null,
    );
    const list = join(site.folder, 'arrived.csv');
    writeFileSync(
      list,
      ['epc,lot,zone', ...[...strangers, LOST].map((epc) => `${epc},cu-7,shelf-a`)].join('\n'),
    );
    expect(await goods('import', list, '--reason', 'arrived by truck')).toMatchObject({
      code: 0,
      out: 'On record: 4 things\n',
    });
    const told = await eventually(
      'one of four is missing',
      () => shelf(daemon),
      (s) => s.missing === 1 && s.seen === 3,
    );
    expect(told.items.filter((i) => i.presence === 'missing').map((i) => i.epc)).toEqual([LOST]);
    expect((await goods('list', '--lang', 'zh')).out).toContain('shelf-a: 应有 4, 在位 3, 缺失 1');

    // One of them twice: nothing of it is done, and the reason is on record.
    const wrong = await goods(
      'place',
      strangers[0] ?? '',
      '0001',
      '--lot',
      'cu-7',
      '--zone',
      'dock',
      '--reason',
      'by mistake',
    );
    expect(wrong.code).not.toBe(0);
    expect(wrong.err).toContain(`${strangers[0]} is on record already, lot cu-7 in zone shelf-a: move it`);
    expect((await daemon.ask('items/0001')).status).toBe(404);

    // A reader that answers nothing any more; what it saw last is soon too old to say anything.
    reader.fault('reader-1', 'no-keepalive');
    const cut = await eventually(
      'nothing is known of the shelf',
      () => shelf(daemon),
      (s) => s.unknown === 4,
    );
    expect(cut).toMatchObject({ expected: 4, seen: 0, missing: 0 });
    expect(cut.why).toMatch(/^reader-(ill|silent)$/);
    await daemon.stop();
  }
  {
    await using daemon = await Daemon.start(site.file);
    expect(await shelf(daemon)).toMatchObject({ expected: 4, seen: 0, missing: 0, unknown: 4 });
    expect(await (await daemon.ask(`items/${LOST}`)).json()).toMatchObject({
      lot: 'cu-7',
      presence: 'unknown',
    });
    await daemon.stop();
  }
  const refused = journalRecords(site.data, RecordType.act).filter(
    ({ body }) => body[2] === 'goods' && body[7] === 1,
  );
  expect(refused.map(({ body }) => String(body[6]))).toEqual([
    expect.stringContaining('is on record already'),
  ]);
  const { code, out } = await bailee('replay', '--data', site.data);
  expect(out).toContain('No difference');
  expect(code).toBe(0);
  await expectSound(site.data);
});
