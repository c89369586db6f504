import { MqttClient } from '../mqtt/client.ts';
import type { Simulator } from '../port.ts';
import type { EventFormat, ReaderEvent } from './events.ts';
import { impinj } from './impinj.ts';
import type { PlannedReader, TagPlan } from './plan.ts';
import { zebra } from './zebra.ts';

const FAULTS = [
  'silent',
  'offline',
  'idle',
  'antenna-lost',
  'overflow',
  'nonsense',
  'wrong-epc',
  'clock-off',
  'future',
  'unknown-antenna',
  'repeat',
] as const;
type Fault = (typeof FAULTS)[number];

const READ_MS = 200;
const MOST_TAGS = 250;
const RSSI = -6100;

/** Starts the readers of a plan: real clients of the broker at host and port, with the wills set up in them. */
export function simulateReaders(plan: TagPlan, format: EventFormat, host: string, port: number): Simulator {
  const readers = new Map(plan.readers.map((r) => [r.id, new SimulatedReader(r, format, host, port)]));
  const find = (device: string): SimulatedReader => {
    const reader = readers.get(device);
    if (reader === undefined) throw new RangeError(`no simulated reader "${device}"`);
    return reader;
  };
  return {
    faults: FAULTS,
    set: (device, channel, v) => find(device).set(`${device}/${channel}`, v),
    fault: (device, name) => {
      const fault = FAULTS.find((f) => f === name) ?? null;
      if (fault !== name) throw new RangeError(`no fault "${name}"; there are ${FAULTS.join(', ')}`);
      find(device).setFault(fault);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...readers.values()].map((r) => r.stop()));
    },
  };
}

/** SGTIN-96 urn:epc:id:sgtin:0614141.812345.N, in hex; the serial number by point and number, both from 0. */
export function epcOf(point: number, n: number): string {
  const serial = (0x1000 + point * 0x100 + n + 1).toString(16).padStart(8, '0');
  return `3074257bf7194e40${serial}`;
}

class SimulatedReader {
  readonly #plan: PlannedReader;
  readonly #format: EventFormat;
  readonly #at: { readonly host: string; readonly port: number };
  readonly #counts = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #on = new AbortController();
  #client: MqttClient;
  #session: Promise<void>;
  #fault: Fault | null = null;

  constructor(plan: PlannedReader, format: EventFormat, host: string, port: number) {
    this.#plan = plan;
    this.#format = format;
    this.#at = { host, port };
    this.#client = this.#connect();
    this.#session = this.#client.run(this.#on.signal);
    this.#timer = setInterval(() => this.#report(), READ_MS);
  }

  /** @param stream a point's number of tags, e.g. `r700/dock-tags` */
  set(stream: string, v: number): void {
    if (!this.#plan.points.some((p) => p.count === stream))
      throw new RangeError(`no number of tags "${stream}"`);
    if (!Number.isInteger(v) || v < 0 || v > MOST_TAGS)
      throw new RangeError(`${v} is no number of tags from 0 to 250`);
    this.#counts.set(stream, v);
  }

  setFault(fault: Fault | null): void {
    const was = this.#fault;
    this.#fault = fault;
    const antenna = this.#plan.points[0]?.antennas[0] ?? 1;
    if (fault === 'offline') {
      // Without a DISCONNECT, as when the power goes: the broker sends the last will.
      this.#client.cut();
      this.#on.abort();
    } else if (was === 'offline') {
      this.#on = new AbortController();
      const { signal } = this.#on;
      this.#client = this.#connect();
      this.#session = this.#session.then(() => this.#client.run(signal));
    }
    if (fault === 'idle' || was === 'idle') this.#status();
    if (fault === 'overflow') {
      const word = this.#format === impinj ? 'overflow' : 'error';
      this.#say([{ is: 'complaint', text: `${word}: reads are lost` }]);
    }
    if (fault === 'antenna-lost') this.#say([{ is: 'antenna', antenna, isConnected: false }]);
    else if (was === 'antenna-lost') this.#say([{ is: 'antenna', antenna, isConnected: true }]);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#on.abort();
    await this.#session;
  }

  #connect(): MqttClient {
    const { will } = this.#plan;
    return new MqttClient(
      {
        ...this.#at,
        tls: null,
        session: {
          clientId: `sim-${this.#plan.id}`,
          version: 4,
          user: null,
          password: null,
          filters: [],
          maxPacket: 8192,
          ...(will === null ? {} : { will: { topic: will.topic, payload: will.says } }),
        },
      },
      {
        message: (_topic, _payload, _retained, committed) => committed(),
        oversize: (_packet, committed) => committed(),
        denied: () => undefined,
        lost: () => undefined,
        ready: () => this.#status(),
      },
    );
  }

  #status(): void {
    const isReading = this.#fault !== 'idle';
    const [on, off] = this.#format === impinj ? ['running', 'idle'] : ['active', 'inactive'];
    this.#say([{ is: 'status', isReading, word: isReading ? on : off }]);
  }

  /** A reader tells each tag it reads; where there is none, one of Impinj says nothing at all. */
  #report(): void {
    const fault = this.#fault;
    if (fault === 'silent' || fault === 'offline') return;
    if (this.#format === zebra) this.#status();
    if (fault === 'idle') return;
    const always = [...this.#plan.reference].map((epc) => readOf(epc, 1));
    const reads = this.#plan.points.flatMap(({ count, antennas }, at) => {
      const antenna = fault === 'unknown-antenna' ? 64 : (antennas[0] ?? 1);
      return Array.from({ length: this.#counts.get(count) ?? 0 }, (_, n) => readOf(epcOf(at, n), antenna));
    });
    const all = [...always, ...reads, ...(fault === 'repeat' ? reads : [])];
    if (all.length > 0) this.#say(all);
  }

  #say(events: readonly ReaderEvent[]): void {
    const fault = this.#fault;
    const shift = fault === 'clock-off' ? -600_000 : fault === 'future' ? 3_600_000 : 0;
    const at = Date.now() + shift;
    const written = JSON.stringify(events.map((event) => this.#format.encode(event, this.#plan.id, at)));
    const text =
      fault === 'nonsense'
        ? written.slice(0, -3)
        : fault === 'wrong-epc'
          ? written.replaceAll(/("epcHex":|"idHex":)"[^"]*"/g, '$1"307G"')
          : written;
    // Whoever is not connected says nothing.
    this.#client.publish(this.#plan.topics[0] ?? '', text).catch(() => undefined);
  }
}

function readOf(epc: string, antenna: number): ReaderEvent {
  return { is: 'read', epc, tid: null, antenna, rssi: RSSI, at: null, count: 1 };
}
