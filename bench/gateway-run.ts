import { mkdtemp, rm, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import type { Programs } from './bundle.ts';
import { MeasuredChild, UNIT_ENVIRONMENT, UNIT_FLAGS } from './child.ts';
import type { CommittedEntry } from './commit-probe.ts';
import { drained } from './drained.ts';
import { quantile } from './figures.ts';
import type { Generator } from './generator.ts';
import { compareJournal, openCounter, type Difference } from './journal-check.ts';
import { warmUpOf, type Crossing, type LoadOrder } from './load-order.ts';
import { CHANNEL, CHANNELS, deviceName, RULE, writeSite } from './site.ts';

export type RunResult = {
  readonly difference: Difference;
  /** From the last message to its commit, ms: how far behind the gateway was in the end. */
  readonly drainMs: number;
  readonly behindMs: number;
  readonly cpuSecondsPerMillion: number;
  readonly rssMB: number;
  readonly idleMB: number;
  readonly perSecond: number;
  readonly alarms: number;
  /** Crossings without an alarm of their own, or alarms without a crossing. */
  readonly alarmsUnmatched: number;
  readonly alarmP50Ms: number;
  readonly alarmP99Ms: number;
};

/** How long an idle gateway is left alone before its memory is read. */
const IDLE_MS = 3000;

/** One gateway on an empty data directory takes one load; then its whole journal is read. */
export async function runGateway(
  programs: Programs,
  broker: number,
  generator: Generator,
  order: LoadOrder,
  nodeOptions: readonly string[] = [],
): Promise<RunResult> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'bailee-bench-'));
  cleanup.defer(() => rm(folder, { recursive: true }));
  const sink = createServer((request, response) => request.resume().on('end', () => response.end('{}')));
  await once(sink.listen(0, '127.0.0.1'), 'listening');
  cleanup.defer(() => {
    sink.closeAllConnections();
    sink.close();
  });
  const file = writeSite(folder, { broker, sink: (sink.address() as AddressInfo).port });
  const commits = join(folder, 'commits.json');
  const gateway = cleanup.use(
    await MeasuredChild.start(
      [
        ...UNIT_FLAGS,
        ...nodeOptions,
        '--import',
        join(programs.own, 'commit-probe.mjs'),
        programs.bailee,
        'run',
        file,
      ],
      'is connected to',
      { ...UNIT_ENVIRONMENT, BAILEE_BENCH_COMMITS: commits },
    ),
  );
  await delay(IDLE_MS);
  const idleMB = gateway.memoryMB('VmRSS');
  const warmUp = await generator.publish(warmUpOf(order));
  const cpuBefore = gateway.cpuSeconds();
  const report = await generator.publish(order);
  const sent = warmUp.sent.map((times, device) => [...times, ...(report.sent[device] ?? [])]);
  const drainMs = await drainedJournal(join(folder, 'data'), sent.flat().length * CHANNELS.length);
  const cpuSeconds = gateway.cpuSeconds() - cpuBefore;
  const rssMB = gateway.memoryMB('VmHWM');
  await gateway.stop();
  const entries = JSON.parse(await readFile(commits, 'utf8')) as CommittedEntry[];
  const crossings = [...warmUp.crossings, ...report.crossings];
  const { latencies, unmatched } = alarmLatencies(crossings, entries, report.begunAt);
  return {
    difference: compareJournal(join(folder, 'data'), sent),
    drainMs,
    behindMs: report.behindMs,
    cpuSecondsPerMillion: (cpuSeconds / order.messages) * 1e6,
    rssMB,
    idleMB,
    perSecond: order.messages / report.seconds,
    alarms: latencies.length,
    alarmsUnmatched: unmatched,
    alarmP50Ms: quantile(latencies, 0.5),
    alarmP99Ms: quantile(latencies, 0.99),
  };
}

async function drainedJournal(data: string, wanted: number): Promise<number> {
  using counter = openCounter(data);
  return await drained(() => counter.readings(), wanted);
}

/** The n-th crossing of a device belongs to the n-th notice of its alarm; timed are those from `since` on. */
function alarmLatencies(
  crossings: readonly Crossing[],
  entries: readonly CommittedEntry[],
  since: number,
): { readonly latencies: readonly number[]; readonly unmatched: number } {
  const raised = Map.groupBy(entries, ([key]) => key.slice(0, key.indexOf(' ')));
  const crossed = Map.groupBy(crossings, ({ device }) => device);
  const latencies: number[] = [];
  let unmatched = entries.length;
  for (const [device, messages] of crossed) {
    const own = raised.get(`${deviceName(device)}/temperature/${RULE}`) ?? [];
    for (const [i, { at }] of messages.entries()) {
      const entry = own[i];
      if (entry === undefined || !entry[0].includes(` ${CHANNEL} `)) unmatched++;
      else {
        if (at >= since) latencies.push(entry[1] - at);
        unmatched--;
      }
    }
  }
  return { latencies: latencies.sort((a, b) => a - b), unmatched };
}
