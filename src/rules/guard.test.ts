import { describe, expect, it } from 'vitest';
import { checked, limitRule, rule, SITE, STREAMS } from '../../test/rules/cold-store.ts';
import { findings, Records, Timeline } from '../../test/rules/timeline.ts';
import { compileGuard } from './guard.ts';
import { bindRules } from './rule-set.ts';

const M = 60_000;

describe('a guard', () => {
  it.each([
    ['zone.moed == 1', 'No such key: moed (at line 1, column 6 of the expression)'],
    ["zne.mode == 'run'", 'Unknown variable: zne (at line 1, column 1 of the expression)'],
    [
      'device.healthy &&\n  zone.mode > 1',
      'no such overload: string > int (at line 2, column 3 of the expression)',
    ],
    ['zone.mode', 'must be true or false, this is a string (at line 1, column 1 of the expression)'],
    ['zone.mode == ', 'Unexpected token: EOF (at line 1, column 14 of the expression)'],
    [
      'true && [1, 2].all(x, x > 0)',
      'all() is not allowed here; functions are startsWith, endsWith, contains, size (at line 1, column 9 of the expression)',
    ],
    [
      'has(zone.mode)',
      'has() is not allowed here; functions are startsWith, endsWith, contains, size (at line 1, column 1 of the expression)',
    ],
    [
      "zone.mode.matches('(a+)+$')",
      'matches() is not allowed here; functions are startsWith, endsWith, contains, size (at line 1, column 1 of the expression)',
    ],
    [
      `${'('.repeat(40)}true${')'.repeat(40)}`,
      'Exceeded maxDepth (32) (at line 1, column 33 of the expression)',
    ],
    [`${'!'.repeat(600)}true`, 'must be at most 500 characters (at line 1, column 501 of the expression)'],
  ])('is refused with its position: %s', (text, message) => {
    expect(compileGuard(text, SITE.zones)).toEqual({ ok: false, message });
  });

  it.each([
    ["zone.mode != 'defrost'", true],
    ["zone.mode == 'run' && zone.id == 'cold-1'", true],
    ["zone.profile in ['gsp', 'en12830']", true],
    [
      "stream.id.startsWith('probe-1/') && stream.quantity == 'temperature' && stream.channel.size() > 3",
      true,
    ],
    ["device.id == 'probe-2' || !device.healthy", false],
  ])('%s is %s in cold-1', (text, expected) => {
    const [stream] = STREAMS;
    const compiled = compileGuard(text, SITE.zones);
    if (!compiled.ok || stream === undefined) throw new Error('did not compile');
    expect(compiled.guard({ stream, zones: SITE.zones, healthy: true })).toBe(expected);
  });

  it('reads a label that a zone does not have as empty text', () => {
    const compiled = compileGuard("zone.mode == ''", SITE.zones);
    const stream = STREAMS.find((s) => s.place === 'store-1');
    if (!compiled.ok || stream === undefined) throw new Error('did not compile');
    expect(compiled.guard({ stream, zones: SITE.zones, healthy: true })).toBe(true);
  });
});

function run(
  raw: unknown,
  steps: (records: Records, line: Timeline) => ReturnType<Timeline['take']>[],
): string[] {
  const line = new Timeline(bindRules(checked([raw]), STREAMS, SITE.zones));
  return findings(steps(new Records(), line).flat());
}

