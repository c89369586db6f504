import { describe, expect, it } from 'vitest';
import { Quality } from '../../domain/reading.ts';
import { configured, shipped } from '../modbus/rig.fixture.ts';
import { toledo } from '../toledo/driver.ts';
import { planToledo } from '../toledo/plan.ts';
import { saidBy } from './weighing.ts';
import type { Weighing } from './weighing.ts';

const entry = { id: 'scale-1', driver: 'toledo', port: '/dev/ttyUSB0', decimals: 1 };
const still: Weighing = {
  weight: { digits: 12_345, exp: -1 },
  unit: 'kg',
  tare: { digits: 5, exp: 0 },
  isNet: true,
  inMotion: false,
  outOfRange: false,
  unzeroed: false,
};

function said(weighing: Partial<Weighing>, more = {}): string[] {
  const plan = planToledo({ ...entry, ...more });
  if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
  const { readings, refusals = [], complaint = 'well' } = saidBy({ ...still, ...weighing }, plan.value);
  const values = readings.map((r) => `${r.stream.split('/')[1]} ${r.v}${r.q === 0 ? '' : `/${r.q}`}`);
  return [...values, ...refusals.map((r) => r.detail), complaint];
}

describe('a weighing', () => {
  it('is a weight in the steps of the stream, with tare and net', () => {
    expect(said({})).toEqual(['weight 12345', 'motion 0', 'tare 50', 'net 1', 'well']);
    expect(said({ weight: { digits: 2, exp: 2 }, isNet: false })).toEqual([
      'weight 2000',
      'motion 0',
      'tare 50',
      'net 0',
      'well',
    ]);
  });

  it('in motion is told, and is no weight that counts', () => {
    expect(said({ inMotion: true }).slice(0, 2)).toEqual([`weight 12345/${Quality.stale}`, 'motion 1']);
  });

  it('out of range has no weight', () => {
    expect(said({ weight: null, outOfRange: true })[0]).toBe(`weight null/${Quality.outsideRange}`);
  });

  it('beyond the capacity is kept, and marked', () => {
    expect(said({}, { capacity: '1234.4 kg' })[0]).toBe(`weight 12345/${Quality.outsideRange}`);
    expect(said({}, { capacity: '1234.5 kg' })[0]).toBe('weight 12345');
  });

  it('of a scale that was not set to zero is marked, and the scale is unwell', () => {
    expect(said({ unzeroed: true })[0]).toBe(`weight 12345/${Quality.deviceAlarm}`);
    expect(said({ unzeroed: true }).at(-1)).toBe('not-zeroed');
  });

  it('in another unit, or finer than the stream, is refused and never converted', () => {
    expect(said({ unit: '[lb_av]' })).toEqual([
      'weight null',
      'motion 0',
      'tare null',
      'net 1',
      'a weight in [lb_av], the entry says kg',
      'malformed',
    ]);
    expect(said({ weight: { digits: 12_345, exp: -2 } })).toContain('12345e-2 does not fit 1 decimals');
    expect(said({ weight: { digits: 12_340, exp: -2 } })[0]).toBe('weight 1234');
  });
});

describe('configuring a scale', () => {
  it('declares its streams', () => {
    const { streams } = configured(toledo, { ...entry, deadband: '0.5 kg', unit: 'kg', urgent: true });
    expect(streams.map((s) => [s.id, s.quantity, s.unit, s.exp, s.urgent])).toEqual([
      ['scale-1/weight', 'weight', 'kg', -1, true],
      ['scale-1/motion', 'motion', '1', 0, false],
      ['scale-1/tare', 'tare', 'kg', -1, false],
      ['scale-1/net', 'net', '1', 0, false],
    ]);
    expect(configured(toledo, { ...entry, unit: 'lb' }).streams[0]?.unit).toBe('[lb_av]');
  });

  it('gives every problem at once', () => {
    const raw = { ...entry, unit: 'kilo', decimals: 6, deadband: '-1 kg', checksums: true, host: 'x' };
    const checked = toledo.configure(raw, shipped);
    if (checked.ok) throw new Error('nothing was found');
    expect(checked.problems.map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual([
      'unit must be one of kg, g, t, lb',
      'decimals must be at most 5',
      'deadband must be a weight, e.g. 20 kg',
      'checksums is not a known key; did you mean "checksum"?',
      'port must be a TCP port beside host',
    ]);
  });

  it.each(['0.05 kg', '5 lb'])('refuses a weight that does not fit: %s', (weight) => {
    const message = 'must be in kg, with at most 1 decimals';
    expect(toledo.configure({ ...entry, deadband: weight, capacity: weight }, shipped)).toEqual({
      ok: false,
      problems: ['deadband', 'capacity'].map((key) => ({ path: [key], message, found: weight })),
    });
  });
});
