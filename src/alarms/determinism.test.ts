import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checked, limitRule, rule, SITE, STREAMS } from '../../test/rules/cold-store.ts';
import { lines, Records, Timeline } from '../../test/rules/timeline.ts';
import type { LogRecord } from '../domain/record.ts';
import { bindRules } from '../rules/rule-set.ts';

const SET = bindRules(
  checked([
    limitRule({
      priority: undefined,
      levels: [
        { priority: 'medium', above: 7.5, 'raise-after': '90s', 'clear-after': '2m' },
        { priority: 'high', above: 8.125, 'raise-after': '2 samples', 'clear-after': '3 samples' },
      ],
      escalate: { after: '3m', to: 'urgent' },
      'on-unknown': { alarm: 'low', after: '4m', 'clear-after': '1 sample' },
      do: [{ siren: 'dock' }, { notify: 'cold-duty' }],
    }),
    limitRule({
      id: 'guarded',
      above: 8,
      when: 'device.healthy',
      latch: true,
      'clear-after': '1m',
      do: [{ siren: 'dock' }],
    }),
    rule({
      id: 'door',
      kind: 'state',
      on: { quantity: 'door' },
      is: 'open',
      'raise-after': '2m',
      'clear-after': '30s',
    }),
    rule({
      id: 'silent',
      kind: 'silent',
      on: { stream: '*' },
      for: '3m',
      'raise-after': undefined,
      'clear-after': '2m',
    }),
  ]),
  STREAMS,
  SITE.zones,
);

const ALARMS = [...SET.byAlarm.keys()];

type Step = (records: Records, t: number) => LogRecord;

