import { setTimeout as delay } from 'node:timers/promises';
import { CommandStep, RecordType, ReleaseStep } from '../src/domain/record.ts';
import { Daemon } from '../test/daemon.ts';
import { journalRecords } from '../test/journal-records.ts';
import { Dock, DOCK_RULES, epc, orderOf, post } from '../test/scenarios/dock.ts';
import { quantile, type Figure, type PartResult } from './figures.ts';

const BLOCK_MS = 500;

/** From the record of a claim to that of the order to open: the whole daemon, on a chain with a block each 500 ms. */
export async function benchGate(quick: boolean): Promise<PartResult> {
  const orders = quick ? 3 : 10;
  const figures = [...(await claims(orders, 'instant', 1000)), ...(await claims(orders, 'tag', 2000))];
  return {
    part: 'gate',
    figures,
    notes: [`${orders} claims each; blocks of ${BLOCK_MS} ms, one transaction in flight`],
  };
}

async function claims(orders: number, finality: 'instant' | 'tag', most: number): Promise<Figure[]> {
  await using dock = await Dock.open(DOCK_RULES, finality);
  const { anvil } = dock.parties;
  await using daemon = await Daemon.start(dock.site.file);
  await dock.alive(daemon);
  const tags = Array.from({ length: orders }, (_, i) => epc(i + 1));
  const receipt = await dock.receipt(daemon, tags);
  const told: string[] = [];
  for (const tag of tags) told.push(await dock.order(daemon, receipt, [tag]));
  await anvil.rpc('anvil_mine', '0x3');
  await anvil.rpc('evm_setAutomine', false);
  const stop = new AbortController();
  const mining = mine(() => anvil.rpc('evm_mine'), stop.signal);
  for (const [i, order] of told.entries()) {
    await dock.alive(daemon);
    await post(daemon, `orders/${order}/claim`, { reason: 'bench' });
    await until(async () => (await orderOf(daemon, order)).state === 'open');
    await dock.carryOut(tags.slice(i, i + 1));
    await until(async () => {
      const { state, gate } = await orderOf(daemon, order);
      return state === 'done' && gate?.busy === null;
    });
  }
  stop.abort();
  await mining;
  await daemon.stop();
  const asked = journalRecords(dock.site.data, RecordType.release).filter(
    ({ body }) => body[1] === ReleaseStep.requested,
  );
  const opened = journalRecords(dock.site.data, RecordType.command).filter(
    ({ body }) => body[2] === 'barrier-open' && body[7] === CommandStep.sent,
  );
  const took = opened.map(({ t }, i) => t - (asked[i]?.t ?? 0));
  const of = `claim to open command, final by ${finality === 'tag' ? 'tag' : 'its block'}`;
  return [
    { name: `${of}, median`, value: quantile(took, 0.5), unit: 'ms', beside: null, target: { most } },
    { name: `${of}, most`, value: Math.max(...took), unit: 'ms', beside: null, target: null },
  ];
}

async function mine(block: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await block();
    await delay(BLOCK_MS);
  }
}

async function until(is: () => Promise<boolean>): Promise<void> {
  while (!(await is())) await delay(200);
}
