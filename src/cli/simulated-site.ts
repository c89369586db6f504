import { dirname, join } from 'node:path';
import type { Credentials } from '../config/secret.ts';
import { Problems, valueAt } from '../config/problems.ts';
import { Profiles } from '../config/profiles.ts';
import { readSource, type Source } from '../config/source.ts';
import type { ProfileSource } from '../devices/port.ts';
import { driverOf } from '../devices/registry.ts';
import { ConfigError } from '../domain/errors.ts';
import type { StreamSpec } from '../domain/stream.ts';
import { shipped } from '../gateway/site/site.ts';
import { UsageError } from './failure.ts';
import type { FarEnd, OpenFarEnd } from './far-ends/port.ts';

/** One entry of `devices:` with the far end of its wire open. */
export type SimulatedEntry = FarEnd & {
  readonly id: string;
  /** What can be told a fault. */
  readonly devices: readonly string[];
  readonly streams: readonly StreamSpec[];
};

/** The far end of each driver's wire; one that is not asked for is not loaded. */
const FAR_ENDS: Readonly<Record<string, () => Promise<OpenFarEnd>>> = {
  llrp: () => import('./far-ends/llrp.ts').then((m) => m.farLlrp),
  'modbus-rtu': () => import('./far-ends/modbus.ts').then((m) => m.farModbusRtu),
  'modbus-tcp': () => import('./far-ends/modbus.ts').then((m) => m.farModbusTcp),
  mqtt: () => import('./far-ends/mqtt.ts').then((m) => m.farMqtt),
  'hlk-ld2410': () => import('./far-ends/hlk-ld2410.ts').then((m) => m.farLd2410),
  'hlk-ld2450': () => import('./far-ends/hlk-ld2450.ts').then((m) => m.farLd2450),
  'ti-iwr6843': () => import('./far-ends/ti-iwr6843.ts').then((m) => m.farIwr6843),
  toledo: () => import('./far-ends/toledo.ts').then((m) => m.farToledo),
  yaohua: () => import('./far-ends/yaohua.ts').then((m) => m.farYaohua),
  onvif: () => import('./far-ends/onvif.ts').then((m) => m.farOnvif),
  nmea: () => import('./far-ends/nmea.ts').then((m) => m.farNmea),
  teltonika: () => import('./far-ends/trackers.ts').then((m) => m.farTeltonika),
  jtt808: () => import('./far-ends/trackers.ts').then((m) => m.farJtt808),
  scanner: () => import('./far-ends/scanner.ts').then((m) => m.farScanner),
  sparkplug: () => import('./far-ends/sparkplug.ts').then((m) => m.farSparkplug),
  'sia-dc09': () => import('./far-ends/sia-dc09.ts').then((m) => m.farSiaDc09),
  'impinj-iot': () => import('./far-ends/tag-readers.ts').then((m) => m.farImpinjIot),
  'zebra-iot': () => import('./far-ends/tag-readers.ts').then((m) => m.farZebraIot),
  'sms-modem': () => import('./far-ends/sms-modem.ts').then((m) => m.farSmsModem),
  'uhf-a0': () => import('./far-ends/uhf.ts').then((m) => m.farUhfA0),
  'uhf-r200': () => import('./far-ends/uhf.ts').then((m) => m.farUhfR200),
  'uhf-reader18': () => import('./far-ends/uhf.ts').then((m) => m.farUhfReader18),
};

const MODEM = 'sms-modem';

export type Wanted = {
  readonly file: string;
  readonly driver: string;
  /** Far ends by entry: a port, or host:port. */
  readonly places: ReadonlyMap<string, string>;
  readonly credentials: Credentials;
};

type Entry = { readonly id: string; readonly raw: unknown; readonly streams: readonly StreamSpec[] };

/** Opens the far ends of all entries of one driver. @throws UsageError, ConfigError */
export async function openFarEnds(wanted: Wanted, stack: AsyncDisposableStack): Promise<SimulatedEntry[]> {
  const { file, driver, places } = wanted;
  const source = readSource(file);
  if (!source.ok) throw new ConfigError(source.problems);
  const found = new Profiles([join(dirname(file), 'profiles'), shipped('profiles')], new Problems());
  const profiles: ProfileSource = (name) => found.value(name);
  const entries =
    driver === MODEM
      ? await modemEntriesOf(source.value)
      : await entriesOf(source.value.value, driver, profiles, file);
  if (entries.length === 0) {
    const key = driver === MODEM ? 'kind' : 'driver';
    throw new UsageError(`${file} has no entry with ${key}: ${driver}`);
  }
  for (const id of places.keys()) {
    if (!entries.some((e) => e.id === id)) throw new UsageError(`${file} has no ${driver} entry ${id}`);
  }
  const open = await FAR_ENDS[driver]?.();
  if (open === undefined) throw new UsageError(`driver ${driver} has no simulator`);
  const opened: SimulatedEntry[] = [];
  for (const entry of entries) {
    const { credentials } = wanted;
    const end = await open({ ...entry, profiles, place: places.get(entry.id), file, credentials });
    stack.use(end.simulator);
    const { id, streams } = entry;
    const devices = driver === MODEM ? [id] : [...new Set(streams.map((s) => s.dev))];
    opened.push({ ...end, id, devices, streams });
  }
  return opened;
}

/** It is no device: a channel of `notify:` speaks to it. */
async function modemEntriesOf(source: Source): Promise<Entry[]> {
  const { modemsOf } = await import('./far-ends/sms-modem.ts');
  return modemsOf(source).map((modem) => ({ ...modem, streams: [] }));
}

async function entriesOf(
  root: unknown,
  name: string,
  profiles: ProfileSource,
  file: string,
): Promise<Entry[]> {
  const driver = await driverOf(name);
  const devices = valueAt(root, ['devices']);
  const list: readonly unknown[] = Array.isArray(devices) ? devices : [];
  return list.flatMap((raw, i): Entry[] => {
    if (valueAt(raw, ['driver']) !== name) return [];
    const checked = driver?.configure(raw, profiles);
    if (checked === undefined) return [];
    if (!checked.ok) {
      throw new ConfigError(checked.problems.map((p) => ({ file, ...p, path: ['devices', i, ...p.path] })));
    }
    const { id, streams } = checked.value;
    return [{ id, raw, streams }];
  });
}
