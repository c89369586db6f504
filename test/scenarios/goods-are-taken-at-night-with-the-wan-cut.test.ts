import { expect, it } from 'vitest';
import { AlarmState } from '../../src/domain/alarm.ts';
import { RecordType } from '../../src/domain/record.ts';
import { Daemon, eventually, expectSound } from '../daemon.ts';
import { journalRecords } from '../journal-records.ts';
import { soon } from '../receipt-parties.ts';
import { barrierIsOpen, Dock, DOCK_RULES, epc, orderOf, post } from './dock.ts';

const TAGS = Array.from({ length: 5 }, (_, i) => epc(i + 1));

/** One sign alone is of medium priority; two within a minute are somebody who breaks in (R3). */
const NIGHT_RULES = `${DOCK_RULES}
- id: fence-alarm
  title: { en: Fence alarm, zh: 周界报警 }
  basis: R12
  kind: state
  on: { stream: fence-1/zone-1 }
  is: 1
  raise-after: 0s
  clear-after: 5m
  priority: medium
- id: break-in
  title: { en: Somebody breaks in, zh: 入侵 }
  basis: R3
  kind: together
  on: { zone: yard-1 }
  of: [fence-alarm, goods-leave]
  least: 2
  within: 60s
  raise-after: 0s
  clear-after: 5m
  latch: true
  priority: urgent
  do: [{ siren: siren-1 }, { lock: barrier-1 }]
`;

it('goods are taken at night with the WAN cut: siren and a shut barrier at once, the chain hears of it later', async () => {
  await using dock = await Dock.open(NIGHT_RULES);
  const { site, parties } = dock;
  await using daemon = await Daemon.start(site.file);
  await dock.alive(daemon);
  const receipt = await dock.receipt(daemon, TAGS);
  const order = await dock.order(daemon, receipt, TAGS);

  // The node takes connections and never answers.
  parties.anvil.pause();
  await post(daemon, `orders/${order}/claim`, { reason: 'a stranger at the gate' });

  dock.set('fence-1', 'zone-1', 1);
  await eventually(
    'the fence is heard',
    () => daemon.alarm('fence-1/zone-1/fence-alarm'),
    (alarm) => alarm !== undefined,
  );
  await dock.carryOut([epc(1)]);
  const leaves = await eventually(
    'goods leave',
    () => daemon.alarm('portal-1/dock/goods-leave'),
    (alarm) => alarm?.state === 'unacknowledged',
  );
  await eventually(
    'the siren sounds',
    () => daemon.stream('siren-1/siren'),
    (s) => s.latest?.text === '1',
  );
  expect(await barrierIsOpen(daemon)).toBe(false);

  const refused = await eventually(
    'unknown is shut',
    () => orderOf(daemon, order),
    (o) => o.refused !== null,
    40_000,
  );
  expect(refused.refused?.text.en).toContain('unknown stays shut');
  expect(await barrierIsOpen(daemon)).toBe(false);

  parties.anvil.resume();
  const raisedAt = leaves?.since ?? 0;
  await eventually(
    'the alarm is anchored',
    async () => {
      const { anchor, journal } = await daemon.status();
      return { anchored: anchor.lastFinalSize ?? 0, size: journal.size };
    },
    ({ anchored, size }) => anchored > 0 && anchored === size,
    40_000,
  );
  await daemon.stop();

  const alarms = journalRecords(site.data, RecordType.alarm);
  const ours = alarms.find(
    ({ body }) => body[0] === 'portal-1/dock/goods-leave' && body[2] === AlarmState.unacknowledged,
  );
  expect(ours?.t).toBe(raisedAt);
  // From the record of the second sign to the siren's own answer, as the journal has it.
  const commands = journalRecords(site.data, RecordType.command);
  const sounded = commands.find(({ body }) => body[1] === 'siren-1' && body[7] === 2);
  expect((sounded?.t ?? Infinity) - (ours?.t ?? 0), 'ms to the siren').toBeLessThan(2000);
  const opened = commands.filter(({ body }) => body[2] === 'barrier-open');
  expect(opened).toEqual([]);
  expect(await parties.reads.order(`0x${order}`, soon())).toMatchObject({ state: 'authorized' });
  await expectSound(site.data);
}, 90_000);
