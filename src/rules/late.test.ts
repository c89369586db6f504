import { describe, expect, it } from 'vitest';
import { checked, limitRule, rule, SITE, STREAMS } from '../../test/rules/cold-store.ts';
import { lines, Records, Timeline } from '../../test/rules/timeline.ts';
import { bindRules } from './rule-set.ts';

const M = 60_000;
const NOW = 100 * M;

/** A live reading, then late ones `[device's time, v, q?]`, then time passes. */
function run(raw: unknown, late: readonly (readonly [number, number | null, number?])[]): string[] {
  const line = new Timeline(bindRules(checked([raw]), STREAMS, SITE.zones));
  const records = new Records();
  const out = line.take(records.reading(1, NOW, 500));
  late.forEach(([at, v, q], i) => out.push(...line.take(records.late(1, NOW + 1 + i, v, at, q))));
  return lines([...out, ...line.passTime(NOW + 10 * M)]);
}

describe('a reading that comes late', () => {
  it('raises no alarm, but an excursion that is discovered goes on record', () => {
    expect(
      run(limitRule({}), [
        [M, 500],
        [2 * M, 900],
        [3 * M, 910],
        [4 * M, 500],
      ]),
    ).toEqual(['6000002 warm.discovered opened 900 p2 @1.2', '6000004 warm.discovered closed 500 p2 @1.4']);
  });

  it('is judged with the delay of the rule in the time of the device', () => {
    const raw = limitRule({ 'raise-after': '3m' });
    const short = [
      [M, 900],
      [2 * M, 900],
      [3 * M, 500],
      [4 * M, 900],
      [5 * M, 900],
    ] as const;
    expect(run(raw, short)).toEqual([]);
    expect(run(raw, [...short, [6 * M, 900], [7 * M, 905]])).toEqual([
      '6000007 warm.discovered opened 905 p2 @1.7',
      '6090007 warm.discovered closed 905 p2 @1.7',
    ]);
  });

  it('counts samples, and starts anew where the device has a gap', () => {
    const raw = limitRule({ 'raise-after': '3 samples' });
    const gap = [
      [M, 900],
      [2 * M, 900],
      [9 * M, 900],
      [10 * M, 900],
    ] as const;
    expect(run(raw, gap)).toEqual([]);
    expect(run(raw, [...gap, [11 * M, 900]])[0]).toBe('6000005 warm.discovered opened 900 p2 @1.5');
  });

  it('says nothing when it is not usable, or when the rule ignores it', () => {
    expect(
      run(limitRule({}), [
        [M, 900, 2],
        [2 * M, null],
      ]),
    ).toEqual([]);
    expect(run(limitRule({ 'on-late': 'ignore' }), [[M, 900]])).toEqual([]);
  });

  it('calls somebody where the rule says so, by an alarm of its own', () => {
    const raw = limitRule({ 'on-late': { alarm: 'medium' }, do: [{ notify: 'cold-duty' }] });
    expect(run(raw, [[M, 900]]).filter((said) => said.includes('/'))[0]).toBe(
      '6000001 probe-1/temperature/warm.discovered 0>1 p3 @1.1',
    );
  });

  it('shows a door that stood open', () => {
    const raw = rule({ kind: 'state', on: { stream: 'door-1/contact' }, is: 'open' });
    const line = new Timeline(bindRules(checked([raw]), STREAMS, SITE.zones));
    expect(lines(line.take(new Records().late(3, NOW, 1, M)))).toEqual([
      '6000000 warm.discovered opened 1 p2 @3.0',
    ]);
  });

  it('is remembered over a restart and moves with the clock', () => {
    const raw = limitRule({ 'raise-after': '2 samples' });
    const line = new Timeline(bindRules(checked([raw]), STREAMS, SITE.zones));
    const records = new Records();
    line.take(records.late(1, NOW, 900, M));
    const next = line.restart();
    next.take(records.system(NOW + 3 * M, 3, 3 * M));
    expect(lines(next.take(records.late(1, NOW + 3 * M + 1, 900, 2 * M)))).toEqual([
      '6180001 warm.discovered opened 900 p2 @1.1',
    ]);
  });
});
