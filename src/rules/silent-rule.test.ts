import { describe, expect, it } from 'vitest';
import { checked, rule, SITE, STREAMS } from '../../test/rules/cold-store.ts';
import { findings, Records, Timeline } from '../../test/rules/timeline.ts';
import { bindRules } from './rule-set.ts';

const M = 60_000;

const SILENT = rule({
  id: 'silent',
  kind: 'silent',
  for: '3 cadences',
  'raise-after': undefined,
  'clear-after': '3 samples',
});

function timeline(raw: unknown = SILENT): Timeline {
  return new Timeline(bindRules(checked([raw]), STREAMS, SITE.zones));
}

describe('a silent rule', () => {
  it('raises when no reading ever came since the start', () => {
    const line = timeline();
    const records = new Records();
    expect(findings([...line.take(records.system(0, 1)), ...line.passTime(3 * M - 1)])).toEqual([]);
    expect(findings(line.passTime(3 * M))).toEqual(['180000 silent opened null p2 @0.0']);
  });

  it('waits from the opening of a stream', () => {
    const line = timeline();
    const records = new Records();
    line.take(records.opened(M, 1));
    expect(findings(line.passTime(4 * M))).toEqual(['240000 silent opened null p2 @0.0']);
  });

  it('waits anew from every usable reading, and from no other', () => {
    const line = timeline();
    const records = new Records();
    const out = [
      records.system(0, 1),
      records.reading(1, 2 * M, 500),
      records.reading(1, 3 * M, null),
      records.reading(1, 4 * M, 500, 1),
      records.reading(1, 4 * M, 500, 32),
    ].flatMap((record) => line.take(record));
    expect(findings([...out, ...line.passTime(5 * M)])).toEqual(['300000 silent opened null p2 @1.0']);
  });

  it('clears with good readings in a row and waits again', () => {
    const line = timeline();
    const records = new Records();
    const out = [0, 10 * M, 11 * M, 12 * M].flatMap((t) => line.take(records.reading(1, t, 500)));
    expect(findings([...out, ...line.passTime(20 * M)])).toEqual([
      '180000 silent opened null p2 @1.0',
      '720000 silent closed 500 p2 @1.3',
      '900000 silent opened null p2 @1.3',
    ]);
  });

  it('begins to count good readings anew after a further silence', () => {
    const line = timeline();
    const records = new Records();
    const out = [0, 10 * M, 11 * M, 15 * M, 16 * M, 17 * M].flatMap((t) =>
      line.take(records.reading(1, t, 500)),
    );
    expect(findings(out)).toEqual(['180000 silent opened null p2 @1.0', '1020000 silent closed 500 p2 @1.5']);
  });

  it('clears by time only while readings keep coming', () => {
    const line = timeline({ ...SILENT, 'clear-after': '5m' });
    const records = new Records();
    const once = [0, 10 * M].flatMap((t) => line.take(records.reading(1, t, 500)));
    expect(findings([...once, ...line.passTime(19 * M)])).toEqual(['180000 silent opened null p2 @1.0']);
    const steady = [20, 21, 22, 23, 24, 25].flatMap((m) => line.take(records.reading(1, m * M, 500)));
    expect(findings(steady)).toEqual(['1500000 silent closed 500 p2 @1.6']);
    expect(line.rules.nextDeadline()).toBe(28 * M);
  });

  it('fires at the start for a deadline that passed while the gateway was down', () => {
    const line = timeline();
    const records = new Records();
    line.take(records.reading(1, 0, 500));
    const after = line.restart();
    after.blockStart = 60 * M;
    expect(findings(after.take(records.system(60 * M, 1)))).toEqual(['3600000 silent opened null p2 @1.0']);
  });

  it('keeps a deadline that did not pass while the gateway was down', () => {
    const line = timeline();
    const records = new Records();
    line.take(records.reading(1, 0, 500));
    const after = line.restart();
    after.blockStart = 2 * M;
    expect(findings([...after.take(records.system(2 * M, 1)), ...after.passTime(3 * M)])).toEqual([
      '180000 silent opened null p2 @1.0',
    ]);
  });

  it('gives each level its own silence', () => {
    const levels = [
      { priority: 'medium', for: '3m' },
      { priority: 'high', for: '10m' },
    ];
    const line = timeline({ ...SILENT, priority: undefined, for: undefined, levels });
    line.take(new Records().reading(1, 0, 500));
    expect(findings(line.passTime(60 * M))).toEqual([
      '180000 silent opened null p3 @1.0',
      '600000 silent peak null p2 @1.0',
    ]);
  });

  it('moves with a clock step', () => {
    const line = timeline();
    const records = new Records();
    line.take(records.reading(1, 60 * M, 500));
    expect(findings(line.take(records.system(M, 3, -60 * M)))).toEqual([]);
    expect(findings(line.passTime(3 * M))).toEqual(['180000 silent opened null p2 @1.0']);
  });
});
