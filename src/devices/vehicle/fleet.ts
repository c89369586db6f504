import { setTimeout as delay } from 'node:timers/promises';
import type { Refusal, Sink } from '../../domain/device.ts';
import type { Reading } from '../../domain/reading.ts';
import type { DeviceEnv, OpenConnection } from '../port.ts';
import { Repeats } from '../repeats.ts';
import type { FleetPlan, Tracker } from './fleet-plan.ts';
import { TrackerServer, type Peer, type Session } from './tracker-server.ts';
import type { Report } from './vehicle.ts';

const RETRY_MS = 5000;

/** A report, and what a second delivery of it would have in common with it. */
export type Delivered = { readonly report: Report; readonly identity: string };

/** What every tracker's session does with what it was told: one message, one arrival. */
export class Fleet<E> {
  readonly #plan: FleetPlan<E>;
  readonly #now: () => number;
  readonly #repeats = new Repeats();
  /** The connection each tracker speaks on, by its device. */
  readonly #online = new Map<string, Peer>();
  sink: Sink | null = null;

  constructor(plan: FleetPlan<E>, now: () => number) {
    this.#plan = plan;
    this.#now = now;
  }

  /** The tracker of this number; undefined, and counted, for a stranger. */
  find(name: string, peer: Peer): Tracker<E> | undefined {
    const tracker = this.#plan.trackers.get(name);
    if (tracker === undefined) this.refuse(null, 'REFUSED', `${name.slice(0, 40)} is not one of ours`, peer);
    return tracker;
  }

  /** It said who it is. Another connection of the same tracker is half dead: it is ended. */
  came({ vehicle }: Tracker<E>, peer: Peer): void {
    const before = this.#online.get(vehicle.id);
    this.#online.set(vehicle.id, peer);
    if (before === peer) return;
    before?.end('it called again');
    this.sink?.({ readings: [], health: [{ device: vehicle.id, healthy: true, reason: 'ok' }] });
  }

  went({ vehicle }: Tracker<E>, peer: Peer): void {
    if (this.#online.get(vehicle.id) !== peer) return;
    this.#online.delete(vehicle.id);
    this.sink?.({ readings: [], health: [{ device: vehicle.id, healthy: false, reason: 'disconnected' }] });
  }

  /**
   * Journals what a message said. `done` is called after its commit, also when all of it was
   * refused or there before: nothing that cannot be taken blocks what comes behind it.
   */
  take({ vehicle }: Tracker<E>, delivered: readonly Delivered[], peer: Peer, done: () => void): void {
    const readings: Reading[] = [];
    const refusals: Refusal[] = [];
    const now = this.#now();
    for (const { report, identity } of delivered) {
      const seeded = report.at === undefined ? null : String(report.at);
      const refuse = (detail: string): unknown =>
        refusals.push({ device: vehicle.id, stream: null, code: 'REFUSED', detail });
      if (this.#repeats.isRepeat(vehicle.id, identity, seeded)) {
        refuse(`repeat of the record of ${timeOf(report)}`);
        continue;
      }
      const found = vehicle.readingsOf(report, now);
      if (typeof found === 'string') refuse(`time ${found}`);
      else readings.push(...found);
    }
    const go = peer.waits();
    const committed = (): void => {
      go();
      done();
    };
    this.sink?.({ readings, ...(refusals.length > 0 ? { refusals } : {}), committed });
  }

  /** A message that cannot be taken; `done` is called when that is on record. */
  refuse(
    tracker: Tracker<E> | null,
    code: Refusal['code'],
    detail: string,
    peer: Peer | null,
    done?: () => void,
  ): void {
    const device = tracker?.vehicle.id ?? this.#plan.id;
    const from = peer === null || tracker !== null ? '' : ` (from ${peer.address})`;
    this.sink?.({
      readings: [],
      refusals: [{ device, stream: null, code, detail: detail + from }],
      ...(done === undefined ? {} : { committed: done }),
    });
    peer?.refused();
  }

  note(healthy: boolean, reason: string): void {
    this.sink?.({ readings: [], health: [{ device: this.#plan.id, healthy, reason }] });
  }

  /** What the journal already holds, so that what comes again after a restart is known. */
  seed(readings: readonly Reading[]): void {
    for (const { stream, sourceAt } of readings) {
      const [device = '', channel] = stream.split('/');
      if (channel === 'fix' && sourceAt !== undefined) this.#repeats.seed(device, String(sourceAt));
    }
  }
}

function timeOf({ at }: Report): string {
  return at === undefined ? 'no time' : new Date(at).toISOString();
}

/** Opens the server of a fleet; an address that is taken is said, and tried again. */
export function openFleet<E>(
  plan: FleetPlan<E>,
  env: DeviceEnv,
  begin: (fleet: Fleet<E>, peer: Peer) => Session,
): OpenConnection {
  const fleet = new Fleet(plan, env.now);
  const stopped = new AbortController();
  let running: Promise<void> = Promise.resolve();

  const serve = async (signal: AbortSignal): Promise<void> => {
    await using server = new TrackerServer(
      plan.limits,
      (peer) => begin(fleet, peer),
      (why) => fleet.refuse(null, 'REFUSED', why, null),
      (way, bytes) => env.trace?.(plan.id, way, bytes),
    );
    const { host, port: wanted } = plan.listen;
    const { address, port } = await server.listen(host, wanted, (error) =>
      env.log('warn', `${plan.id}: ${error.message}`),
    );
    env.log('info', `${plan.id} listens on ${address}:${port}`, { address, port });
    fleet.note(true, 'ok');
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  };

  const keepServing = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      try {
        await serve(signal);
      } catch (error) {
        env.log('warn', `${plan.id} cannot start: ${error instanceof Error ? error.message : String(error)}`);
        fleet.note(false, 'cannot-start');
        await delay(RETRY_MS, undefined, { signal }).catch((reason: unknown) => {
          if (!signal.aborted) throw reason;
        });
      }
    }
  };

  return {
    polled: [],
    pushing: [
      {
        id: plan.id,
        subscribe: (sink, signal) => {
          fleet.sink = sink;
          running = keepServing(AbortSignal.any([signal, stopped.signal]));
          return running;
        },
      },
    ],
    seed: (readings) => fleet.seed(readings),
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      await running;
    },
  };
}
