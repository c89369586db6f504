import { describe, expect, it } from 'vitest';
import { checked, limitRule, SITE, STREAMS } from '../../test/rules/cold-store.ts';
import { findings, Records, Timeline } from '../../test/rules/timeline.ts';
import { bindRules } from './rule-set.ts';

/** `[t, v]` readings of slot 1 (probe-1, 0.01 °C), and what they are found to be. */
function run(raw: unknown, readings: readonly (readonly [number, number])[]): string[] {
  const line = new Timeline(bindRules(checked([raw]), STREAMS, SITE.zones));
  const records = new Records();
  return findings(readings.flatMap(([t, v]) => line.take(records.reading(1, t, v))));
}

describe('the bounds of a limit rule', () => {
  it.each([
    [
      'above 7.995 on 0.01 °C',
      { above: 7.995 },
      [
        [799, 0],
        [800, 1],
      ],
    ],
    [
      'below -0.005 on 0.01 °C',
      { below: '-0.005' },
      [
        [0, 0],
        [-1, 1],
      ],
    ],
    [
      'above -0.005 on 0.01 °C',
      { above: '-0.005' },
      [
        [-1, 0],
        [0, 1],
      ],
    ],
    [
      'outside 2 and 8',
      { outside: ['2 °C', '8 °C'] },
      [
        [200, 0],
        [800, 0],
        [199, 1],
        [801, 1],
      ],
    ],
    [
      'below 2 and above 8',
      { below: 2, above: 8 },
      [
        [200, 0],
        [800, 0],
        [199, 1],
        [801, 1],
      ],
    ],
    [
      'inside 2 to 8',
      { inside: [2, 8] },
      [
        [199, 0],
        [801, 0],
        [200, 1],
        [800, 1],
      ],
    ],
    [
      'above 1e9',
      { above: 1_000_000_000 },
      [
        [100_000_000_000, 0],
        [100_000_000_001, 1],
      ],
    ],
  ] as const)('compares exactly: %s', (_, band, cases) => {
    for (const [v, raises] of cases) {
      const rule = limitRule({ above: undefined, deadband: 0, ...band });
      expect(run(rule, [[0, v]]).length, `${v}`).toBe(raises);
    }
  });

  it('clears exactly where a deadband has more digits than the stream', () => {
    const rule = limitRule({ above: 8, deadband: 0.125 });
    expect(
      run(rule, [
        [0, 900],
        [1, 788],
        [2, 787],
      ]),
    ).toEqual(['0 warm opened 900 p2 @1.0', '2 warm closed 787 p2 @1.2']);
  });

  it('clears outside an inside band only beyond its deadband', () => {
    const raw = limitRule({ above: undefined, inside: [2, 8], deadband: 0.5 });
    expect(
      run(raw, [
        [0, 500],
        [1, 850],
        [2, 851],
        [3, 500],
        [4, 150],
        [5, 149],
      ]),
    ).toEqual([
      '0 warm opened 500 p2 @1.0',
      '2 warm closed 851 p2 @1.2',
      '3 warm opened 500 p2 @1.3',
      '5 warm closed 149 p2 @1.5',
    ]);
  });

  // The stream's readings speak for 90 s each.
  it.each([
    [
      'a gap as long as a reading speaks',
      90_000,
      ['0 warm opened 900 p2 @1.0', '90001 warm closed 700 p2 @1.2'],
    ],
    ['a longer gap', 90_001, ['0 warm opened 900 p2 @1.0']],
  ])('count clear readings in a row over %s', (_, gap, said) => {
    const raw = limitRule({ 'clear-after': '2 samples' });
    expect(
      run(raw, [
        [0, 900],
        [1, 700],
        [1 + gap, 700],
      ]),
    ).toEqual(said);
  });

  it.each([
    ['89999ms', ['0 warm opened 900 p2 @1.0', '90000 warm closed 700 p2 @1.1']],
    ['90s', ['0 warm opened 900 p2 @1.0']],
  ])('clear by time only while the last reading still speaks: %s', (delay, said) => {
    const line = new Timeline(bindRules(checked([limitRule({ 'clear-after': delay })]), STREAMS, SITE.zones));
    const records = new Records();
    const out = [records.reading(1, 0, 900), records.reading(1, 1, 700)].flatMap((r) => line.take(r));
    expect(findings([...out, ...line.passTime(10_000_000)])).toEqual(said);
  });
});
