import { readSource } from '../config/source.ts';
import { valueAt } from '../config/problems.ts';
import type { Connection } from '../devices/port.ts';
import { unitSign } from '../domain/unit-signs.ts';
import { formatDuration } from '../domain/units.ts';
import type { SiteConfiguration } from '../gateway/site.ts';
import type { Context } from './context.ts';

/** One entry of `devices:`, with the devices that hang on it. */
export type ListedConnection = {
  readonly id: string;
  readonly driver: string;
  readonly devices: readonly ListedDevice[];
};

type ListedDevice = {
  readonly id: string;
  readonly streams: readonly {
    readonly id: string;
    readonly quantity: string;
    readonly unit: string;
    readonly zone: string;
    readonly everyMs: number;
    readonly maxGapMs: number;
  }[];
  readonly verbs: readonly string[];
};

/** What is configured: connections with their driver, devices and streams. */
export function listDevices(site: SiteConfiguration): ListedConnection[] {
  const drivers = driversIn(site.file);
  return site.connections.map((connection) => ({
    id: connection.id,
    driver: drivers.get(connection.id) ?? '',
    devices: devicesOf(connection).map((id) => ({
      id,
      streams: connection.streams
        .filter((s) => s.dev === id)
        .map(({ id: stream, quantity, unit, place, cadenceMs, maxGapMs }) => {
          return { id: stream, quantity, unit, zone: place, everyMs: cadenceMs, maxGapMs };
        }),
      verbs: connection.actuators.get(id) ?? [],
    })),
  }));
}

/** Ids of the devices of a connection. */
export function devicesOf({ streams, actuators }: Pick<Connection, 'streams' | 'actuators'>): string[] {
  return [...new Set([...streams.map((s) => s.dev), ...actuators.keys()])];
}

export function describeDevices(list: readonly ListedConnection[], context: Context): string {
  if (list.length === 0) return context.say({ en: 'No devices are configured.', zh: '未配置任何设备。' });
  return list
    .flatMap(({ id, driver, devices }) => [
      `${id}  (${driver})`,
      ...devices.flatMap((device) => [
        `  ${device.id}${device.verbs.length === 0 ? '' : `  [${device.verbs.join(', ')}]`}`,
        ...device.streams.map((s) => {
          const sign = context.say(unitSign(s.unit));
          const unit = sign === '' ? '' : ` [${sign}]`;
          const every = formatDuration(s.everyMs);
          const rhythm = context.say({ en: `every ${every}`, zh: `每 ${every}` });
          return `    ${s.id}  ${s.quantity}${unit}  ${s.zone === '' ? '-' : s.zone}  ${rhythm}`;
        }),
      ]),
    ])
    .join('\n');
}

/** A configuration that was checked: its entries by id. */
function driversIn(file: string): ReadonlyMap<string, string> {
  const source = readSource(file);
  const entries: unknown = source.ok ? valueAt(source.value.value, ['devices']) : [];
  const list: readonly unknown[] = Array.isArray(entries) ? entries : [];
  return new Map(list.map((e) => [String(valueAt(e, ['id'])), String(valueAt(e, ['driver']))]));
}
