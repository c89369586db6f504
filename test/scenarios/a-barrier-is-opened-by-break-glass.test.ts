import { expect, it } from 'vitest';
import { RecordType, ReleaseStep } from '../../src/domain/record.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { journalRecords } from '../journal-records.ts';
import { barrierIsOpen, Dock, SUPERVISORS } from './dock.ts';

const RULES = `
- id: break-glass-used
  title: { en: A barrier was opened by break-glass, zh: 道闸被破窗应急开启 }
  basis: R32
  kind: release
  steps: [override]
  clear-after: 1m
  latch: true
  priority: urgent
  do: [{ siren: siren-1 }]
`;

it('two supervisors open a barrier by break-glass while the chain is away: that is an alarm, and on record with both', async () => {
  await using dock = await Dock.open(RULES);
  const { site, parties } = dock;
  await using daemon = await Daemon.start(site.file);
  await dock.alive(daemon);
  parties.anvil.pause();
  const reason = 'ambulance inside';
  const glass = (token: string) => daemon.post('devices/barrier-1/break-glass', { reason }, token);
  expect(await glass(SUPERVISORS.li)).toMatchObject({ status: 403 });
  expect(await glass(SUPERVISORS.li), 'one person twice').toMatchObject({ status: 403 });
  expect(await barrierIsOpen(daemon)).toBe(false);
  expect(await glass(SUPERVISORS.wang)).toMatchObject({ status: 204 });
  await eventually(
    'it is open',
    () => barrierIsOpen(daemon),
    (open) => open,
  );
  await eventually(
    'an alarm',
    () => daemon.alarm('gateway/break-glass-used'),
    (alarm) => alarm?.priority === 'urgent',
  );
  parties.anvil.resume();
  await daemon.stop();

  const [step, ...others] = journalRecords(site.data, RecordType.release);
  expect(others).toEqual([]);
  expect(step?.body.slice(1)).toEqual([ReleaseStep.override, 0, 'barrier-1 by 7 and 8: ambulance inside']);
  const acts = journalRecords(site.data, RecordType.act).filter(({ body }) => body[2] === 'break-glass');
  expect(acts.map(({ body }) => [body[0], body[7]])).toEqual([
    [7, 1],
    [7, 1],
    [8, 0],
  ]);
  await expectSound(site.data);
}, 60_000);
