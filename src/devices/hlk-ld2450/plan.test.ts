import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { configured, shipped } from '../modbus/rig.fixture.ts';
import { hlkLd2450 } from './driver.ts';

const entry = { id: 'radar-1', driver: 'hlk-ld2450', port: '/dev/ttyUSB0', zone: 'aisle-1' };
const area = { name: 'rack', x: [0, 1000], y: [0, 1000] };

describe('configuring a radar', () => {
  it('declares its streams', () => {
    const areas = [{ ...area, zone: 'cold-1' }];
    const connection = configured(hlkLd2450, { ...entry, areas, every: '20s', urgent: false });
    expect(
      connection.streams.map((s) => [s.id, s.quantity, s.unit, s.place, s.cadenceMs, s.maxGapMs, s.urgent]),
    ).toEqual([
      ['radar-1/presence', 'presence', '1', 'aisle-1', 20_000, 63_000, false],
      ['radar-1/targets', 'targets', '1', 'aisle-1', 20_000, 63_000, false],
      ['radar-1/nearest', 'distance', 'mm', 'aisle-1', 20_000, 63_000, false],
      ['radar-1/in-rack', 'presence', '1', 'cold-1', 20_000, 63_000, false],
      ['radar-1/entry-rack', 'entry', '1', 'cold-1', 20_000, 63_000, false],
    ]);
    expect(connection.streams.every((s) => s.src === 1 && s.kind === 1)).toBe(true);
  });

  it('calls presence urgent, and nothing else, unless told otherwise', () => {
    const { streams } = configured(hlkLd2450, { ...entry, positions: true, areas: [area] });
    expect(streams.filter((s) => s.urgent).map((s) => s.ch)).toEqual(['presence', 'in-rack']);
    expect(streams.length).toBe(14);
  });

  it('takes its sample', () => {
    const file = join(import.meta.dirname, '../../../config/samples/hlk-ld2450.yaml');
    const sample: unknown = parse(readFileSync(file, 'utf8'));
    const { devices } = z.object({ devices: z.array(z.unknown()) }).parse(sample);
    expect(devices.flatMap((d) => configured(hlkLd2450, d).streams).length).toBe(5);
  });

  it('gives every problem at once', () => {
    const raw = {
      ...entry,
      port: 4001,
      hold: 2,
      deadbnd: 100,
      'max-gap': '2s',
      areas: [area, { ...area, x: [1000, 0], dwell: '-1s' }, { ...area, name: 'Rack' }],
    };
    const checked = hlkLd2450.configure(raw, shipped);
    if (checked.ok) throw new Error('nothing was found');
    expect(checked.problems.map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual([
      'hold must be a time with its unit from 0ms to 1h, e.g. 100ms, 10s or 5m',
      'areas.1.x must be [from, to] with from below to',
      'areas.1.dwell must be a time with its unit from 0ms to 1h, e.g. 100ms, 10s or 5m',
      'areas.2.name must be lower-case letters, digits and "-"',
      'deadbnd is not a known key; did you mean "deadband"?',
      'port must be a device file such as /dev/serial/by-id/…, or have a host beside it',
      'max-gap must be at least every and timeout, 13s',
      'areas.1.name must be different from that of areas.0',
    ]);
  });

  it('takes a serial server, which has the baud rate', () => {
    const tcp = { ...entry, host: '10.0.0.9', port: 4001 };
    expect(hlkLd2450.configure(tcp, shipped).ok).toBe(true);
    const checked = hlkLd2450.configure({ ...tcp, baud: '256000 baud' }, shipped);
    if (checked.ok) throw new Error('nothing was found');
    expect(checked.problems).toEqual([
      { path: ['baud'], message: 'has no meaning beside host: the serial server has it' },
    ]);
  });
});