const value = fc.constantFrom(600, 740, 755, 790, 810, 812, 813, 850, null);
const quality = fc.constantFrom(0, 0, 0, 0, 0, 1, 8, 32);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.tuple(value, quality).map(
      ([v, q]): Step =>
        (r, t) =>
          r.reading(1, t, v, q),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(0, 1).map(
      (v): Step =>
        (r, t) =>
          r.reading(3, t, v),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.boolean().map(
      (well): Step =>
        (r, t) =>
          r.health(t, 'probe-1', well),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom('acknowledge', 'reset'), fc.constantFrom(...ALARMS)).map(
      ([verb, alarm]): Step =>
        (r, t) =>
          r.act(t, verb, alarm),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('shelve', 'unshelve', 'take-out', 'put-back', 'comment'),
        fc.constantFrom(...ALARMS, 'gateway/stale-alarm', 'gateway/chattering-alarm'),
        fc.constantFrom('1m', '5m', '8h'),
      )
      .map(
        ([verb, alarm, length]): Step =>
          (r, t) =>
            r.act(t, verb, alarm, length),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom('maintain', 'maintain', 'end-maintenance'),
        fc.constantFrom('cold-1', 'cold-2', 'dock'),
        fc.constantFrom('2m', '4h'),
      )
      .map(
        ([verb, zone, length]): Step =>
          (r, t) =>
            r.act(t, verb, zone, length),
      ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((r, t) => r.system(t, 9)) },
  { weight: 1, arbitrary: fc.constant<Step>((r, t) => r.system(t, 1)) },
);

/** Records with steps of the clock among them: a step's t is already on the new clock. */
const journal: fc.Arbitrary<LogRecord[]> = fc
  .array(
    fc.tuple(
      fc.constantFrom(0, 1000, 30_000, 60_000, 60_000, 100_000, 40_000_000),
      step,
      fc.constantFrom(0, 0, 0, 0, 0, 0, 0, -40_000, 3_600_000),
    ),
    {
      minLength: 5,
      maxLength: 60,
    },
  )
  .map((steps) => {
    const records = new Records();
    let t = 1_000_000;
    return [records.system(t, 1)].concat(
      steps.flatMap(([wait, make, a]) => {
        t += wait;
        const made = [make(records, t)];
        if (a !== 0) made.push(records.system((t += a), 3, a));
        return made;
      }),
    );
  });

function straight(records: readonly LogRecord[]): { out: string[]; state: unknown } {
  const line = new Timeline(SET);
  const out = records.flatMap((record) => line.take(record));
  return { out: lines(out), state: [line.rules.encode(), line.alarms.encode()] };
}

describe('deciding', () => {
  it('says something in these journals: the properties below are not about silence', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(journal, (records) => {
        for (const said of straight(records).out)
          seen.add(
            said
              .split(' ')
              .slice(1, 3)
              .join(' ')
              .replace(/ -?\d.*/, ''),
          );
      }),
      { seed: 1, numRuns: 200 },
    );
    for (const word of [
      'warm opened',
      'warm peak',
      'warm closed',
      'warm unknown',
      'warm known',
      'warm.unknown opened',
    ]) {
      expect(seen).toContain(word);
    }
    for (const word of ['guarded closed', 'door opened', 'door closed', 'silent opened', 'silent closed']) {
      expect(seen).toContain(word);
    }
  });

  it('is the same in whatever batches the records come, with batches that are taken back and tried again', () => {
    fc.assert(
      fc.property(
        journal,
        fc.infiniteStream(fc.tuple(fc.integer({ min: 1, max: 7 }), fc.boolean())),
        (records, cuts) => {
          const line = new Timeline(SET);
          const out: string[] = [];
          let rest = records;
          while (rest.length > 0) {
            const cut = cuts.next();
            const [size, fails] = cut.done === true ? [1, false] : cut.value;
            const batch = rest.slice(0, size);
            const before = [line.rules.encode(), line.alarms.encode()];
            if (fails) {
              batch.forEach((record) => line.take(record));
              line.discard();
              expect([line.rules.encode(), line.alarms.encode()]).toEqual(before);
            }
            out.push(...lines(batch.flatMap((record) => line.take(record))));
            line.commit();
            rest = rest.slice(size);
          }
          const expected = straight(records);
          expect(out).toEqual(expected.out);
          expect([line.rules.encode(), line.alarms.encode()]).toEqual(expected.state);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is the same from a stored state at any record', () => {
    fc.assert(
      fc.property(journal, fc.nat(), (records, where) => {
        const at = where % (records.length + 1);
        const line = new Timeline(SET);
        const first = records.slice(0, at).flatMap((record) => line.take(record));
        const next = line.restart();
        const second = records.slice(at).flatMap((record) => next.take(record));
        const expected = straight(records);
        expect(lines([...first, ...second])).toEqual(expected.out);
        expect([next.rules.encode(), next.alarms.encode()]).toEqual(expected.state);
      }),
      { numRuns: 300 },
    );
  });

  it('is not hurried or delayed by a clock step', () => {
    fc.assert(
      fc.property(journal, fc.integer({ min: -900_000, max: 10_000_000 }), fc.nat(), (records, a, where) => {
        const at = 1 + (where % records.length);
        const line = new Timeline(SET);
        const last = records[at - 1]?.t ?? 0;
        const stepped = [
          ...records.slice(0, at),
          { ...new Records().system(last + a, 3, a), seq: 0 },
          ...records.slice(at).map((record) => ({ ...record, t: record.t + a })),
        ];
        const out = stepped.map((record) =>
          lines(line.take(record)).map((said) => said.replace(/^-?\d+ /, '')),
        );
        const unmoved = straight(records).out.map((said) => said.replace(/^-?\d+ /, ''));
        expect(out.flat()).toEqual(unmoved);
      }),
      { numRuns: 200 },
    );
  });

  it('gives outputs whose times never fall between two clock steps', () => {
    fc.assert(
      fc.property(journal, (records) => {
        const line = new Timeline(SET);
        let last = 0;
        for (const record of records) {
          if (record.body[0] === 3 && record.type === 13) last = 0;
          for (const said of lines(line.take(record))) {
            const t = Number(said.split(' ')[0]);
            expect(t).toBeGreaterThanOrEqual(last);
            expect(t).toBeLessThanOrEqual(record.t);
            last = t;
          }
        }
      }),
    );
  });
});
