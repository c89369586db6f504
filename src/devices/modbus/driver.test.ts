import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { modbusRtu, modbusTcp } from './driver.ts';
import { configured, shipped } from './rig.fixture.ts';

const line = {
  id: 'line-1',
  driver: 'modbus-rtu',
  port: '/dev/ttyUSB0',
  baud: '9600 baud',
  timeout: '300ms',
  slaves: [
    { id: 'probe-1', unit: 1, profile: 'xy-md02', every: '10s', 'max-gap': '60s', zone: 'cold-1' },
    { id: 'door-1', unit: 10, profile: 'door-contact', every: '200ms', repeat: '30s', zone: 'cold-1' },
    { id: 'siren-1', unit: 20, profile: 'relay-siren', every: '30s' },
  ],
};

describe('configuring a line', () => {
  it('declares the streams, actuators and profiles and opens nothing', () => {
    const connection = configured(modbusRtu, line);
    expect(connection.streams.map((s) => [s.id, s.quantity, s.cadenceMs, s.maxGapMs, s.urgent])).toEqual([
      ['probe-1/temperature', 'temperature', 10_000, 60_000, false],
      ['probe-1/humidity', 'humidity', 10_000, 60_000, false],
      ['probe-1/temperature-correction', 'correction', 86_400_000, 259_200_600, false],
      ['probe-1/humidity-correction', 'correction', 86_400_000, 259_200_600, false],
      ['door-1/door', 'door', 30_000, 90_300, true],
      ['door-1/tamper', 'tamper', 30_000, 90_300, true],
      ['siren-1/siren', 'siren', 30_000, 90_300, false],
      ['siren-1/light', 'light', 30_000, 90_300, false],
    ]);
    expect(connection.streams[0]).toMatchObject({
      dev: 'probe-1',
      ch: 'temperature',
      kind: 1,
      unit: 'Cel',
      exp: -1,
      place: 'cold-1',
      src: 1,
    });
    expect([...connection.actuators]).toEqual([
      ['siren-1', ['siren-on', 'siren-off', 'light-on', 'light-off', 'light-flash']],
    ]);
    expect(connection.profiles).toEqual(['xy-md02', 'door-contact', 'relay-siren']);
  });

  it.each([
    ['modbus-rtu.yaml', modbusRtu],
    ['modbus-tcp.yaml', modbusTcp],
  ])('takes the sample %s', (file, driver) => {
    const sample: unknown = parse(
      readFileSync(join(import.meta.dirname, '../../../config/samples', file), 'utf8'),
    );
    const { devices } = z.object({ devices: z.array(z.looseObject({ driver: z.string() })) }).parse(sample);
    expect(devices.map((d) => d.driver)).toEqual([driver.name]);
    expect(configured(driver, devices[0]).streams.length).toBeGreaterThan(1);
  });

  it('gives every problem at once, with its path from the entry', () => {
    const raw = {
      ...line,
      buad: '9600 baud',
      timeout: '300',
      slaves: [
        { id: 'probe-1', unit: 1, profile: 'xy-md02', every: '10s' },
        { id: 'probe-1', unit: 1, profile: 'xy-md20', every: '10s' },
        { id: 'probe-3', unit: 248, profile: 'broken', every: '10s', maxgap: '1m' },
      ],
    };
    const broken = { title: { en: 'x', zh: 'x' }, read: { a: { function: 9, address: 0, count: 1 } } };
    const checked = modbusRtu.configure(raw, (name) => (name === 'broken' ? broken : shipped(name)));
    expect(checked).toEqual({
      ok: false,
      problems: [
        { path: ['slaves', 1, 'profile'], message: 'is not a profile in config/profiles', found: 'xy-md20' },
        { path: ['read', 'a', 'function'], message: 'must be one of 1, 2, 3, 4', found: '9', file: 'broken' },
        {
          path: ['timeout'],
          message: 'must be a time with its unit from 10ms to 30s, e.g. 100ms, 10s or 5m',
          found: '300',
        },
        { path: ['slaves', 2, 'unit'], message: 'must be at most 247', found: '248' },
        { path: ['slaves', 2, 'maxgap'], message: 'is not a known key; did you mean "max-gap"?' },
        { path: ['buad'], message: 'is not a known key; did you mean "baud"?' },
        { path: ['slaves', 1, 'id'], message: 'must be different from that of slaves.0', found: 'probe-1' },
        { path: ['slaves', 1, 'unit'], message: 'must be different from that of slaves.0', found: '1' },
      ],
    });
  });

  it('asks for a baud rate where the profiles do not agree on one', () => {
    const { baud: _, ...open } = line;
    const slaves = [
      { id: 'a', unit: 1, profile: 'xy-md02', every: '10s' },
      { id: 'b', unit: 2, profile: 'rs-ws-n01', every: '10s' },
    ];
    expect(modbusRtu.configure({ ...open, slaves }, shipped)).toEqual({
      ok: false,
      problems: [
        { path: ['baud'], message: 'is missing, and the profiles do not agree on one (9600 or 4800)' },
      ],
    });
    expect(modbusRtu.configure({ ...open, slaves: slaves.slice(1) }, shipped).ok).toBe(true);
  });

  it('tells what fields must be because of others, though a third one is wrong', () => {
    const slaves = [
      { id: 'a', unit: 1, profile: 'xy-md02', every: '10s', 'max-gap': '10s', zone: '!' },
      { id: 'b', unit: 900, profile: 'xy-md02', every: '10s', repeat: '1s' },
      { id: 'a', unit: 1, profile: 'rs-ws-n01', every: 10 },
    ];
    const checked = modbusRtu.configure({ ...line, baud: undefined, slaves }, shipped);
    if (checked.ok) throw new Error('no problem found');
    expect(checked.problems.map(({ path }) => path.join('.'))).toEqual([
      'slaves.0.zone',
      'slaves.1.unit',
      'slaves.2.every',
      'slaves.2.id',
      'slaves.2.unit',
      'slaves.0.max-gap',
      'slaves.1.repeat',
      'baud',
    ]);
  });

  it('refuses a gap that one reading cannot cover', () => {
    const slaves = [{ id: 'a', unit: 1, profile: 'xy-md02', every: '10s', 'max-gap': '10s' }];
    expect(modbusRtu.configure({ ...line, slaves }, shipped)).toEqual({
      ok: false,
      problems: [
        {
          path: ['slaves', 0, 'max-gap'],
          message: 'must be at least the time between readings and the time-out, 10300ms',
          found: '10s',
        },
      ],
    });
  });
});
