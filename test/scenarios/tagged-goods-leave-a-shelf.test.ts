import { expect, it } from 'vitest';
import { simulateLlrp } from '../../src/devices/llrp/simulator.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';

const ALARM = 'reader-1/shelf-tags/goods-are-missing';
const RULES = `
- id: goods-are-missing
  title: { en: Goods are missing from the shelf, zh: 货架缺货 }
  basis: pledge contract, schedule 2
  kind: limit
  on: { quantity: tags, zone: cold-1 }
  below: 12
  deadband: 0
  raise-after: 1s
  clear-after: 1s
  priority: high
  do: []
`;
const READER = {
  id: 'reader-1',
  driver: 'llrp',
  host: '127.0.0.1',
  keepalive: '500ms',
  every: '1s',
  gone: '1s',
  settle: '200ms',
  points: [{ name: 'shelf', antennas: [1, 2], zone: 'cold-1' }],
};

it('tagged goods leave a shelf: an alarm rises, and the reader that goes deaf afterwards proves nothing', async () => {
  await using reader = await simulateLlrp(READER, { host: '127.0.0.1', port: 0 });
  reader.set('reader-1', 'shelf', 12);
  using site = writeSite({
    devices: `  - ${JSON.stringify({ ...READER, port: reader.port })}`,
    rules: RULES,
  });
  {
    await using daemon = await Daemon.start(site.file);
    await eventually(
      'twelve tags are there',
      () => daemon.stream('reader-1/shelf-tags'),
      (s) => s.latest?.text === '12' && s.state === 'fresh',
    );
    expect(await daemon.alarms()).toEqual([]);
    expect(await daemon.device('reader-1')).toMatchObject({ health: 'healthy', reason: 'ok' });

    reader.set('reader-1', 'shelf', 9);
    const raised = await eventually(
      'an alarm',
      () => daemon.alarm(ALARM),
      (a) => a !== undefined,
    );
    expect(raised).toMatchObject({ state: 'unacknowledged', priority: 'high', zone: { id: 'cold-1' } });

    reader.fault('reader-1', 'no-keepalive');
    await eventually(
      'the reader is unwell',
      () => daemon.device('reader-1'),
      (d) => d.health === 'unhealthy' && d.reason === 'timeout',
    );
    await daemon.stop();
  }
  await expectSound(site.data);
}, 40_000);