describe('a guarded rule', () => {
  it('does not raise where its guard is false, but clears what stands', () => {
    const raw = limitRule({ when: 'device.healthy', 'on-unknown': 'ignore' });
    expect(
      run(raw, (records, line) => [
        line.take(records.health(0, 'probe-1', true)),
        line.take(records.reading(1, 1, 900)),
        line.take(records.health(2, 'probe-1', false)),
        line.take(records.reading(1, 3, 700)),
        line.take(records.reading(1, 4, 900)),
        line.take(records.health(5, 'probe-1', true)),
      ]),
    ).toEqual(['1 warm opened 900 p2 @1.0', '3 warm closed 700 p2 @1.1', '5 warm opened null p2 @0.2']);
  });

  it('gives up a wait to raise when its guard turns false, and begins it anew when true', () => {
    const raw = limitRule({ when: 'device.healthy', 'on-unknown': 'ignore', 'raise-after': '10m' });
    expect(
      run(raw, (records, line) => [
        line.take(records.health(0, 'probe-1', true)),
        line.take(records.reading(1, 0, 900)),
        line.take(records.health(5 * M, 'probe-1', false)),
        line.take(records.reading(1, 6 * M, 900)),
        line.take(records.health(15 * M, 'probe-1', true)),
        line.passTime(25 * M),
      ]),
    ).toEqual(['1500000 warm opened null p2 @0.2']);
  });

  it('gives up a wait to raise without waiting for a reading', () => {
    const raw = limitRule({ when: 'device.healthy', 'on-unknown': 'ignore', 'raise-after': '10m' });
    expect(
      run(raw, (records, line) => [
        line.take(records.health(0, 'probe-1', true)),
        line.take(records.reading(1, 0, 900)),
        line.take(records.health(5 * M, 'probe-1', false)),
        line.passTime(60 * M),
      ]),
    ).toEqual([]);
  });

  it('knows neither health nor value after a start', () => {
    const raw = limitRule({ when: 'device.healthy', 'on-unknown': 'ignore' });
    expect(
      run(raw, (records, line) => [
        line.take(records.health(0, 'probe-1', false)),
        line.take(records.reading(1, 1, 900)),
        line.take(records.system(2, 1)),
        line.take(records.health(3, 'probe-1', true)),
        line.take(records.system(4, 1)),
        line.take(records.reading(1, 5, 900)),
        line.take(records.health(6, 'probe-1', true)),
        line.take(records.reading(1, 7, 901)),
      ]),
    ).toEqual(['7 warm opened 901 p2 @1.2']);
  });

  it('is unknown while its guard is', () => {
    const raw = limitRule({ when: 'device.healthy' });
    expect(
      run(raw, (records, line) => [
        line.take(records.reading(1, 0, 900)),
        line.take(records.health(1, 'probe-1', true)),
        line.take(records.reading(1, 2, 900)),
      ]),
    ).toEqual(['0 warm unknown 900 p2 @1.0', '2 warm known 900 p2 @1.1', '2 warm opened 900 p2 @1.1']);
  });

  it('does not wait for a silent stream where its guard is false', () => {
    const raw = rule({ kind: 'silent', for: '3m', 'raise-after': undefined, when: "zone.mode == 'off'" });
    expect(
      run(raw, (records, line) => [
        line.take(records.system(0, 1)),
        line.take(records.reading(1, 1, 5)),
        line.passTime(60 * M),
      ]),
    ).toEqual([]);
  });

  it('waits for a silent stream from when its guard turns true', () => {
    const raw = rule({ kind: 'silent', for: '3m', 'raise-after': undefined, when: '!device.healthy' });
    expect(
      run(raw, (records, line) => [
        line.take(records.health(0, 'probe-1', true)),
        line.take(records.reading(1, 1, 5)),
        line.take(records.health(M, 'probe-1', false)),
        line.passTime(60 * M),
      ]),
    ).toEqual(['240000 warm opened null p2 @0.1']);
  });
});

describe('device health', () => {
  it('makes a rule unknown until the next usable reading', () => {
    const line = new Timeline(bindRules(checked([limitRule({})]), STREAMS, SITE.zones));
    const records = new Records();
    const out = [records.reading(1, 0, 900), records.health(1, 'probe-1', false), records.reading(1, 2, 700)];
    expect(findings(out.flatMap((r) => line.take(r)))).toEqual([
      '0 warm opened 900 p2 @1.0',
      '1 warm unknown null p2 @0.0',
      '2 warm known 700 p2 @1.1',
      '2 warm closed 700 p2 @1.1',
    ]);
  });
});
