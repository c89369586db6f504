import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEPOT, DEPOT_STREAMS, depotRules, NO_GOODS } from '../../test/rules/depot.ts';
import { EVERY_KIND as RULES } from '../../test/rules/every-kind.ts';
import { findings, Timeline, type Outcome } from '../../test/rules/timeline.ts';
import { RecordType, type LogRecord, type Value } from '../domain/record.ts';
import { KINDS } from './kinds.ts';
import { bindRules } from './rule-set.ts';

const M = 60_000;
const SET = bindRules(depotRules(RULES), DEPOT_STREAMS, DEPOT.zones);

const slotOf = (id: string): number => DEPOT_STREAMS.find((s) => s.id === id)?.slot ?? 0;
const IDS = ['probe-1/temperature', 'probe-1/temperature', 'probe-2/temperature', 'probe-1/humidity'];
const INPUTS = [
  'fence-1/zone-1',
  'scale-1/weight',
  'truck-7/speed',
  'truck-7/inside-depot',
  'truck-7/door',
  'gate-1/position',
];

type Made = {
  readonly slot: number;
  readonly type: RecordType;
  readonly body: (t: number) => readonly Value[];
};

const event = (type: RecordType, body: (t: number) => readonly Value[]): Made => ({ slot: 0, type, body });
const made: fc.Arbitrary<Made> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...IDS),
        fc.constantFrom(500, 690, 710, 850, null),
        fc.constantFrom(0, 0, 0, 0, 2),
      )
      .map(([id, v, q]): Made => ({ slot: slotOf(id), type: RecordType.reading, body: () => [v, q] })),
  },
  {
    weight: 9,
    arbitrary: fc
      .tuple(fc.constantFrom(...INPUTS), fc.constantFrom(0, 1, 1000, null))
      .map(([id, v]): Made => ({ slot: slotOf(id), type: RecordType.reading, body: () => [v, 0] })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom(500, 850), fc.integer({ min: 1, max: 12 })).map(([v, ago]): Made => ({
      slot: slotOf(IDS[0] ?? ''),
      type: RecordType.reading,
      body: (t) => [v, 32, t - ago * M],
    })),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('ee', '3001', '3002'), fc.constantFrom(1, 2))
      .map(([epc, antenna]): Made => ({
        slot: slotOf('reader-1/shelf'),
        type: RecordType.observation,
        body: (t) => [Uint8Array.from(Buffer.from(epc, 'hex')), null, antenna, t, t, 1, 0, 0],
      })),
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      event(RecordType.command, (t) => ['c', 'gate-1', 'barrier-open', null, 0, 0, t, 2]),
      event(RecordType.act, () => [7, 'operator', 'restart', 'probe-1/temperature', null, null, '', 0]),
      event(RecordType.act, () => [7, 'operator', 'rebase', 'scale-1/weight', null, null, '', 0]),
      event(RecordType.act, () => [7, 'operator', 'calibrate', 'probe-1', null, null, '', 0]),
      event(RecordType.act, () => [7, 'operator', 'forget', 'reader-1/shelf', null, null, '', 0]),
      event(RecordType.statement, () => [1, 'probe-1', 0, null, '']),
      event(RecordType.statement, () => [1, 'probe-1', 1, null, '']),
      event(RecordType.statement, () => [10, 'final', 1, null, '']),
      event(RecordType.statement, () => [8, 'lot', 90, null, '']),
      event(RecordType.release, () => [new Uint8Array(32), 5, 0, 'contradiction: here']),
      event(RecordType.system, () => [1, null, null, null]),
      event(RecordType.system, () => [4, 1, null, null]),
      event(RecordType.system, () => [9, null, null, null]),
      event(RecordType.ruleSet, (t) => [
        new Uint8Array([(t / 1000) % 2]),
        new Uint8Array(1),
        new Uint8Array(1),
      ]),
    ),
  },
);

/** Records of rising times, with steps of the clock among them; a step's own t is on the new clock. */
const journal: fc.Arbitrary<LogRecord[]> = fc
  .array(
    fc.tuple(
      fc.constantFrom(0, 1000, 15_000, M, M, 2 * M),
      made,
      fc.constantFrom(0, 0, 0, 0, 0, -40_000, 3_600_000),
    ),
    {
      minLength: 10,
      maxLength: 80,
    },
  )
  .map((steps) => {
    let t = 1_800_000_000_000;
    let seq = 0;
    const at = ({ slot, type, body }: Made): LogRecord => ({ slot, seq: seq++, t, type, body: body(t) });
    const begin = [
      at(event(RecordType.ruleSet, () => [new Uint8Array(1), new Uint8Array(1), new Uint8Array(1)])),
    ];
    return begin.concat(
      steps.flatMap(([wait, one, a]) => {
        t += wait;
        const records = [at(one)];
        if (a !== 0) {
          t += a;
          records.push(at(event(RecordType.system, () => [3, a, null, null])));
        }
        return records;
      }),
    );
  });

