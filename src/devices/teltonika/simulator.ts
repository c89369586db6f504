import { ConfigError } from '../../domain/errors.ts';
import type { ProfileSource, Simulator } from '../port.ts';
import {
  SimulatedTracker,
  TRACKER_FAULTS,
  type Dialect,
  type Moment,
  type Understood,
} from '../vehicle/simulated-tracker.ts';
import { elementOf } from './avl.ts';
import { CODEC_8E, encodeLogin, encodePacket, type AvlRecord } from './codec.ts';
import { planTeltonika, type TeltonikaEntry } from './plan.ts';

const NOBODY = '000000000000000';
const MOST_RECORDS = 20;

/** The trackers of a `teltonika` entry, which call `at`. @throws ConfigError when the entry is wrong */
export function simulateTeltonika(
  raw: unknown,
  files: ProfileSource,
  at: { readonly host: string; readonly port: number },
): Simulator {
  const planned = planTeltonika(raw, files);
  if (!planned.ok) throw new ConfigError(planned.problems);
  const running = new Map(
    [...planned.value.trackers.values()].map(({ entry, vehicle }) => [
      vehicle.id,
      new SimulatedTracker(vehicle.streams, entry.every, at, (wrong) => dialectOf(entry, wrong), 1),
    ]),
  );
  const find = (device: string): SimulatedTracker => {
    const tracker = running.get(device);
    if (tracker === undefined) throw new RangeError(`no simulated device "${device}"`);
    return tracker;
  };
  return {
    faults: TRACKER_FAULTS,
    set: (device, channel, v) => find(device).set(channel, v),
    fault: (device, name) => find(device).setFault(name),
    [Symbol.asyncDispose]: () => {
      for (const tracker of running.values()) tracker.stop();
      return Promise.resolve();
    },
  };
}

function dialectOf(entry: TeltonikaEntry, wrongId: boolean): Dialect {
  let answered = false;
  let rest = Buffer.alloc(0);
  let sent = 0;
  return {
    hello: () => encodeLogin(wrongId ? NOBODY : entry.imei),
    hear(chunk) {
      rest = Buffer.concat([rest, chunk]);
      const understood: Understood[] = [];
      if (!answered && rest.length > 0) {
        answered = true;
        understood.push(rest[0] === 1 ? { isIn: true } : { isSentAway: true });
        rest = rest.subarray(1);
      }
      for (; rest.length >= 4; rest = rest.subarray(4)) {
        if (rest.readUInt32BE() === sent) understood.push({ isTaken: true });
      }
      return understood;
    },
    most: MOST_RECORDS,
    report(moments) {
      sent = moments.length;
      return encodePacket({ codec: CODEC_8E, records: moments.map((m) => recordOf(m, entry)) });
    },
  };
}

function recordOf({ at, values }: Moment, { channels }: TeltonikaEntry): AvlRecord {
  const value = (channel: string): number => values.get(channel) ?? 0;
  const fixed = value('fix') !== 0;
  return {
    at,
    priority: 0,
    longitude: value('longitude'),
    latitude: value('latitude'),
    altitude: 0,
    angle: 0,
    satellites: fixed ? value('satellites') : 0,
    speed: fixed ? Math.round(value('speed') / 10) : 0,
    event: 0,
    io: new Map(channels.map((name) => elementOf(name, values.get(name) ?? null))),
  };
}
