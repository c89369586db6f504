import type { ProfileSource, Simulator } from '../port.ts';
import { simulateFleet } from '../vehicle/simulated-fleet.ts';
import type { Dialect, Moment, Understood } from '../vehicle/simulated-tracker.ts';
import { temperatureItem } from './channels.ts';
import { encodeMessage, MessageId, u16, type Part } from './codec.ts';
import { encodeBatch, encodeLocation, Status, type Location } from './location.ts';
import { planJtt808, type TerminalEntry } from './plan.ts';
import { MessageReader } from './reader.ts';
import { decodeResendWanted } from './split-messages.ts';

const NOBODY = '99999999999';
/** Province, city, maker, model, id, colour of the plate: what a terminal says of itself. */
const [BODY_2013, BODY_2019] = [2 + 2 + 5 + 20 + 7 + 1, 2 + 2 + 11 + 30 + 30 + 1];
/** So many records of 60 bytes and more stay below 1023 bytes. */
const MOST_RECORDS = 10;
/** What a terminal with a small buffer splits its reports into, bytes. */
const PART_BYTES = 40;
/** Reports in parts: well, one of them lost, the last first, each twice, one that never comes. */
const PART_FAULTS = ['split', 'part-lost', 'parts-mixed', 'parts-twice', 'part-never'];

/** The terminals of a `jtt808` entry, which call `at`. @throws ConfigError when the entry is wrong */
export function simulateJtt808(
  raw: unknown,
  files: ProfileSource,
  at: { readonly host: string; readonly port: number },
): Simulator {
  // Terminals count whole seconds.
  return simulateFleet(planJtt808(raw, files), at, dialectOf, 1000, PART_FAULTS);
}

/** A number of more than twelve digits is a terminal of 2019. */
function dialectOf(entry: TerminalEntry, wrongId: boolean): Dialect {
  const terminal = wrongId ? NOBODY : entry.terminal;
  const version = entry.terminal.length > 12 ? 1 : null;
  const reader = new MessageReader();
  let serial = 0;
  /** Serial numbers of the last report whose answers are awaited, and its frames by part. */
  let awaited = new Set<number>();
  let parts: { readonly serial: number; readonly frames: readonly Uint8Array[] } = { serial: 0, frames: [] };
  const say = (id: number, body: Uint8Array, part?: Part): Uint8Array => {
    const message = { id, version, terminal, serial: serial++ % 65_536, body };
    return encodeMessage(part === undefined ? message : { ...message, part });
  };
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
        if (id === MessageId.resendWanted) {
          const wanted = decodeResendWanted(body, version);
          if (wanted?.serial !== parts.serial) return [];
          const frames = wanted.numbers.flatMap((number) => parts.frames[number - 1] ?? []);
          return [{ reply: Buffer.concat(frames) }];
        }
        if (id !== MessageId.platformAnswer) return [];
        const answered = (body[2] ?? 0) * 256 + (body[3] ?? 0);
        const isOk = body[4] === 0;
        if (answered === MessageId.authenticate) return [isOk ? { isIn: true } : { isSentAway: true }];
        const isNews = awaited.delete((body[0] ?? 0) * 256 + (body[1] ?? 0));
        return isNews && awaited.size === 0 ? [{ isTaken: true }] : [];
      }),
    most: MOST_RECORDS,
    report(moments, fault) {
      const bodies = moments.map((m) => encodeLocation(locationOf(m, entry)));
      const [only] = bodies;
      const isOne = only !== undefined && bodies.length === 1;
      const [id, body] = isOne
        ? [MessageId.location, only]
        : [MessageId.locations, encodeBatch(true, bodies)];
      awaited = new Set();
      parts = { serial: serial % 65_536, frames: [] };
      if (fault === null) {
        awaited.add(parts.serial);
        return say(id, body);
      }
      const total = Math.ceil(body.length / PART_BYTES);
      const frames = Array.from({ length: total }, (_, i) => {
        awaited.add(serial % 65_536);
        const own = body.subarray(i * PART_BYTES, (i + 1) * PART_BYTES);
        return say(id, own, { total, number: i + 1 });
      });
      // Asking for a part that is not kept is in vain.
      parts = { serial: parts.serial, frames: fault === 'part-never' ? [] : frames };
      return Buffer.concat(misordered(frames, fault));
    },
  };
}

function misordered(frames: readonly Uint8Array[], fault: string): readonly Uint8Array[] {
  if (fault === 'part-lost' || fault === 'part-never') return frames.slice(1);
  if (fault === 'parts-mixed') return frames.toReversed();
  return fault === 'parts-twice' ? frames.flatMap((frame) => [frame, frame]) : frames;
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
