import { describe, expect, it } from 'vitest';
import { checked, limitRule, SITE, STREAMS } from '../../test/rules/cold-store.ts';
import { findings, Records, Timeline } from '../../test/rules/timeline.ts';
import type { LogRecord } from '../domain/record.ts';
import { bindRules } from './rule-set.ts';

const S = 1000;
const M = 60 * S;

function timeline(...raw: readonly unknown[]): Timeline {
  return new Timeline(bindRules(checked(raw), STREAMS, SITE.zones));
}

/** `[t, v, q]` readings of slot 1 (probe-1, 0.01 °C), and what they are found to be. */
function run(
  rule: unknown,
  readings: readonly (readonly [number, number | null, number?])[],
  until = 0,
): string[] {
  const line = timeline(rule);
  const records = new Records();
  const out = readings.flatMap(([t, v, q]) => line.take(records.reading(1, t, v, q ?? 0)));
  return findings([...out, ...line.passTime(until)]);
}

describe('a limit rule', () => {
  it('raises above the limit, not at it', () => {
    expect(
      run(limitRule({}), [
        [0, 800],
        [M, 801],
      ]),
    ).toEqual(['60000 warm opened 801 p2 @1.1']);
  });

  it('clears at limit minus deadband, not above it', () => {
    expect(
      run(limitRule({}), [
        [0, 900],
        [M, 751],
        [2 * M, 750],
      ]),
    ).toEqual(['0 warm opened 900 p2 @1.0', '120000 warm closed 750 p2 @1.2']);
  });

  it('waits to raise, with the record that began the wait as cause', () => {
    expect(
      run(
        limitRule({ 'raise-after': '2m' }),
        [
          [0, 900],
          [M, 910],
          [2 * M - 1, 920],
        ],
        2 * M,
      ),
    ).toEqual(['120000 warm opened 900 p2 @1.0']);
  });

  it('fires a timer before the record of the same time', () => {
    expect(
      run(limitRule({ 'raise-after': '2m' }), [
        [0, 900],
        [2 * M, 0],
      ]),
    ).toEqual(['120000 warm opened 900 p2 @1.0', '120000 warm closed 0 p2 @1.1']);
  });

  it('forgets a wait to raise when a value comes back, even into the deadband', () => {
    expect(
      run(
        limitRule({ 'raise-after': '2m' }),
        [
          [0, 900],
          [M, 790],
          [M + 1, 900],
        ],
        3 * M,
      ),
    ).toEqual([]);
  });

  it('raises after so many samples', () => {
    expect(
      run(limitRule({ 'raise-after': '3 samples' }), [
        [0, 900],
        [1, 900],
        [2, 700],
        [3, 900],
        [4, 900],
        [5, 901],
      ]),
    ).toEqual(['5 warm opened 901 p2 @1.5']);
  });

  it('clears after so many samples in a row, starting anew after a silence', () => {
    const readings = [
      [0, 900],
      [M, 700],
      [2 * M, 760],
      [3 * M, 700],
      [4 * M + 31 * S, 700],
      [5 * M, 700],
    ] as const;
    expect(run(limitRule({ 'clear-after': '2 samples' }), readings)).toEqual([
      '0 warm opened 900 p2 @1.0',
      '300000 warm closed 700 p2 @1.5',
    ]);
  });

  it('clears after a time that readings cover', () => {
    const rule = limitRule({ 'clear-after': '3m' });
    expect(
      run(
        rule,
        [
          [0, 900],
          [M, 700],
          [2 * M, 700],
          [3 * M, 700],
        ],
        4 * M,
      ),
    ).toEqual(['0 warm opened 900 p2 @1.0', '240000 warm closed 700 p2 @1.1']);
  });

  it('does not clear over a silence', () => {
    const rule = limitRule({ 'clear-after': '3m' });
    expect(
      run(
        rule,
        [
          [0, 900],
          [M, 700],
          [2 * M, 700],
        ],
        60 * M,
      ),
    ).toEqual(['0 warm opened 900 p2 @1.0']);
  });

  it('is unknown while readings are not usable, and clears only by time known again', () => {
    const readings = [
      [0, 900],
      [M, 700],
      [2 * M, null],
      [3 * M, 700, 2],
      [4 * M, 700],
      [5 * M, 700],
      [6 * M, 700],
    ] as const;
    expect(run(limitRule({ 'clear-after': '2m' }), readings)).toEqual([
      '0 warm opened 900 p2 @1.0',
      '120000 warm unknown null p2 @1.2',
      '240000 warm known 700 p2 @1.4',
      '360000 warm closed 700 p2 @1.4',
    ]);
  });

  it('says nothing of unknown when told to ignore it, and still does not clear', () => {
    const rule = limitRule({ 'clear-after': '2m', 'on-unknown': 'ignore' });
    expect(
      run(
        rule,
        [
          [0, 900],
          [M, 700],
          [2 * M, null],
        ],
        60 * M,
      ),
    ).toEqual(['0 warm opened 900 p2 @1.0']);
  });

  it.each([
    ['stale', 1],
    ['outside', 2],
    ['substituted', 4],
    ['backfilled', 32],
  ])('never raises on a %s reading', (_, q) => {
    expect(run(limitRule({}), [[0, 900, q]]).filter((line) => line.includes('opened'))).toEqual([]);
  });

  it('passes over late readings altogether', () => {
    expect(
      run(limitRule({}), [
        [0, 900],
        [M, 100, 32],
        [2 * M, 999, 32],
      ]),
    ).toEqual(['0 warm opened 900 p2 @1.0']);
  });

  it('goes on waiting to raise over unusable readings and a restart, by evidence time', () => {
    const line = timeline(limitRule({ 'raise-after': '10m' }));
    const records = new Records();
    const out = [line.take(records.reading(1, 0, 900)), line.take(records.reading(1, M, null))].flat();
    const after = line.restart();
    after.blockStart = 30 * M;
    out.push(...after.take(records.system(30 * M, 1)));
    expect(findings(out)).toEqual(['60000 warm unknown null p2 @1.1', '1800000 warm opened 900 p2 @1.0']);
  });

  it('does not clear by time the gateway was down', () => {
    const line = timeline(limitRule({ 'clear-after': '1m' }));
    const records = new Records();
    const before = [line.take(records.reading(1, 0, 900)), line.take(records.reading(1, 1, 700))].flat();
    expect(findings(before)).toEqual(['0 warm opened 900 p2 @1.0']);
    const after = line.restart();
    expect(findings(after.take(records.system(M + 2, 1)))).toEqual([]);
    expect(findings(after.take(records.reading(1, 2 * M, 700)))).toEqual([]);
    expect(findings(after.passTime(3 * M))).toEqual(['180000 warm closed 700 p2 @1.2']);
  });

  it('moves its timers with a clock step', () => {
    const line = timeline(limitRule({ 'raise-after': '2m' }));
    const records = new Records();
    const out: LogRecord[] = [records.reading(1, 0, 900), records.system(60 * M + M, 3, 60 * M)];
    expect(findings(out.flatMap((r) => line.take(r)))).toEqual([]);
    expect(line.rules.nextDeadline()).toBe(62 * M);
    const back = records.system(M + 1, 3, -60 * M);
    expect(findings([...line.take(back), ...line.passTime(2 * M)])).toEqual([
      '120000 warm opened 900 p2 @1.0',
    ]);
  });

  it('opens at a mild level, peaks at a worse one, closes when none is on', () => {
    const rule = limitRule({
      priority: undefined,
      levels: [
        { priority: 'medium', above: 7.5, 'raise-after': '1m' },
        { priority: 'high', above: 8 },
      ],
    });
    const readings = [
      [0, 770],
      [M, 780],
      [2 * M, 830],
      [3 * M, 740],
      [4 * M, 850],
      [5 * M, 690],
    ] as const;
    expect(run(rule, readings)).toEqual([
      '60000 warm opened 770 p3 @1.0',
      '120000 warm peak 830 p2 @1.2',
      '240000 warm peak 850 p2 @1.4',
      '300000 warm closed 690 p2 @1.5',
    ]);
  });

  it('makes an unusable input an alarm of its own where the rule says so', () => {
    const rule = limitRule({ 'on-unknown': { alarm: 'medium', after: '2m', 'clear-after': '1 sample' } });
    expect(
      run(rule, [
        [0, 700],
        [M, null],
        [3 * M, 700],
      ]),
    ).toEqual([
      '60000 warm unknown null p2 @1.1',
      '120000 warm.unknown opened null p3 @1.0',
      '180000 warm known 700 p2 @1.2',
      '180000 warm.unknown closed 700 p3 @1.2',
    ]);
  });
});
