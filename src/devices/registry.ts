import { modbusRtu, modbusTcp } from './modbus/driver.ts';
import { mqtt } from './mqtt/driver.ts';
import type { Driver } from './port.ts';

/** Every driver that ships; `driver:` in the configuration names one of them. */
export const DRIVERS = {
  'modbus-rtu': modbusRtu,
  'modbus-tcp': modbusTcp,
  mqtt,
} as const satisfies Readonly<Record<string, Driver>>;

export const DRIVER_NAMES: readonly string[] = Object.keys(DRIVERS);

export function driverOf(name: string): Driver | undefined {
  return Object.entries(DRIVERS).find(([known]) => known === name)?.[1];
}