/** What the alarm machine says of itself is not under test here. */
const OWN = new Set(SET.instances.map(({ rule }) => rule.id));

function told(outcomes: readonly Outcome[]): string[] {
  return findings(outcomes.filter((o) => o.is === 'finding' && OWN.has(o.finding.rule)));
}

/** One vehicle was weighed, and declared less: what is told of goods does not change here. */
function fresh(): Timeline {
  const line = new Timeline(SET);
  const ticket = { at: 0, net: 90, declared: 80, gross: null, tare: null };
  line.goods = { ...NO_GOODS, ticket: () => ticket };
  return line;
}

function straight(records: readonly LogRecord[]): { out: string[]; state: unknown } {
  const line = fresh();
  const out = records.flatMap((record) => line.take(record));
  return { out: told(out), state: line.rules.encode() };
}

describe('rules that remember', () => {
  it('have a rule of every kind here, and each of them finds something in these journals', () => {
    expect(new Set(RULES.map((r) => r['kind']))).toEqual(new Set(Object.keys(KINDS)));
    const seen = new Set<string>();
    fc.assert(
      fc.property(journal, (records) => {
        for (const said of straight(records).out) {
          const [, rule = '', phase = ''] = said.split(' ');
          if (phase === 'opened') seen.add(rule);
        }
      }),
      { seed: 5, numRuns: 300 },
    );
    expect(RULES.map((r) => String(r['id'])).filter((id) => !seen.has(id))).toEqual([]);
    expect(seen).toContain('r-23.unknown');
    expect(seen).toContain('r-0.discovered');
  });

  it('decide the same in whatever batches the records come, with batches that are taken back and tried again', () => {
    fc.assert(
      fc.property(
        journal,
        fc.array(fc.tuple(fc.integer({ min: 1, max: 7 }), fc.boolean())),
        (records, cuts) => {
          const line = fresh();
          const out: string[] = [];
          let rest = records;
          for (let i = 0; rest.length > 0; i++) {
            const [size, fails] = cuts[i] ?? [5, true];
            const batch = rest.slice(0, size);
            if (fails) {
              const before = line.rules.encode();
              batch.forEach((record) => line.take(record));
              line.discard();
              expect(line.rules.encode()).toEqual(before);
            }
            out.push(...told(batch.flatMap((record) => line.take(record))));
            line.commit();
            rest = rest.slice(size);
          }
          const expected = straight(records);
          expect(out).toEqual(expected.out);
          expect(line.rules.encode()).toEqual(expected.state);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('decide the same from a stored state at any record', () => {
    fc.assert(
      fc.property(journal, fc.nat(), (records, where) => {
        const at = where % (records.length + 1);
        const line = fresh();
        const first = records.slice(0, at).flatMap((record) => line.take(record));
        const next = line.restart();
        const second = records.slice(at).flatMap((record) => next.take(record));
        const expected = straight(records);
        expect(told([...first, ...second])).toEqual(expected.out);
        expect(next.rules.encode()).toEqual(expected.state);
      }),
      { numRuns: 100 },
    );
  });

  it('give findings whose times never fall between two clock steps', () => {
    fc.assert(
      fc.property(journal, (records) => {
        const line = fresh();
        let last = 0;
        for (const record of records) {
          if (record.body[0] === 3 && record.type === RecordType.system) last = 0;
          for (const said of told(line.take(record))) {
            const t = Number(said.split(' ')[0]);
            expect(t).toBeGreaterThanOrEqual(last);
            expect(t).toBeLessThanOrEqual(record.t);
            last = t;
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are not hurried or delayed by a clock that is set', () => {
    fc.assert(
      fc.property(journal, fc.integer({ min: -900_000, max: 1500 }), fc.nat(), (records, a, where) => {
        const at = 1 + (where % records.length);
        const line = fresh();
        const last = records[at - 1]?.t ?? 0;
        const step: LogRecord = {
          slot: 0,
          seq: 0,
          t: last + a,
          type: RecordType.system,
          body: [3, a, null, null],
        };
        const moved = records.slice(at).map((record) => moveBy(record, a));
        const out = [...records.slice(0, at), step, ...moved].flatMap((record) => told(line.take(record)));
        const kept = bare(out).map((said) => said.replace(/@0\.\d+/, '@0'));
        expect(kept).toEqual(bare(straight(records).out).map((said) => said.replace(/@0\.\d+/, '@0')));
      }),
      { numRuns: 100 },
    );
  });
});

/** Without times; a step of the clock is itself something that r-14 finds. */
function bare(said: readonly string[]): string[] {
  return said.map((text) => text.replace(/^-?\d+ /, '')).filter((text) => !text.includes('r-14'));
}

/** What carries a time of its own carries it on the new clock. */
function moveBy(record: LogRecord, a: number): LogRecord {
  const { type, body } = record;
  const at = body[2];
  const isLate = type === RecordType.reading && typeof at === 'number';
  return { ...record, t: record.t + a, body: isLate ? [body[0] ?? null, body[1] ?? null, at + a] : body };
}
