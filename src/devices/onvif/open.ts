import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { CommandOrderTo, Sink } from '../../domain/device.ts';
import { ConfigError, DeviceError } from '../../domain/errors.ts';
import type { DeviceEnv, OpenConnection } from '../port.ts';
import { Camera } from './camera.ts';
import { CameraClient } from './client.ts';
import { pause } from './pause.ts';
import { PinnedAgent } from './pinned-agent.ts';
import { Pictures, SNAPSHOT } from './pictures.ts';
import { runSession, type Rhythm } from './session.ts';
import type { Plan, Settings } from './settings.ts';

const WATCH_MS = 250;
const LONGEST_PULL_MS = 60_000;
const LEAST_LEASE_MS = 60_000;
const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 15_000;
/** Cameras lock an account after a few wrong logins: this seldom nothing is locked. */
const REFUSED_RETRY_MS = 60_000;

/** Opens a planned camera; nothing is asked of it before `subscribe` or an order. */
export function openOnvif(plan: Plan, env: DeviceEnv): OpenConnection {
  const { settings } = plan;
  const stopped = new AbortController();
  const agent = agentOf(settings);
  const running: Promise<void>[] = [];
  let made: CameraClient | null = null;
  let heard: Sink | null = null;
  const client = async (): Promise<CameraClient> => (made ??= await connectTo(plan, env, agent));
  const pictures = new Pictures(settings, client, env);
  return {
    polled: [],
    pushing: [
      {
        id: settings.id,
        subscribe: async (sink, given) => {
          heard = sink;
          const signal = AbortSignal.any([given, stopped.signal]);
          const work = [keepFollowing(plan, env, client, sink, signal)];
          if (settings.pictures !== undefined)
            work.push(keepLooking(settings.pictures.every, pictures, sink, signal));
          running.push(...work);
          await Promise.all(work);
        },
      },
    ],
    command: async (device, order: CommandOrderTo, given) => {
      if (device !== settings.id || order.verb !== SNAPSHOT || order.arg !== null) {
        throw new DeviceError('REFUSED', `${device} has no verb "${order.verb}" with argument ${order.arg}`);
      }
      if (heard === null) throw new DeviceError('PORT_LOST', `${device} is not open yet`);
      await pictures.takeFor(order, heard, AbortSignal.any([given, stopped.signal]));
    },
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      await Promise.allSettled(running);
      agent.destroy();
    },
  };
}

function agentOf({ url, fingerprint }: Settings): Agent | TlsAgent {
  const options = { keepAlive: true, maxSockets: 4 };
  if (url.protocol === 'http:') return new Agent(options);
  return fingerprint === undefined ? new TlsAgent(options) : new PinnedAgent(fingerprint);
}

async function connectTo(
  { settings, maxGapMs }: Plan,
  env: DeviceEnv,
  agent: Agent | TlsAgent,
): Promise<CameraClient> {
  const { id, url, user } = settings;
  const password = await env.secret(settings.password).catch((error: unknown) => {
    if (!(error instanceof ConfigError)) throw error;
    throw new DeviceError('REFUSED', error.problems.map((p) => p.message).join('; '), { cause: error });
  });
  return new CameraClient({
    id,
    url,
    login: { user, password },
    answerMs: Math.min(10_000, Math.max(2000, maxGapMs)),
    now: env.now,
    trace: env.trace,
    agent,
  });
}

/** Session after session, for ever. */
async function keepFollowing(
  plan: Plan,
  env: DeviceEnv,
  client: () => Promise<CameraClient>,
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  const { id, every } = plan.settings;
  const pullMs = Math.min(LONGEST_PULL_MS, every / 2);
  const rhythm: Rhythm = { pullMs, leaseMs: Math.max(LEAST_LEASE_MS, 4 * pullMs) };
  const camera = new Camera(plan, performance.now());
  let failures = 0;
  const watch = setInterval(() => {
    const arrival = camera.watch(performance.now());
    if (arrival !== null) sink(arrival);
  }, WATCH_MS);
  try {
    while (!signal.aborted) {
      try {
        const to = await client();
        const watcher = {
          subscribed: () => {
            env.log('info', `${id}: subscribed`, { clockAheadMs: to.offsetMs });
            camera.subscribed(performance.now());
          },
          pulled: (pulled: Parameters<Camera['pulled']>[0]) => {
            failures = 0;
            sink(camera.pulled(pulled, { now: env.now(), offsetMs: to.offsetMs }, performance.now()));
          },
        };
        await runSession(to, rhythm, watcher, signal);
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        if (!(error instanceof DeviceError)) throw error;
        const { code, message: detail } = error;
        env.log('warn', `${id}: ${code.toLowerCase().replaceAll('_', '-')}`, { detail });
        // A camera that restarted is back at once; one that is not is told of.
        if (failures > 1 || code === 'REFUSED') sink(failed(id, code, detail));
        await pause(
          code === 'REFUSED' ? REFUSED_RETRY_MS : Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (failures - 1)),
          signal,
        );
      }
    }
  } finally {
    clearInterval(watch);
  }
}

async function keepLooking(
  everyMs: number,
  pictures: Pictures,
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const from = performance.now();
    await pictures.look(sink, signal);
    await pause(Math.max(RETRY_MS, everyMs - (performance.now() - from)), signal);
  }
}

function failed(device: string, code: DeviceError['code'], detail: string) {
  const reason = code.toLowerCase().replaceAll('_', '-');
  const refusals = code === 'PORT_LOST' || code === 'TIMEOUT' ? [] : [{ device, stream: null, code, detail }];
  return { readings: [], refusals, health: [{ device, healthy: false, reason }] };
}
