import type { Sink } from '../../domain/device.ts';
import type { Line } from '../line.ts';
import type { DeviceEnv, Driver, OpenConnection } from '../port.ts';
import { openLine } from '../talker/settings.ts';
import { Ear } from './ear.ts';
import { planScanner, type ScannerPlan } from './plan.ts';

const LOOK_MS = 100;

/** Scanners of bar codes and 2-D codes that send what they read as lines of text. */
export const scanner: Driver = {
  name: 'scanner',
  title: 'Code scanner: USB serial, RS-232 or TCP',
  configure: (raw) => {
    const planned = planScanner(raw);
    if (!planned.ok) return planned;
    const plan = planned.value;
    return {
      ok: true,
      value: {
        id: plan.id,
        streams: Object.values(plan.streams),
        actuators: new Map(),
        profiles: [],
        open: (env) => openScanner(plan, env),
      },
    };
  },
};

function openScanner(plan: ScannerPlan, env: DeviceEnv): OpenConnection {
  const line = openLine(plan.talker.line);
  line.tap(plan.id, env.trace);
  line.watch((state) => {
    if (state.reason === 'closed') return;
    env.log(state.up ? 'info' : 'warn', `${plan.id}: line ${state.reason}`, { detail: state.detail });
  });
  return {
    polled: [],
    pushing: [{ id: plan.id, subscribe: (sink, signal) => listen(plan, line, env, sink, signal) }],
    [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
  };
}

async function listen(
  plan: ScannerPlan,
  line: Line,
  env: DeviceEnv,
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  const ear = new Ear(plan, sink, env.now, performance.now());
  line.receive((chunk) => ear.hear(chunk, performance.now()));
  const unwatch = line.watch((state) => ear.lineBecame(state, performance.now()));
  ear.lineBecame(line.state, performance.now());
  const watching = setInterval(() => ear.watch(performance.now()), LOOK_MS);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  clearInterval(watching);
  unwatch();
  line.receive(null);
}
