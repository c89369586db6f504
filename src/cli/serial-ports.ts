import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** A serial port of this machine by the names that stay: `by-id` follows the adapter, `by-path` its socket. */
export type SerialPortName = {
  readonly device: string;
  readonly byId: string | null;
  readonly byPath: string | null;
};

/** @param folder where the system keeps the stable names */
export function serialPorts(folder = '/dev/serial'): SerialPortName[] {
  const ids = namesIn(join(folder, 'by-id'));
  const paths = namesIn(join(folder, 'by-path'));
  return [...new Set([...ids.keys(), ...paths.keys()])].sort().map((device) => ({
    device,
    byId: ids.get(device) ?? null,
    byPath: paths.get(device) ?? null,
  }));
}

/** A name that stays for the port `/dev/ttyUSB0`; null where it has none, or is written by one already. */
export function stableNameOf(port: string | null, ports: readonly SerialPortName[]): string | null {
  const found = ports.find((p) => p.device === port);
  return found === undefined ? null : (found.byId ?? found.byPath);
}

/** The links of a folder, by the device each leads to; one whose adapter was just pulled leads nowhere. */
function namesIn(folder: string): Map<string, string> {
  const names = existsSync(folder) ? readdirSync(folder).sort().toReversed() : [];
  return new Map(
    names
      .map((name) => join(folder, name))
      .filter((path) => existsSync(path))
      .map((path) => [realpathSync(path), path]),
  );
}
