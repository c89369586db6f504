import type { SimulatedEntry } from '../simulated-site.ts';
import { ColdRoom } from './cold-room.ts';

const STEP_MS = 500;

/** Which room a probe hangs in and how far it reads beside its air, °C. */
const PROBES: Readonly<Record<string, { readonly room: 'one' | 'two'; readonly offset: number }>> = {
  'probe-1': { room: 'one', offset: 0 },
  'probe-3': { room: 'one', offset: -0.4 },
  'probe-2': { room: 'two', offset: 0 },
  'probe-4': { room: 'two', offset: 0.2 },
};

/** Two cold rooms, and the simulated devices that measure them. */
export class ColdStore implements Disposable {
  readonly #entries: readonly SimulatedEntry[];
  readonly #rooms = { one: new ColdRoom(5, 52), two: new ColdRoom(4.6, 50) };
  readonly #timer: NodeJS.Timeout;
  #at = performance.now();

  constructor(entries: readonly SimulatedEntry[]) {
    this.#entries = entries;
    this.#measure();
    this.#timer = setInterval(() => this.#pass(), STEP_MS);
  }

  /** Opens or closes the door of cold room 1. */
  setDoor(isOpen: boolean): void {
    this.#rooms.one.isOpen = isOpen;
    this.#set('door-1', 'door', Number(isOpen));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #pass(): void {
    const now = performance.now();
    for (const room of Object.values(this.#rooms)) room.pass((now - this.#at) / 1000);
    this.#at = now;
    this.#measure();
  }

  #measure(): void {
    for (const [probe, { room, offset }] of Object.entries(PROBES)) {
      const { celsius, percent } = this.#rooms[room];
      this.#set(probe, 'temperature', celsius + offset + noise(0.08));
      this.#set(probe, 'humidity', percent + noise(0.6));
    }
  }

  #set(device: string, channel: string, value: number): void {
    for (const { simulator, streams } of this.#entries) {
      const stream = streams.find((s) => s.dev === device && s.ch === channel);
      if (stream !== undefined) simulator.set(device, channel, Math.round(value / 10 ** stream.exp));
    }
  }
}

function noise(amplitude: number): number {
  return (Math.random() * 2 - 1) * amplitude;
}
