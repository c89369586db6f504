import type { Arrival, HealthNote, Refusal, Sink } from '../../domain/device.ts';
import type { Line } from '../line.ts';
import { pause } from '../line.ts';
import type { DeviceEnv, Driver, OpenConnection } from '../port.ts';
import { openSerialLine } from '../serial-line.ts';
import { openTcpLine } from '../tcp-line.ts';
import type { Report } from '../vehicle/vehicle.ts';
import { Epochs } from './epochs.ts';
import { planNmea, type NmeaPlan } from './plan.ts';
import { SentenceReader } from './reader.ts';

/** A receiver speaks every second; one that said nothing for so long is gone, or its line is. */
const SILENT_MS = 15_000;
const LOOK_MS = 1000;
const WATCH = '?WATCH={"enable":true,"nmea":true};\n';

/** A GNSS receiver: position, speed, satellites, and whether that is inside the areas of a map. */
export const nmea: Driver = {
  name: 'nmea',
  title: 'NMEA 0183 receiver (GPS, BeiDou …) on a serial line or TCP, or behind gpsd',
  configure(raw, files) {
    const planned = planNmea(raw, files);
    if (!planned.ok) return planned;
    const plan = planned.value;
    return {
      ok: true,
      value: {
        id: plan.id,
        streams: plan.vehicle.streams,
        actuators: new Map(),
        profiles: plan.files,
        open: (env) => openReceiver(plan, env, SILENT_MS),
      },
    };
  },
};

/** @param silentMs how long the receiver may say nothing before its line is opened anew */
export function openReceiver(plan: NmeaPlan, env: DeviceEnv, silentMs: number): OpenConnection {
  const line = lineOf(plan);
  line.tap(plan.id, env.trace);
  return {
    polled: [],
    pushing: [
      { id: plan.id, subscribe: (sink, signal) => new Receiver(plan, line, env, sink, silentMs).run(signal) },
    ],
    [Symbol.asyncDispose]: () => line[Symbol.asyncDispose](),
  };
}

function lineOf({ line }: NmeaPlan): Line {
  if (line.kind === 'tcp') return openTcpLine(line);
  return openSerialLine({ path: line.path, baud: line.baud, dataBits: 8, parity: 'none', stopBits: 1 });
}

class Receiver {
  readonly #plan: NmeaPlan;
  readonly #line: Line;
  readonly #env: DeviceEnv;
  readonly #sink: Sink;
  readonly #silentMs: number;
  #reader = new SentenceReader();
  #epochs = new Epochs();
  #heardAt = performance.now();
  #toldAt = -Infinity;
  #told = '';
  #health = '';

  constructor(plan: NmeaPlan, line: Line, env: DeviceEnv, sink: Sink, silentMs: number) {
    this.#plan = plan;
    this.#line = line;
    this.#env = env;
    this.#sink = sink;
    this.#silentMs = silentMs;
  }

  async run(signal: AbortSignal): Promise<void> {
    const unwatch = this.#line.watch(() => this.#lineChanged());
    this.#lineChanged();
    this.#line.receive((chunk) => this.#take(chunk));
    while (!signal.aborted) {
      await pause(Math.min(LOOK_MS, this.#silentMs), signal);
      if (this.#line.state.up && performance.now() - this.#heardAt > this.#silentMs) {
        this.#sink({ readings: [], health: this.#note(false, 'silent') });
        this.#heardAt = performance.now();
        this.#line.renew(`nothing heard for ${this.#silentMs} ms`);
      }
    }
    this.#line.receive(null);
    unwatch();
  }

  #lineChanged(): void {
    const { up, reason, detail } = this.#line.state;
    if (reason === 'closed' || reason === 'opening') return;
    this.#reader = new SentenceReader();
    this.#epochs = new Epochs();
    this.#heardAt = performance.now();
    this.#env.log(up ? 'info' : 'warn', `${this.#plan.id}: line ${reason}`, { detail });
    // An open port says nothing yet of the receiver behind it.
    if (!up) this.#sink({ readings: [], health: this.#note(false, reason) });
    else if (this.#plan.line.kind === 'tcp' && this.#plan.line.gpsd) {
      this.#line.send(new TextEncoder().encode(WATCH)).catch((error: unknown) => {
        this.#env.log('warn', `${this.#plan.id}: gpsd was not asked: ${String(error)}`);
      });
    }
  }

  #take(chunk: Uint8Array): void {
    const device = this.#plan.vehicle.id;
    for (const decoded of this.#reader.push(chunk)) {
      if (!decoded.ok) this.#refuse({ device, stream: null, code: decoded.code, detail: decoded.detail });
      else {
        this.#heardAt = performance.now();
        if (decoded.sentence === null) continue;
        for (const report of this.#epochs.take(decoded.sentence)) this.#tell(report);
      }
    }
  }

  /** Once every `every`, and at once when the fix or an area changed. */
  #tell(report: Report): void {
    const { vehicle } = this.#plan;
    const readings = vehicle.readingsOf(report, this.#env.now());
    if (typeof readings === 'string') {
      return this.#refuse({
        device: vehicle.id,
        stream: null,
        code: 'REFUSED',
        detail: `time ${readings}`,
      });
    }
    const now = performance.now();
    const states = readings.filter((r) => /\/(fix|inside-.*|on-route-.*)$/.test(r.stream));
    const state = states.map((r) => r.v).join();
    // Receivers are punctual to some milliseconds: a tenth early is on time.
    if (state === this.#told && now - this.#toldAt < 0.9 * vehicle.everyMs) return;
    this.#told = state;
    this.#toldAt = now;
    const note = report.fix === 0 ? this.#note(false, 'no-fix') : this.#note(true, 'ok');
    this.#sink({ readings, ...(note.length > 0 ? { health: note } : {}) });
  }

  #refuse(refusal: Refusal): void {
    const arrival: Arrival = { readings: [], refusals: [refusal] };
    this.#sink(arrival);
  }

  /** News of the receiver's health, none when nothing changed. */
  #note(healthy: boolean, reason: string): HealthNote[] {
    if (reason === this.#health) return [];
    this.#health = reason;
    return [{ device: this.#plan.vehicle.id, healthy, reason }];
  }
}
