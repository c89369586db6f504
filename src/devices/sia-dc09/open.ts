import { setTimeout as delay } from 'node:timers/promises';
import type { Sink } from '../../domain/device.ts';
import { ConfigError, DeviceError } from '../../domain/errors.ts';
import type { DeviceEnv, OpenConnection } from '../port.ts';
import { keyOf } from './cipher.ts';
import { FrameScanner } from './frame.ts';
import { listenTcp, listenUdp, type Caller, type Listener } from './listener.ts';
import { Panel } from './panel.ts';
import { Receiver } from './receiver.ts';
import { maxGapOf, type Plan, type Settings } from './settings.ts';

const RETRY_MS = 5000;
const WATCH_MS = 250;
/** So many messages of one caller, or of all datagrams, may wait for their commit. */
const MOST_WAITING = 100;
/** Bytes kept of one caller stay below two frames, so its connections may idle long. */
const LEAST_IDLE_MS = 60_000;

/** Opens a planned receiver; nothing is listened on before `subscribe`. */
export function openDc09(plan: Plan, env: DeviceEnv): OpenConnection {
  const { settings } = plan;
  const now = performance.now();
  const panels = settings.panels.map((p) => new Panel(p, settings.window, now));
  const stopped = new AbortController();
  let running: Promise<void> = Promise.resolve();
  return {
    polled: [],
    pushing: [
      {
        id: settings.id,
        subscribe: (sink, signal) => {
          running = keepRunning(settings, panels, env, sink, AbortSignal.any([signal, stopped.signal]));
          return running;
        },
      },
    ],
    seed: (readings) => {
      for (const panel of panels) panel.seed(readings);
    },
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      await running;
    },
  };
}

async function keepRunning(
  settings: Settings,
  panels: readonly Panel[],
  env: DeviceEnv,
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  const { id } = settings;
  const watch = setInterval(() => {
    for (const panel of panels) {
      const { readings, health } = panel.watch(performance.now());
      if (readings.length > 0) sink({ readings, health });
    }
  }, WATCH_MS);
  try {
    while (!signal.aborted) {
      try {
        await run(settings, panels, env, sink, signal);
      } catch (error) {
        // A secret that cannot be read, an address that is taken: said, and tried again.
        env.log('warn', `${id} cannot start: ${reasonOf(error)}`);
        sink({ readings: [], health: [{ device: id, healthy: false, reason: 'cannot-start' }] });
        await delay(RETRY_MS, undefined, { signal }).catch((reason: unknown) => {
          if (!signal.aborted) throw reason;
        });
      }
    }
  } finally {
    clearInterval(watch);
  }
}

async function run(
  settings: Settings,
  panels: readonly Panel[],
  env: DeviceEnv,
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  const { id, listen, transport } = settings;
  const keys = await keysOf(settings, env);
  const byAccount = new Map(panels.map((p) => [p.settings.account, p]));
  const receiver = new Receiver(settings, byAccount, keys, env.now);
  const refuse = (detail: string): void =>
    sink({ readings: [], refusals: [{ device: id, stream: null, code: 'REFUSED', detail }] });
  const trace = (way: 'in' | 'out', bytes: Uint8Array): void => env.trace?.(id, way, bytes);
  const options = {
    ...listen,
    maxConnections: settings['max-connections'],
    idleMs: Math.max(LEAST_IDLE_MS, ...settings.panels.map((p) => 2 * maxGapOf(p))),
  };
  await using listener: Listener =
    transport === 'tcp'
      ? await listenTcp(options, hearing(receiver, sink, trace, false), refuse)
      : await listenUdp(listen, hearing(receiver, sink, trace, true), refuse);
  const { host } = listen;
  env.log('info', `${id}: listens for panels`, { transport, host, port: listener.port });
  sink({ readings: [], health: [{ device: id, healthy: true, reason: 'ok' }] });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

type Waiting = { n: number };

/** What hears callers. Datagrams wait together and more are dropped; a panel sends them again. */
function hearing(
  receiver: Receiver,
  sink: Sink,
  trace: (way: 'in' | 'out', bytes: Uint8Array) => void,
  isUdp: boolean,
) {
  const datagrams: Waiting = { n: 0 };
  return (caller: Caller): ((chunk: Uint8Array) => void) => {
    const scanner = new FrameScanner();
    const waiting: Waiting = isUdp ? datagrams : { n: 0 };
    return (chunk) => {
      trace('in', chunk);
      if (isUdp && waiting.n >= MOST_WAITING) return;
      for (const heard of scanner.push(chunk)) {
        const { arrival, answer } = receiver.take(heard, performance.now());
        waiting.n++;
        // Answered only now: what a panel was told that we have is on disk.
        const committed = (): void => {
          if (waiting.n-- === MOST_WAITING) caller.pause(false);
          if (answer === null) return;
          trace('out', answer);
          caller.send(answer);
        };
        if (waiting.n === MOST_WAITING) caller.pause(true);
        sink({ ...arrival, committed });
      }
    };
  };
}

async function keysOf({ panels }: Settings, env: DeviceEnv): Promise<Map<string, Uint8Array>> {
  const keys = new Map<string, Uint8Array>();
  for (const { id, account, secret } of panels) {
    if (secret === undefined) continue;
    const key = keyOf(await env.secret(secret));
    if (key === null) {
      const message = `the secret of ${id} must be 32, 48 or 64 hex digits (AES-128, 192 or 256)`;
      throw new DeviceError('REFUSED', message);
    }
    keys.set(account, key);
  }
  return keys;
}

function reasonOf(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.map((p) => p.message).join('; ');
  return error instanceof Error ? error.message : String(error);
}
