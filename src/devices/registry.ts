import type { Driver } from './port.ts';

/**
 * Every driver that ships; `driver:` in the configuration names one of them, and only those named
 * are loaded: what a site does not have takes no memory.
 */
const DRIVERS = {
  llrp: () => import('./llrp/driver.ts').then((m) => m.llrp),
  'modbus-rtu': () => import('./modbus/driver.ts').then((m) => m.modbusRtu),
  'modbus-tcp': () => import('./modbus/driver.ts').then((m) => m.modbusTcp),
  mqtt: () => import('./mqtt/driver.ts').then((m) => m.mqtt),
  onvif: () => import('./onvif/driver.ts').then((m) => m.onvif),
  nmea: () => import('./nmea/driver.ts').then((m) => m.nmea),
  teltonika: () => import('./teltonika/driver.ts').then((m) => m.teltonika),
  jtt808: () => import('./jtt808/driver.ts').then((m) => m.jtt808),
  'hlk-ld2410': () => import('./hlk-ld2410/driver.ts').then((m) => m.hlkLd2410),
  'hlk-ld2450': () => import('./hlk-ld2450/driver.ts').then((m) => m.hlkLd2450),
  'ti-iwr6843': () => import('./ti-iwr6843/driver.ts').then((m) => m.tiIwr6843),
  toledo: () => import('./toledo/driver.ts').then((m) => m.toledo),
  yaohua: () => import('./yaohua/driver.ts').then((m) => m.yaohua),
  scanner: () => import('./scanner/driver.ts').then((m) => m.scanner),
  sparkplug: () => import('./sparkplug/driver.ts').then((m) => m.sparkplug),
  'sia-dc09': () => import('./sia-dc09/driver.ts').then((m) => m.siaDc09),
  'impinj-iot': () => import('./uhf-mqtt/driver.ts').then((m) => m.impinjIot),
  'zebra-iot': () => import('./uhf-mqtt/driver.ts').then((m) => m.zebraIot),
  'uhf-a0': () => import('./uhf-a0/driver.ts').then((m) => m.uhfA0),
  'uhf-r200': () => import('./uhf-r200/driver.ts').then((m) => m.uhfR200),
  'uhf-reader18': () => import('./uhf-reader18/driver.ts').then((m) => m.uhfReader18),
} as const satisfies Readonly<Record<string, () => Promise<Driver>>>;

export const DRIVER_NAMES: readonly string[] = Object.keys(DRIVERS);

export async function driverOf(name: string): Promise<Driver | undefined> {
  return await Object.entries(DRIVERS).find(([known]) => known === name)?.[1]();
}
