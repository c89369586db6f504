import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { BlobNote, HealthNote, Refusal } from '../../domain/device.ts';
import type { Reading } from '../../domain/reading.ts';
import type { OpenConnection } from '../port.ts';
import { onvif } from './driver.ts';
import { planOnvif } from './settings.ts';
import { simulateOnvif, type SimulatedOnvif, type SimulatorOptions } from './simulator.ts';

const LOGIN = { user: 'bailee', password: 'correct horse' };

export const ENTRY = {
  id: 'cam',
  user: LOGIN.user,
  password: 'file:cam.password',
  every: '1s',
  'max-gap': '3s',
  zone: 'dock',
  inputs: [
    { id: 'motion', is: 'motion' },
    { id: 'line', is: 'line-crossing', hold: '1s' },
    { id: 'tamper', is: 'tamper' },
  ],
};

export type RigOptions = Partial<SimulatorOptions> & {
  readonly entry?: object;
  /** What the configuration says the password is. */
  readonly password?: string;
};

/** A simulated camera and the driver that follows it, over real HTTP. */
export class Rig implements AsyncDisposable {
  readonly readings: Reading[] = [];
  readonly refusals: Refusal[] = [];
  readonly health: HealthNote[] = [];
  readonly blobs: BlobNote[] = [];
  readonly kept: Uint8Array[] = [];
  readonly said: string[] = [];
  readonly camera: SimulatedOnvif;
  readonly connection: OpenConnection;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  private constructor(camera: SimulatedOnvif, connection: OpenConnection) {
    this.camera = camera;
    this.connection = connection;
  }

  static async start(options: RigOptions = {}): Promise<Rig> {
    const { entry = {}, password = LOGIN.password, ...more } = options;
    const raw = { ...ENTRY, ...entry, url: 'http://127.0.0.1/onvif/device_service' };
    const plan = planOnvif(raw);
    if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
    const wanted = { host: '127.0.0.1', port: 0, discovery: null, login: LOGIN, ...more };
    const camera = await simulateOnvif(plan.value, wanted);
    const checked = onvif.configure(
      { ...raw, url: `http://127.0.0.1:${camera.port}/onvif/device_service` },
      () => null,
    );
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    let rig: Rig | null = null;
    const connection = checked.value.open({
      now: () => Date.now(),
      log: (_level, message, fields) => rig?.said.push(`${message} ${JSON.stringify(fields ?? {})}`),
      secret: () => Promise.resolve(password),
      keep: (bytes) => {
        rig?.kept.push(bytes);
        return Promise.resolve(createHash('sha256').update(bytes).digest());
      },
    });
    rig = new Rig(camera, connection);
    rig.#subscribe();
    return rig;
  }

  last(channel: string): Reading | undefined {
    return this.readings.findLast((r) => r.stream === `cam/${channel}`);
  }

  /** Values told of a channel, repeats left out. */
  changes(channel: string): (number | null)[] {
    const values = this.readings.filter((r) => r.stream === `cam/${channel}`).map((r) => r.v);
    return values.filter((v, i) => i === 0 || v !== values[i - 1]);
  }

  order(verb = 'snapshot', expiresAt = Date.now() + 10_000): Promise<void> {
    const order = { id: 'o-1', verb, arg: null, expiresAt };
    if (this.connection.command === undefined) throw new Error('a camera takes orders');
    return this.connection.command('cam', order, AbortSignal.timeout(10_000));
  }

  async until(what: string, is: () => boolean): Promise<void> {
    for (let i = 0; i < 1500; i++) {
      if (is()) return;
      await delay(10);
    }
    throw new Error(
      `not within 15 s: ${what}; ${JSON.stringify([this.said, this.refusals.slice(-3), this.health])}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.connection[Symbol.asyncDispose]();
    await this.#running;
    await this.camera[Symbol.asyncDispose]();
  }

  #subscribe(): void {
    const [device] = this.connection.pushing;
    if (device === undefined) throw new Error('a camera pushes');
    this.#running = device.subscribe((arrival) => {
      this.readings.push(...arrival.readings);
      this.refusals.push(...(arrival.refusals ?? []));
      this.health.push(...(arrival.health ?? []));
      this.blobs.push(...(arrival.blobs ?? []));
      queueMicrotask(() => arrival.committed?.());
    }, this.#stop.signal);
  }
}
