import type { ProfileSource, Simulator } from '../port.ts';
import { simulateFleet } from '../vehicle/simulated-fleet.ts';
import type { Dialect, Moment, Understood } from '../vehicle/simulated-tracker.ts';
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
  return simulateFleet(planTeltonika(raw, files), at, dialectOf, 1);
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
