import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rawOf, valueOf } from './channel.ts';
import type { Channel } from './channel.ts';
import { decodeResponse } from './codec.ts';
import { checkProfile } from './profile.ts';
import type { Profile } from './profile.ts';
import { shipped } from './rig.fixture.ts';

const MODBUS = [
  'barrier',
  'door-contact',
  'four-state-zones',
  'modbus-generic',
  'relay-siren',
  'rs-ws-n01',
  'xy-md02',
];

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
    const files = readdirSync(join(import.meta.dirname, '../../../config/profiles'));
    expect(files).toEqual(expect.arrayContaining(MODBUS.map((name) => `${name}.yaml`)));
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
  ] as const)('%o %o is %i, both ways', (as, registers, v) => {
    expect(valueOf({ ...channel, ...as }, { fn: 3, registers })).toBe(v);
    expect(rawOf({ ...channel, ...as }, v)).toEqual(registers);
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
