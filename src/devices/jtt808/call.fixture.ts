import type { Caller } from '../vehicle/caller.fixture.ts';
import { files, YARD } from '../vehicle/map.fixture.ts';
import { connected, Opened, until } from '../vehicle/opened.fixture.ts';
import { encodeMessage } from './codec.ts';
import { jtt808 } from './driver.ts';
import type { Location } from './location.ts';
import { MessageReader } from './reader.ts';

export const TERMINAL = '013912345678';
export const device = {
  id: 'truck-1',
  terminal: TERMINAL,
  every: '100ms',
  'max-gap': '3s',
  zone: 'truck-1',
  areas: YARD,
  channels: ['temperature-1', 'temperature-2', 'ignition', 'emergency'],
};
export const entry = { id: 'fleet', driver: 'jtt808', listen: '127.0.0.1:0', devices: [device] };

/** A server with one terminal. */
export async function listening(more: Record<string, unknown> = {}) {
  const raw = { ...entry, devices: [{ ...device, ...more }] };
  const fleet = new Opened(connected(jtt808.configure(raw, files)));
  await until('it listens', () => fleet.logged.some((l) => 'port' in l));
  const port = Number(fleet.logged.find((l) => 'port' in l)?.['port']);
  return { fleet, at: { host: '127.0.0.1', port }, raw };
}

/** Where the terminal is in the middle of the yard, with one sensor of two. */
export function location(at: number): Location {
  return {
    alarm: 0,
    status: 3,
    latitude: 31_000_000,
    longitude: 121_000_000,
    altitude: 4,
    speed: 403,
    direction: 90,
    at,
    items: new Map([
      [0x31, Uint8Array.of(9)],
      [0x51, Uint8Array.of(0x80, 23, 0xff, 0xff)],
    ]),
  };
}

/** What a terminal says, with serial numbers of its own. */
export class Speech {
  #serial = 0;
  readonly #terminal: string;

  constructor(terminal = TERMINAL) {
    this.#terminal = terminal;
  }

  say(id: number, body: Uint8Array = new Uint8Array(), terminal = this.#terminal): Uint8Array {
    return encodeMessage({ id, version: versionOf(terminal), terminal, serial: this.#serial++, body });
  }

  /** The frames of a message in parts of so many bytes. */
  split(id: number, body: Uint8Array, bytes: number): Uint8Array[] {
    const terminal = this.#terminal;
    const total = Math.ceil(body.length / bytes);
    return Array.from({ length: total }, (_, i) => {
      const own = body.subarray(i * bytes, (i + 1) * bytes);
      const part = { total, number: i + 1 };
      const serial = this.#serial++;
      return encodeMessage({ id, version: versionOf(terminal), terminal, serial, body: own, part });
    });
  }
}

function versionOf(terminal: string): number | null {
  return terminal.length > 12 ? 1 : null;
}

/** Answers as `id: body`. */
export function answers(caller: Caller): string[] {
  return new MessageReader()
    .push(Buffer.from(caller.heard, 'hex'))
    .map((d) =>
      d.ok ? `${d.message.id.toString(16)}: ${Buffer.from(d.message.body).toString('hex')}` : d.detail,
    );
}
