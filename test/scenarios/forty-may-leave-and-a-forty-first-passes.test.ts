import { expect, it } from 'vitest';
import { hexOf } from '../../src/anchoring/hex.ts';
import { RecordType, ReleaseStep } from '../../src/domain/record.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { journalRecords } from '../journal-records.ts';
import { soon } from '../receipt-parties.ts';
import { barrierIsOpen, Dock, epc, orderOf, post } from './dock.ts';

const TAGS = Array.from({ length: 60 }, (_, i) => epc(i + 1));
const FORTY = TAGS.slice(0, 40);

it('an order lets forty out by dock 2; a forty-first shuts the barrier, and the order is disputed', async () => {
  await using dock = await Dock.open();
  const { site, parties } = dock;
  await using daemon = await Daemon.start(site.file);
  await dock.alive(daemon);
  await eventually(
    'the barrier is shut',
    () => barrierIsOpen(daemon),
    (open) => !open,
  );
  const receipt = await dock.receipt(daemon, TAGS);
  const order = await dock.order(daemon, receipt, FORTY);
  expect(await orderOf(daemon, order)).toMatchObject({ state: 'known', gate: { busy: null } });

  const began = performance.now();
  await post(daemon, `orders/${order}/claim`, { reason: 'truck 7 is at the dock' });
  await eventually(
    'the barrier is open',
    () => barrierIsOpen(daemon),
    (open) => open,
  );
  expect(performance.now() - began, 'ms').toBeLessThan(10_000);
  const opened = await orderOf(daemon, order);
  expect(opened).toMatchObject({ state: 'open', passed: [] });
  expect(await parties.reads.order(`0x${order}`, soon())).toMatchObject({ state: 'executing' });

  await dock.carryOut(FORTY.slice(0, 39));
  await eventually(
    '39 are out',
    () => orderOf(daemon, order),
    ({ passed }) => passed.length === 39,
  );
  expect(await daemon.alarm('portal-1/dock/release-excess')).toBeUndefined();
  expect(await daemon.alarm('portal-1/dock/goods-leave')).toBeUndefined();
  const before = Date.now();
  await dock.carryOut([epc(41)]);
  await eventually(
    'the order is disputed',
    () => orderOf(daemon, order),
    ({ isDisputed }) => isDisputed,
  );
  await eventually(
    'an alarm',
    () => daemon.alarm('portal-1/dock/release-excess'),
    (alarm) => alarm?.priority === 'urgent',
  );
  await eventually(
    'the barrier is shut',
    () => barrierIsOpen(daemon),
    (open) => !open,
  );
  expect(Date.now() - before - 1500, 'from the passage, ms').toBeLessThan(10_000);
  expect(await parties.reads.order(`0x${order}`, soon()), 'nobody has settled it').toMatchObject({
    state: 'executing',
  });

  await post(daemon, `orders/${order}/settle`, { moved: 39, reason: 'the forty-first was brought back' });
  await eventually(
    'the ledger knows what was moved',
    () => parties.reads.order(`0x${order}`, soon()),
    (found) => found?.state === 'done',
  );
  expect(await parties.receipt(receipt)).toMatchObject({ qty: 21n, reserved: 0n });
  await eventually(
    'the gate is free',
    () => orderOf(daemon, order),
    ({ gate }) => gate?.busy === null,
  );
  await post(daemon, `orders/${order}/claim`, { reason: 'truck 7 is at the dock' });
  const again = await eventually(
    'a refusal',
    () => orderOf(daemon, order),
    ({ refused }) => refused !== null,
  );
  expect(again.refused?.text).toEqual({ en: 'it is done already', zh: '已经完成' });
  const asked = ['--url', daemon.url, '--config', site.file];
  const listed = await bailee('orders', 'list', ...asked);
  expect(listed).toMatchObject({ code: 0 });
  expect(listed.out).toContain(`${order} done out 40 copper-7 by dock-2 until`);
  const shown = await bailee('orders', 'show', order, ...asked);
  const gone = await bailee('goods', 'show', FORTY[0] ?? '', '--json', ...asked);
  expect(JSON.parse(gone.out), 'what left under the order is taken out').toMatchObject({ zone: null });
  const here = await bailee('goods', 'show', TAGS[50] ?? '', '--json', ...asked);
  expect(JSON.parse(here.out).zone).not.toBeNull();
  expect(shown.out).toContain('passed 39 / 40 (39)');
  expect(shown.out).toContain('it is done already');
  const claimed = await bailee('orders', 'claim', order, '--reason', 'once more', ...asked);
  expect(claimed).toMatchObject({ code: 0 });
  await daemon.stop();

  const steps = journalRecords(site.data, RecordType.release);
  expect(steps.slice(0, 7).map(({ body }) => body[1])).toEqual([
    ReleaseStep.requested,
    ReleaseStep.authorised,
    ReleaseStep.claimed,
    ReleaseStep.opened,
    ReleaseStep.done,
    ReleaseStep.requested,
    ReleaseStep.refused,
  ]);
  const onLedger = await parties.reads.order(`0x${order}`, soon());
  expect(onLedger?.evidence).toMatch(/^0x[0-9a-f]{64}$/);
  expect(onLedger?.evidence).not.toBe(hexOf(new Uint8Array(32)));
  await expectSound(site.data);
}, 90_000);
