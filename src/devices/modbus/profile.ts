import * as z from 'zod';
import type { Text } from '../../domain/alarm.ts';
import type { Checked, Problem } from '../../domain/errors.ts';
import { parseBaud, parseQuantity, scale, ucumOf } from '../../domain/units.ts';
import { check, closed, duration, fail } from '../schema.ts';
import type { SerialOptions } from '../serial-line.ts';
import { WIDTH } from './channel.ts';
import type { Channel } from './channel.ts';
import { MOST } from './codec.ts';

/** A register map: everything bailee knows about a model of device. Data, in config/profiles/. */
export type Profile = {
  readonly name: string;
  readonly title: Text;
  readonly serial: Omit<SerialOptions, 'path'> | null;
  readonly blocks: readonly Block[];
  readonly verbs: ReadonlyMap<string, Verb>;
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
  /** An independent discrete input that shows what the coil moved. */
  readonly feedback: { readonly input: number; readonly withinMs: number } | null;
};

export const baudRate = z.union([z.int(), z.string()]).transform((value, ctx) => {
  const baud = parseBaud(String(value));
  return baud !== null && baud <= 1_000_000 ? baud : fail(ctx, 'is not a baud rate; write it like 9600 baud');
});
export const parity = z.enum(['none', 'even', 'odd']);
export const dataBits = z.literal([7, 8]);
export const stopBits = z.literal([1, 2]);

const address = z.int().min(0).max(0xffff);
const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and "-"');
const bound = z.union([z.number(), z.string()]).transform((value, ctx) => {
  const quantity = parseQuantity(String(value));
  return quantity ?? fail(ctx, 'is not a quantity; write it like -40 °C');
});

const schema = closed({
  title: closed({ en: z.string().min(1), zh: z.string().min(1) }),
  serial: closed({
    baud: baudRate,
    parity: parity.default('none'),
    'data-bits': dataBits.default(8),
    'stop-bits': stopBits.default(1),
  }).optional(),
  read: z
    .record(
      name,
      closed({
        function: z.literal([1, 2, 3, 4]),
        address,
        count: z.int().min(1).max(2000),
        every: duration(1000, 604_800_000).optional(),
      }),
    )
    .default({}),
  channels: z
    .record(
      name,
      closed({
        from: z.string(),
        address,
        type: z.enum(['bit', 's16', 'u16', 's32', 'u32']),
        'word-order': z.enum(['high-first', 'low-first']).default('high-first'),
        quantity: name,
        unit: z.string().transform((text, ctx) => ucumOf(text) ?? fail(ctx, 'is not a known unit')),
        exp: z.int().min(-9).max(9).default(0),
        min: bound.optional(),
        max: bound.optional(),
        urgent: z.boolean().default(false),
        invert: z.boolean().default(false),
      }),
    )
    .default({}),
  verbs: z
    .record(
      name,
      closed({
        coil: address,
        write: z.enum(['on', 'off']),
        pulse: duration(50, 60_000).optional(),
        feedback: closed({ input: address, within: duration(50, 60_000).default(2000) }).optional(),
      }),
    )
    .default({}),
});
type Raw = z.output<typeof schema>;

/** Checks a register map; paths of problems are relative to the profile's document. */
export function checkProfile(profileName: string, raw: unknown): Checked<Profile> {
  const checked = check(schema, raw);
  if (!checked.ok) return checked;
  const { read, channels, verbs, title, serial } = checked.value;
  const problems: Problem[] = [];
  const blocks = Object.entries(read).map(([block, r]): Block => {
    if (r.count > MOST[r.function]) {
      const message = `must be at most ${MOST[r.function]} for function ${r.function}`;
      problems.push({ path: ['read', block, 'count'], message, found: String(r.count) });
    }
    const own = Object.entries(channels).filter(([, c]) => c.from === block);
    return {
      name: block,
      request: { fn: r.function, address: r.address, count: r.count },
      everyMs: r.every ?? null,
      channels: own.map(([channel, c]) => toChannel(channel, c, r, problems)),
    };
  });
  for (const [channel, c] of Object.entries(channels)) {
    if (!(c.from in read)) {
      const message = `is not one of the blocks under read: ${Object.keys(read).join(', ')}`;
      problems.push({ path: ['channels', channel, 'from'], message, found: c.from });
    }
  }
  if (problems.length > 0) return { ok: false, problems };
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
    },
  };
}

function toChannel(
  channel: string,
  c: Raw['channels'][string],
  block: Raw['read'][string],
  problems: Problem[],
): Channel {
  const at = (key: string): string[] => ['channels', channel, key];
  const offset = c.address - block.address;
  if (offset < 0 || offset + WIDTH[c.type] > block.count) {
    const range = `${block.address} to ${block.address + block.count - 1}`;
    const message = `must lie, ${WIDTH[c.type]} wide, within block ${c.from}, ${range}`;
    problems.push({ path: at('address'), message, found: String(c.address) });
  }
  if ((c.type === 'bit') !== block.function <= 2) {
    const message =
      block.function <= 2
        ? `must be bit: function ${block.function} reads bits`
        : `must be s16, u16, s32 or u32: function ${block.function} reads registers`;
    problems.push({ path: at('type'), message, found: c.type });
  }
  const limit = (key: 'min' | 'max'): number | null => {
    const given = c[key];
    if (given === undefined) return null;
    const scaled = scale(given.value, c.exp);
    if (scaled === null || (given.unit !== null && given.unit !== c.unit)) {
      problems.push({ path: at(key), message: `must be in ${c.unit} and exact with exp ${c.exp}` });
    }
    return scaled;
  };
  const [min, max] = [limit('min'), limit('max')];
  if (min !== null && max !== null && min > max) {
    problems.push({ path: at('min'), message: 'must not be greater than max', found: String(min) });
  }
  return {
    name: channel,
    quantity: c.quantity,
    unit: c.unit,
    exp: c.exp,
    offset,
    type: c.type,
    wordOrder: c['word-order'],
    min,
    max,
    urgent: c.urgent,
    invert: c.invert,
  };
}

function toVerb(v: Raw['verbs'][string]): Verb {
  return {
    coil: v.coil,
    on: v.write === 'on',
    pulseMs: v.pulse ?? null,
    feedback: v.feedback === undefined ? null : { input: v.feedback.input, withinMs: v.feedback.within },
  };
}
