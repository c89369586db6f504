import { mkdtemp, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Programs } from './bundle.ts';
import { MeasuredChild, UNIT_FLAGS } from './child.ts';
import { drained } from './drained.ts';
import type { Generator } from './generator.ts';
import { warmUpOf, type LoadOrder } from './load-order.ts';

export type FloorResult = {
  readonly lost: number;
  readonly drainMs: number;
  readonly cpuSecondsPerMillion: number;
  readonly rssMB: number;
  readonly perSecond: number;
};

/** The bare client (floor-client.ts) takes one load. */
export async function runFloor(
  { own }: Programs,
  broker: number,
  generator: Generator,
  order: LoadOrder,
): Promise<FloorResult> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'bailee-floor-'));
  cleanup.defer(() => rm(folder, { recursive: true }));
  const file = join(folder, 'floor.db');
  const program = join(own, 'floor-client.mjs');
  const floor = cleanup.use(
    await MeasuredChild.start([...UNIT_FLAGS, program, String(broker), file], 'ready'),
  );
  using db = new DatabaseSync(file, { readOnly: true });
  const count = db.prepare('SELECT coalesce(max(rowid), 0) AS n FROM message');
  const stored = (): number => Number(count.get()?.['n']);
  const warmUp = warmUpOf(order);
  await generator.publish(warmUp);
  const cpuBefore = floor.cpuSeconds();
  const report = await generator.publish(order);
  const wanted = warmUp.messages + order.messages;
  const drainMs = await drained(stored, wanted);
  const cpuSeconds = floor.cpuSeconds() - cpuBefore;
  const rssMB = floor.memoryMB('VmHWM');
  const lost = wanted - stored();
  await floor.stop();
  return {
    lost,
    drainMs,
    cpuSecondsPerMillion: (cpuSeconds / order.messages) * 1e6,
    rssMB,
    perSecond: order.messages / report.seconds,
  };
}
