import * as z from 'zod';
import type { Text } from '../../domain/alarm.ts';
import type { Checked } from '../../domain/errors.ts';
import { scale } from '../../domain/units.ts';
import { check, closed, duration } from '../schema.ts';
import type { SerialOptions } from '../serial-line.ts';
import type { Channel } from './channel.ts';
import {
  address,
  baudRate,
  blockSchema,
  channelSchema,
  dataBits,
  name,
  parity,
  stopBits,
} from './profile-fields.ts';
import { relationProblems } from './profile-relations.ts';

/** A register map: everything bailee knows about a model of device. Data, in config/profiles/. */
export type Profile = {
  readonly name: string;
  readonly title: Text;
  readonly serial: Omit<SerialOptions, 'path'> | null;
  readonly blocks: readonly Block[];
  readonly verbs: ReadonlyMap<string, Verb>;
  /** Set in the device itself: when nobody asked it for so long, ms, it does this by itself; null for none. */
  readonly watchdog: { readonly afterMs: number; readonly verb: string } | null;
};

/** Neighbouring registers or bits that are read by one request. */
export type Block = {
  readonly name: string;
  readonly request: { readonly fn: 1 | 2 | 3 | 4; readonly address: number; readonly count: number };
  /** Own cadence, ms, for what changes rarely; null for that of the device. */
  readonly everyMs: number | null;
  readonly channels: readonly Channel[];
};

/** What an actuator can be told to do: write a coil, read it back, see the feedback input follow. */
export type Verb = {
  readonly coil: number;
  readonly on: boolean;
  /** Back to the opposite after this time, ms; null to stay. */
  readonly pulseMs: number | null;
  /** The order is refused while this discrete input is on: a loop or light curtain. */
  readonly unlessInput: number | null;
  /** An independent discrete input that shows what the coil moved, after a pulse has ended. */
  readonly feedback: { readonly input: number; readonly withinMs: number } | null;
};

const schema = closed({
  title: closed({ en: z.string().min(1), zh: z.string().min(1) }),
  serial: closed({
    baud: baudRate,
    parity: parity.default('none'),
    'data-bits': dataBits.default(8),
    'stop-bits': stopBits.default(1),
  }).optional(),
  read: z.record(name, blockSchema).default({}),
  channels: z.record(name, channelSchema).default({}),
  verbs: z
    .record(
      name,
      closed({
        coil: address,
        write: z.enum(['on', 'off']),
        pulse: duration(50, 60_000).optional(),
        unless: closed({ input: address }).optional(),
        feedback: closed({ input: address, within: duration(50, 60_000).default(2000) }).optional(),
      }),
    )
    .default({}),
  watchdog: closed({ after: duration(200, 60_000), do: name }).optional(),
});
type Raw = z.output<typeof schema>;

/** Checks a register map; paths of problems are relative to the profile's document. */
export function checkProfile(profileName: string, raw: unknown): Checked<Profile> {
  const checked = check(schema, raw);
  const problems = [...(checked.ok ? [] : checked.problems), ...relationProblems(raw)];
  if (!checked.ok || problems.length > 0) return { ok: false, problems };
  const { read, channels, verbs, title, serial, watchdog } = checked.value;
  const blocks = Object.entries(read).map(([block, r]): Block => {
    const own = Object.entries(channels).filter(([, c]) => c.from === block);
    return {
      name: block,
      request: { fn: r.function, address: r.address, count: r.count },
      everyMs: r.every ?? null,
      channels: own.map(([channel, c]) => toChannel(channel, c, r)),
    };
  });
  return {
    ok: true,
    value: {
      name: profileName,
      title,
      serial:
        serial === undefined
          ? null
          : {
              baud: serial.baud,
              parity: serial.parity,
              dataBits: serial['data-bits'],
              stopBits: serial['stop-bits'],
            },
      blocks,
      verbs: new Map(Object.entries(verbs).map(([verb, v]) => [verb, toVerb(v)])),
      watchdog: watchdog === undefined ? null : { afterMs: watchdog.after, verb: watchdog.do },
    },
  };
}

function toChannel(channel: string, c: Raw['channels'][string], block: Raw['read'][string]): Channel {
  return {
    name: channel,
    quantity: c.quantity,
    unit: c.unit,
    exp: c.exp,
    offset: c.address - block.address,
    type: c.type,
    wordOrder: c['word-order'],
    min: c.min === undefined ? null : scale(c.min.value, c.exp),
    max: c.max === undefined ? null : scale(c.max.value, c.exp),
    urgent: c.urgent,
    invert: c.invert,
  };
}

function toVerb(v: Raw['verbs'][string]): Verb {
  return {
    coil: v.coil,
    on: v.write === 'on',
    pulseMs: v.pulse ?? null,
    unlessInput: v.unless?.input ?? null,
    feedback: v.feedback === undefined ? null : { input: v.feedback.input, withinMs: v.feedback.within },
  };
}
