import { readSource } from '../config/source.ts';
import { valueAt } from '../config/problems.ts';
import type { Connection } from '../devices/port.ts';
import { unitSign } from '../domain/unit-signs.ts';
import { formatDuration } from '../domain/units.ts';
import type { SiteConfiguration } from '../gateway/site/site.ts';
import type { Context } from './context.ts';
import { serialPorts, stableNameOf } from './serial-ports.ts';

/** One entry of `devices:`, with the devices that hang on it. */
export type ListedConnection = {
  readonly id: string;
  readonly driver: string;
  /** The serial port as it is configured, and a name of it that stays where that one does not. */
  readonly port: string | null;
  readonly stablePort: string | null;
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
  const written = entriesIn(site.file);
  const ports = serialPorts();
  return site.connections.map((connection) => ({
    id: connection.id,
    driver: written.get(connection.id)?.driver ?? '',
    port: written.get(connection.id)?.port ?? null,
    stablePort: stableNameOf(written.get(connection.id)?.port ?? null, ports),
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
    .flatMap(({ id, driver, port, stablePort, devices }) => [
      `${id}  (${driver})${port === null ? '' : `  ${port}`}`,
      ...(stablePort === null
        ? []
        : [
            `  ${context.say({ en: 'this name may change; write', zh: '该名称可能变化，建议改为' })} ${stablePort}`,
          ]),
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

type Written = { readonly driver: string; readonly port: string | null };

/** A configuration that was checked: its entries by id. */
function entriesIn(file: string): ReadonlyMap<string, Written> {
  const source = readSource(file);
  const entries: unknown = source.ok ? valueAt(source.value.value, ['devices']) : [];
  const list: readonly unknown[] = Array.isArray(entries) ? entries : [];
  return new Map(
    list.map((e) => {
      const port = valueAt(e, ['port']);
      const driver = String(valueAt(e, ['driver']));
      return [String(valueAt(e, ['id'])), { driver, port: typeof port === 'string' ? port : null }];
    }),
  );
}
