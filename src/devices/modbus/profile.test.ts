import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { rawOf, valueOf } from './channel.ts';
import type { Channel } from './channel.ts';
import { decodeResponse } from './codec.ts';
import { checkProfile } from './profile.ts';
import type { Profile } from './profile.ts';
import { shipped } from './rig.fixture.ts';

const MODBUS = readdirSync(join(import.meta.dirname, '../../../config/profiles'))
  .map((file) => file.replace(/\.yaml$/, ''))
  .filter((name) => z.looseObject({ read: z.unknown() }).safeParse(shipped(name)).success);

function profile(name: string): Profile {
  const checked = checkProfile(name, shipped(name));
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

/** The channels of the first block in the PDU of a literal reply. */
function read(name: string, pdu: string): Record<string, number | null> {
  const block = profile(name).blocks[0];
  if (block === undefined) throw new Error(`${name} reads nothing`);
  const response = decodeResponse(
    Uint8Array.from(Buffer.from(pdu.replaceAll(' ', ''), 'hex')),
    block.request,
  );
  if (!response.ok) throw new Error(response.detail);
  return Object.fromEntries(block.channels.map((c) => [c.name, valueOf(c, response.value)]));
}

describe('the register maps that ship', () => {
  it.each(MODBUS)('%s is well formed and has a title in both languages', (name) => {
    const { title } = profile(name);
    expect(title.en).toMatch(/^[A-Z]/);
    expect(title.zh).toMatch(/\p{Script=Han}/u);
  });

  it('are there', () => {
    expect(MODBUS).toEqual(expect.arrayContaining(['xy-md02', 'rs-ws-n01', 'sdm630', 'waveshare-relay-d']));
  });

  it.each([
    ['xy-md02', '04 04 01 31 02 22', { temperature: 305, humidity: 546 }],
    ['xy-md02', '04 04 FF 38 02 58', { temperature: -200, humidity: 600 }],
    ['rs-ws-n01', '03 04 02 92 FF 9B', { humidity: 658, temperature: -101 }],
    // Input 1 closed: the door is shut; input 2 open: the tamper loop is cut.
    ['door-contact', '02 01 01', { door: 0, tamper: 1 }],
    ['relay-siren', '01 01 02', { siren: 0, light: 1 }],
    // Open limit reached, closed limit left, nobody on the loop.
    ['barrier', '02 01 01', { barrier: 1, 'open-limit': 1, loop: 0 }],
    ['barrier', '02 01 06', { barrier: 0, 'open-limit': 0, loop: 1 }],
    [
      'four-state-zones',
      '04 08 00 00 00 01 00 02 00 03',
      { 'zone-1': 0, 'zone-2': 1, 'zone-3': 2, 'zone-4': 3 },
    ],
    ['modbus-generic', '03 08 00 FA 00 00 00 01 00 02', { temperature: 250, counter: 65538 }],
    [
      'cwt-8pt100',
      '03 10 00 FA FF 38 00 00 7F FF 80 00 19 64 F8 F8 00 01',
      {
        'temperature-1': 250,
        'temperature-2': -200,
        'temperature-3': 0,
        'temperature-4': 32767,
        'temperature-5': -32768,
        'temperature-6': 6500,
        'temperature-7': -1800,
        'temperature-8': 1,
      },
    ],
    [
      'huawei-ups2000',
      `03 32 00 00 00 00 00 00 00 00 ${'00 00 '.repeat(4)} 08 99 ${'00 00 '.repeat(12)} 00 FA 00 00 00 00 00 03`,
      { 'input-voltage': 0, 'input-frequency': 0, 'output-voltage': 2201, load: 250, route: 3 },
    ],
    [
      'tripp-lite-modbuscard',
      '04 12 00 01 00 03 00 2A 00 05 00 40 02 0B 00 00 00 00 00 37',
      { 'battery-status': 1, 'battery-charge': 3, 'battery-voltage': 523, 'battery-level': 55 },
    ],
    ['dixell-prime', '03 04 FF 4C FE D4', { room: -180, evaporator: -300 }],
    // 230.2 V, 1.5 A, 345 W: single precision, high word first.
    [
      'sdm120',
      `04 1C 43 66 33 34 ${'00 00 '.repeat(4)} 3F C0 00 00 ${'00 00 '.repeat(4)} 43 AC 80 00`,
      { voltage: 2302, current: 150, power: 345 },
    ],
    [
      'waveshare-io-8ch',
      '02 01 05',
      {
        'input-1': 1,
        'input-2': 0,
        'input-3': 1,
        'input-4': 0,
        'input-5': 0,
        'input-6': 0,
        'input-7': 0,
        'input-8': 0,
      },
    ],
  ])('%s reads %s', (name, pdu, values) => expect(read(name, pdu)).toEqual(values));
});

describe('a value in its registers', () => {
  const channel: Channel = {
    name: 'c',
    quantity: 'q',
    unit: '1',
    exp: 0,
    offset: 0,
    type: 's32',
    wordOrder: 'high-first',
    min: null,
    max: null,
    urgent: false,
    invert: false,
  };
  it.each([
    [{ type: 's32' }, [0xffff, 0xfffe], -2],
    [{ type: 's32', wordOrder: 'low-first' }, [0xfffe, 0xffff], -2],
    [{ type: 'u32' }, [0xffff, 0xfffe], 4294967294],
    [{ type: 's16' }, [0x8000], -32768],
    [{ type: 'u16' }, [0x8000], 32768],
    [{ type: 'f32', exp: -1 }, [0x4366, 0x3333], 2302],
    [{ type: 'f32', exp: -1, wordOrder: 'low-first' }, [0x3333, 0x4366], 2302],
    [{ type: 'f32', exp: -2 }, [0xc148, 0x0000], -1250],
    [{ type: 'f32', exp: 2 }, [0x461c, 0x4000], 100],
  ] as const)('%o %o is %i, both ways', (as, registers, v) => {
    expect(valueOf({ ...channel, ...as }, { fn: 3, registers })).toBe(v);
    expect(rawOf({ ...channel, ...as }, v)).toEqual(registers);
  });

  it.each([
    ['not a number', [0x7fc0, 0x0000], null],
    ['infinity', [0x7f80, 0x0000], null],
    ['minus infinity', [0xff80, 0x0000], null],
    ['more than can be kept exactly', [0x7f7f, 0xffff], null],
    ['minus zero', [0x8000, 0x0000], 0],
    ['half a step up', [0x3d4c, 0xcccd], 1],
    ['half a step down', [0xbd4c, 0xcccd], -1],
    ['less than half a step', [0x3d4c, 0xcccc], 0],
  ])('in floating point, %s', (_, registers, v) => {
    expect(valueOf({ ...channel, type: 'f32', exp: -1 }, { fn: 4, registers })).toBe(v);
  });

  it('is the same read back, whatever the type and order of words', () => {
    const shape = fc.record({
      type: fc.constantFrom('s16', 'u16', 's32', 'u32', 'f32'),
      wordOrder: fc.constantFrom('high-first', 'low-first'),
      exp: fc.integer({ min: -4, max: 3 }),
      v: fc.integer({ min: 0, max: 32_767 }),
      negative: fc.boolean(),
    });
    fc.assert(
      fc.property(shape, ({ v, negative, ...as }) => {
        const signed = negative && !as.type.startsWith('u') && v > 0 ? -v : v;
        const c: Channel = { ...channel, ...as };
        expect(valueOf(c, { fn: 3, registers: rawOf(c, signed) })).toBe(signed);
      }),
      { numRuns: 2000 },
    );
  });

  it('that does not fit is an error of whoever sets it', () => {
    expect(() => rawOf({ ...channel, type: 's16' }, 40_000.5)).toThrow(RangeError);
    expect(() => rawOf({ ...channel, type: 'u16' }, -70_000)).toThrow('-70000 does not fit u16');
  });
});

describe('a register map that is wrong', () => {
  it('is refused with every problem at once', () => {
    const raw = {
      title: { en: 'x', zh: '某' },
      read: { a: { function: 4, address: 1, count: 200 }, b: { function: 2, address: 0, count: 8 } },
      channels: {
        t: {
          from: 'a',
          address: 300,
          type: 's16',
          quantity: 'temperature',
          unit: '°C',
          exp: -1,
          min: '1.25',
        },
        d: { from: 'b', address: 0, type: 'u16', quantity: 'door', unit: '1', max: '5 °C' },
        e: { from: 'c', address: 0, type: 'bit', quantity: 'door', unit: '1' },
      },
    };
    expect(checkProfile('x', raw)).toEqual({
      ok: false,
      problems: [
        { path: ['read', 'a', 'count'], message: 'must be at most 125 for function 4', found: '200' },
        {
          path: ['channels', 't', 'address'],
          message: 'must lie, 1 wide, within block a, 1 to 200',
          found: '300',
        },
        { path: ['channels', 't', 'min'], message: 'must be in Cel and exact with exp -1' },
        {
          path: ['channels', 'd', 'type'],
          message: 'must be bit: function 2 reads bits',
          found: 'u16',
        },
        { path: ['channels', 'd', 'max'], message: 'must be in 1 and exact with exp 0' },
        {
          path: ['channels', 'e', 'from'],
          message: 'is not one of the blocks under read: a, b',
          found: 'c',
        },
      ],
    });
  });

  it('tells what does not fit together, though other fields are wrong', () => {
    const raw = {
      title: { en: 'x' },
      read: { a: { function: 4, address: 1, count: 200, every: 7 } },
      channels: {
        t: { from: 'a', address: 300, type: 's16', quantity: '?', unit: '°C', min: '9 °C', max: '1 °C' },
      },
    };
    const checked = checkProfile('x', raw);
    if (checked.ok) throw new Error('no problem found');
    expect(checked.problems.map(({ path }) => path.join('.'))).toEqual([
      'title.zh',
      'read.a.every',
      'channels.t.quantity',
      'read.a.count',
      'channels.t.address',
      'channels.t.min',
    ]);
  });

  it('is refused with the nearest key and what a value must look like', () => {
    const raw = {
      title: { en: 'x' },
      serial: { baud: 'fast' },
      chanels: {},
      verbs: { on: { coil: 1, write: true } },
    };
    expect(checkProfile('x', raw)).toEqual({
      ok: false,
      problems: [
        { path: ['title', 'zh'], message: 'is missing; it must be text' },
        { path: ['serial', 'baud'], message: 'is not a baud rate; write it like 9600 baud', found: 'fast' },
        { path: ['verbs', 'on', 'write'], message: 'must be one of on, off', found: 'true' },
        { path: ['chanels'], message: 'is not a known key; did you mean "channels"?' },
      ],
    });
  });
});
