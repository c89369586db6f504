import { expect, it } from 'vitest';
import { simulateLlrp } from '../../src/devices/llrp/simulator.ts';
import { RecordType, StatementKind } from '../../src/domain/record.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';

const RULES = `
- id: one-tag-two-places
  title: { en: A tag is copied or was moved, zh: 标签疑似复制或被移动 }
  basis: pledge contract, uniqueness of goods
  kind: limit
  on: { quantity: tag-conflicts }
  above: 0
  deadband: 0
  raise-after: 1 sample
  clear-after: 1 sample
  priority: urgent
  latch: true
`;

function entryOf(id: string, zone: string) {
  const times = { keepalive: '500ms', every: '1s', gone: '1s', settle: '200ms' };
  const points = [{ name: 'in', antennas: [1], zone }];
  return { id, driver: 'llrp', host: '127.0.0.1', ...times, points };
}

it('one tag is in two places five kilometres apart: an alarm rises, and the journal says which tag', async () => {
  const at = { host: '127.0.0.1', port: 0 };
  const [here, there] = [entryOf('gate-1', 'cold-1'), entryOf('gate-2', 'yard')];
  await using one = await simulateLlrp(here, at);
  await using other = await simulateLlrp(there, at);
  // Tags of the first read point are the same in every simulated reader.
  one.set('gate-1', 'in', 1);
  using site = writeSite({
    zones: ['cold-1', 'yard'],
    devices: [
      { ...here, port: one.port },
      { ...there, port: other.port },
    ]
      .map((entry) => `  - ${JSON.stringify(entry)}`)
      .join('\n'),
    rules: RULES,
  });
  site.edit((text) =>
    text
      .replace('{ id: cold-1 }', '{ id: cold-1, at: [121.4737, 31.2304] }')
      .replace('{ id: yard }', '{ id: yard, at: [121.5262, 31.2304] }'),
  );
  {
    await using daemon = await Daemon.start(site.file);
    for (const gate of ['gate-1', 'gate-2']) {
      await eventually(
        `no conflict at ${gate}`,
        () => daemon.stream(`${gate}/in-conflicts`),
        (s) => s.state === 'fresh' && s.latest?.text === '0',
      );
    }
    await eventually(
      'the tag is here',
      () => daemon.stream('gate-1/in-tags'),
      (s) => s.latest?.text === '1',
    );
    expect(await daemon.alarms()).toEqual([]);
    other.set('gate-2', 'in', 1);
    await eventually(
      'an alarm at one of the gates',
      () => daemon.alarms(),
      (alarms) => alarms.some((a) => /^gate-[12]\/in-conflicts\/one-tag-two-places$/.test(a.id)),
    );
    await daemon.stop();
  }
  const told = journalRecords(site.data, RecordType.statement).filter(
    ({ body }) => body[0] === StatementKind.tagConflict,
  );
  const [first] = told;
  expect(first?.body[1]).toBe('3034245482cc0e4000010000');
  expect(first?.body[2]).toBeGreaterThan(120);
  expect(first?.body[4]).toMatch(/^gate-[12]\/in, before gate-[12]\/in 20\d\d-/);
  await expectSound(site.data);
});
