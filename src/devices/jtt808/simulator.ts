import type { ProfileSource, Simulator } from '../port.ts';
import { simulateFleet } from '../vehicle/simulated-fleet.ts';
import type { Dialect, Moment, Understood } from '../vehicle/simulated-tracker.ts';
import { temperatureItem } from './channels.ts';
import { encodeMessage, MessageId, u16 } from './codec.ts';
import { encodeBatch, encodeLocation, Status, type Location } from './location.ts';
import { planJtt808, type TerminalEntry } from './plan.ts';
import { MessageReader } from './reader.ts';

const NOBODY = '99999999999';
/** Province, city, maker, model, id, colour of the plate: what a terminal says of itself. */
const [BODY_2013, BODY_2019] = [2 + 2 + 5 + 20 + 7 + 1, 2 + 2 + 11 + 30 + 30 + 1];
/** So many records of 60 bytes and more stay below 1023 bytes. */
const MOST_RECORDS = 10;

/** The terminals of a `jtt808` entry, which call `at`. @throws ConfigError when the entry is wrong */
export function simulateJtt808(
  raw: unknown,
  files: ProfileSource,
  at: { readonly host: string; readonly port: number },
): Simulator {
  // Terminals count whole seconds.
  return simulateFleet(planJtt808(raw, files), at, dialectOf, 1000);
}

/** A number of more than twelve digits is a terminal of 2019. */
function dialectOf(entry: TerminalEntry, wrongId: boolean): Dialect {
  const terminal = wrongId ? NOBODY : entry.terminal;
  const version = entry.terminal.length > 12 ? 1 : null;
  const reader = new MessageReader();
  let serial = 0;
  let reported = -1;
  const say = (id: number, body: Uint8Array): Uint8Array =>
    encodeMessage({ id, version, terminal, serial: serial++ % 65_536, body });
  return {
    hello: () => say(MessageId.register, new Uint8Array(version === null ? BODY_2013 : BODY_2019)),
    hear: (chunk) =>
      reader.push(chunk).flatMap((decoded): Understood[] => {
        if (!decoded.ok) return [];
        const { id, body } = decoded.message;
        if (id === MessageId.registered) {
          if (body[2] !== 0) return [{ isSentAway: true }];
          const code = body.subarray(3);
          const said = version === null ? code : [code.length, ...code, ...new Uint8Array(35)];
          return [{ reply: say(MessageId.authenticate, Uint8Array.from(said)) }];
        }
        if (id !== MessageId.platformAnswer) return [];
        const answered = (body[2] ?? 0) * 256 + (body[3] ?? 0);
        const isOk = body[4] === 0;
        if (answered === MessageId.authenticate) return [isOk ? { isIn: true } : { isSentAway: true }];
        return (body[0] ?? 0) * 256 + (body[1] ?? 0) === reported ? [{ isTaken: true }] : [];
      }),
    most: MOST_RECORDS,
    report(moments) {
      reported = serial % 65_536;
      const bodies = moments.map((m) => encodeLocation(locationOf(m, entry)));
      const [only] = bodies;
      if (only !== undefined && bodies.length === 1) return say(MessageId.location, only);
      return say(MessageId.locations, encodeBatch(true, bodies));
    },
  };
}

function locationOf({ at, values }: Moment, { channels }: TerminalEntry): Location {
  const value = (channel: string): number => values.get(channel) ?? 0;
  const isFixed = value('fix') !== 0;
  const temperatures = channels.filter((c) => c.startsWith('temperature-'));
  const highest = Math.max(0, ...temperatures.map((c) => Number(c.slice(-1))));
  const sensors = Array.from({ length: highest }, (_, i) => values.get(`temperature-${i + 1}`) ?? null);
  return {
    alarm: value('emergency') & 1,
    status: (value('ignition') !== 0 ? Status.ignition : 0) | (isFixed ? Status.fixed : 0),
    latitude: Math.round(value('latitude') / 10),
    longitude: Math.round(value('longitude') / 10),
    altitude: 0,
    speed: isFixed ? value('speed') : 0,
    direction: 0,
    at,
    items: new Map<number, Uint8Array>([
      [0x01, Uint8Array.from([0, 0, ...u16(value('mileage') & 0xffff)])],
      [0x02, Uint8Array.from(u16(value('fuel')))],
      [0x30, Uint8Array.of(value('signal'))],
      [0x31, Uint8Array.of(isFixed ? value('satellites') : 0)],
      ...(sensors.length > 0 ? [[0x51, temperatureItem(sensors)] as const] : []),
    ]),
  };
}
