import type { Connection, Trace } from '../devices/port.ts';
import type { Arrival } from '../domain/device.ts';
import { StorageError } from '../domain/errors.ts';
import type { SiteConfiguration } from '../gateway/site/site.ts';
import { UsageError } from './failure.ts';
import type { Context } from './context.ts';
import { credentialsOfUnit } from './credentials.ts';
import { devicesOf } from './device-list.ts';

export type Trial = {
  readonly connections: readonly Connection[];
  readonly onArrival: (arrival: Arrival) => void;
  /** Told what goes wrong with a connection, in the system's words. */
  readonly onTrouble: (said: string) => void;
  readonly trace: Trace;
};

/** Opens the connections of a trial until `signal` aborts. @throws StorageError BUSY, and what a driver throws */
export async function runTrial(
  context: Context,
  site: SiteConfiguration,
  trial: Trial,
  signal: AbortSignal,
): Promise<void> {
  const { openTrial } = await import('../gateway/trial.ts');
  const over = Promise.withResolvers<void>();
  if (signal.aborted) return;
  signal.addEventListener('abort', () => over.resolve(), { once: true });
  try {
    await using _open = openTrial({
      site,
      connections: trial.connections,
      credentials: credentialsOfUnit(context.world),
      onArrival: trial.onArrival,
      log: (level, message, fields) => {
        if (level === 'warn') trial.onTrouble(`${message}${detailOf(fields)}`);
      },
      trace: trial.trace,
      onError: over.reject,
    });
    await over.promise;
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'BUSY') throw error;
    throw new UsageError(
      context.say({
        en: `a running gateway holds the devices of ${site.file}: see bailee status, or stop it first`,
        zh: `正在运行的网关占用着 ${site.file} 的设备：请用 bailee status 查看，或先停止网关`,
      }),
      { cause: error },
    );
  }
}

/** The connection with this id or with a device of it. @throws UsageError */
export function connectionOf(site: SiteConfiguration, device: string): Connection {
  const found = site.connections.find((c) => c.id === device || devicesOf(c).includes(device));
  if (found !== undefined) return found;
  const known = site.connections.flatMap(devicesOf).join(', ');
  throw new UsageError(`${site.file} has no device ${device}; there are ${known}`);
}

/** The connection with only this device of it: the others on its line are not asked. */
export function narrowed(connection: Connection, device: string): Connection {
  if (!connection.streams.some((s) => s.dev === device)) return connection;
  return {
    ...connection,
    open: (env) => {
      const open = connection.open(env);
      return {
        polled: open.polled.filter((p) => p.id === device),
        pushing: open.pushing,
        [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
      };
    },
  };
}

function detailOf(fields: Record<string, unknown> | undefined): string {
  const detail = fields?.['detail'];
  return typeof detail === 'string' ? `: ${detail}` : '';
}
