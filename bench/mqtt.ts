import { hasMosquitto, mosquitto } from '../src/devices/mqtt/mosquitto.fixture.ts';
import { bundlePrograms, type Programs } from './bundle.ts';
import type { Figure, PartResult } from './figures.ts';
import { runFloor } from './floor-run.ts';
import { runGateway, type RunResult } from './gateway-run.ts';
import { Generator } from './generator.ts';
import { DEVICES } from './site.ts';

const RATE = 5000;
/** What the CPU figure speaks of; a short run pays for compiling the program with every message. */
const MILLION = 1_000_000;
/** Behind by no more than this at the end of a run is keeping up, ms. */
const KEPT_UP_MS = 1000;
const FIRST_RATE = 6000;
const STEP = 1.15;
const LAST_RATE = 60_000;

/** MQTT QoS 1 → rule → durable journal with signature and leaf → alarm out, beside the bare floor. */
export async function benchMqtt(quick: boolean): Promise<PartResult> {
  if (!hasMosquitto) return { part: 'mqtt', figures: [], notes: ['SKIPPED: mosquitto is not installed'] };
  const programs = await bundlePrograms();
  await using broker = await mosquitto();
  await using generator = await Generator.start(programs, broker.port);
  const { port } = broker;
  const order = { rate: RATE, messages: quick ? RATE * 8 : MILLION };
  const floor = await runFloor(programs, port, generator, order);
  const run = await runGateway(programs, port, generator, order);
  const seconds = quick ? 4 : 8;
  const highest = await highestRate(async (rate) => {
    const r = await runGateway(programs, port, generator, { rate, messages: Math.round(rate * seconds) });
    return lossOf(r) === 0 && r.drainMs <= KEPT_UP_MS ? r.perSecond : null;
  });
  const highestFloor = await highestRate(async (rate) => {
    const r = await runFloor(programs, port, generator, { rate, messages: Math.round(rate * seconds) });
    return r.lost === 0 && r.drainMs <= KEPT_UP_MS ? r.perSecond : null;
  });
  const figures: readonly Figure[] = [
    figure('messages lost or twice', lossOf(run), '', null, { most: 0 }),
    figure('alarm out, p50', run.alarmP50Ms, 'ms', null, null),
    figure('alarm out, p99', run.alarmP99Ms, 'ms', null, { most: 100 }),
    figure('CPU per million messages', run.cpuSecondsPerMillion, 's', floor.cpuSecondsPerMillion, {
      most: 40,
    }),
    figure('resident memory, peak', run.rssMB, 'MB', floor.rssMB, { most: 130 }),
    figure('resident memory, idle', run.idleMB, 'MB', null, { most: 90 }),
    figure('highest rate without loss', highest, 'msg/s', highestFloor, { least: 12_000 }),
  ];
  return { part: 'mqtt', figures, notes: notesOf(run, programs, seconds) };
}

function lossOf({ difference, alarmsUnmatched }: RunResult): number {
  return difference.missing + difference.twice + difference.strange + alarmsUnmatched;
}

/** Steps up until a rate is not kept up with twice; gives the highest that was, as it was published. */
async function highestRate(attempt: (rate: number) => Promise<number | null>): Promise<number> {
  let best = 0;
  for (let rate = FIRST_RATE; rate <= LAST_RATE; rate *= STEP) {
    const kept = (await attempt(Math.round(rate))) ?? (await attempt(Math.round(rate)));
    if (kept === null || kept <= best) break;
    best = kept;
  }
  return best;
}

function notesOf(run: RunResult, programs: Programs, seconds: number): string[] {
  return [
    `release bundle with the flags of systemd/bailee.service, mosquitto without its limits, ${DEVICES} climate sensors`,
    `${Math.round(run.perSecond)} msg/s of three readings each; ${run.alarms} alarms, from the publisher's write to the commit of the outbox entry`,
    `the generator was behind its schedule by ${Math.round(run.behindMs)} ms at most, which the alarm times contain`,
    `a rate is kept up with when all is in the journal, once and in order, ${KEPT_UP_MS} ms after the last of ${seconds} s`,
    `program: ${programs.bailee.split('/').slice(-2).join('/')}`,
  ];
}

function figure(
  name: string,
  value: number,
  unit: string,
  floor: number | null,
  target: Figure['target'],
): Figure {
  return { name, value, unit, beside: floor === null ? null : { name: 'the floor', value: floor }, target };
}
