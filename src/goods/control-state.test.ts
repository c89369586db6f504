import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordType, SystemCode, type Value } from '../domain/record.ts';
import { coverageOf } from './coverage.ts';
import { spansOf } from './lost-time.ts';
import { HOUR, MINUTE, RECEIPT, Story, T0 } from './story.fixture.ts';

function rowOf(story: Story): NonNullable<ReturnType<Story['control']['book']['at']>> {
  const row = story.control.book.at(RECEIPT, story.t);
  if (row === null) throw new Error('no such receipt');
  return row;
}

/** What may happen to goods, in any order. */
const HAPPENINGS: readonly ((s: Story) => unknown)[] = [
  (s) => s.hear(),
  (s) => s.hear('shelf'),
  (s) => s.hear('scale', 'fence'),
  (s) => s.put(2, RecordType.reading, [0, 32, s.t - 5 * MINUTE]),
  (s) => s.put(4, RecordType.reading, [s.records.length % 90, 0]),
  (s) => s.count(40),
  (s) => s.count(20),
  (s) => s.act(7, 'maintain', 'yard', '3m'),
  (s) => s.act(7, 'break-glass', 'barrier'),
  (s) => s.act(7, 'start-control', RECEIPT),
  (s) => s.act(7, 'end-control', RECEIPT),
  (s) => s.act(7, 'close-breach', RECEIPT),
  (s) => s.act(8, 'confirm-breach-closed', RECEIPT),
  (s) => s.find('tags-disappear', 'yard', 1),
  (s) => s.find('tags-disappear', 'yard', 3),
  (s) => s.find('tamper', 'fence/line', 1),
  (s) => s.find('tamper', 'fence/line', 3),
  (s) => s.find('clock-stepped', 'gateway/', 1),
  (s) => s.find('clock-stepped', 'gateway/', 3),
  (s) => s.system(SystemCode.start),
  (s) => s.system(SystemCode.clockStepped, 0),
  (s) => s.put(0, RecordType.alarm, ['yard/weight-changes', 0, 1, 2, 2, 0]),
  (s) => s.put(0, RecordType.alarm, ['yard/weight-changes', 1, 0, 2, 2, 0]),
];

const step = fc.record({
  what: fc.nat(HAPPENINGS.length - 1),
  wait: fc.integer({ min: 0, max: 5 * MINUTE }),
});

function tell(story: Story, { what, wait }: { readonly what: number; readonly wait: number }): void {
  story.after(wait);
  HAPPENINGS[what]?.(story);
}

describe('the state of control', () => {
  it('is the same however records are batched, however often the gateway starts, and after what was taken back', () => {
    const range = { quantity: 'temperature', min: 0, max: 8, unit: 'Cel', allowedMs: 0 };
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.nat(3)), { maxLength: 60 }), (steps) => {
        const [plain, other] = [new Story(), new Story()];
        for (const story of [plain, other]) story.begin({ range });
        other.commit();
        for (const [next, how] of steps) {
          tell(plain, next);
          if (how === 1) other.commit();
          if (how === 2) other.restart();
          const { length } = other.records;
          tell(other, next);
          if (how === 3) {
            // A batch that could not be stored is decided again.
            const taken = other.records.slice(length);
            other.commit();
            for (const record of taken) other.take(record);
            other.discard();
          }
        }
        plain.commit();
        other.commit();
        expect(other.encode()).toEqual(plain.encode());
        expect(other.control.book.at(RECEIPT, other.t + HOUR)).toEqual(
          plain.control.book.at(RECEIPT, plain.t + HOUR),
        );
        expect(other.exposures.of(RECEIPT, other.t + HOUR)).toEqual(
          plain.exposures.of(RECEIPT, plain.t + HOUR),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('has gaps in order that do not overlap, and agrees with a look at every half minute', () => {
    const wait = fc.integer({ min: 0, max: 8 }).map((n) => n * 30_000);
    const happening = fc.record({ what: fc.constantFrom(0, 1, 2, 7, 8, 5, 15, 16), wait });
    fc.assert(
      fc.property(fc.array(happening, { minLength: 1, maxLength: 60 }), (steps) => {
        const story = new Story().begin();
        const proven: boolean[] = [];
        for (const next of steps) {
          // Each half minute up to the next record, as it is known before that record.
          for (let at = story.t; at < story.t + next.wait; at += 30_000) {
            const [row, bound] = [rowOf(story), story.receipts.get(RECEIPT)];
            if (bound !== null) proven.push(story.control.evidence.from(bound, row, at).not === null);
          }
          tell(story, next);
        }
        const { lost, gap } = rowOf(story);
        const spans = spansOf(lost, gap, story.t);
        for (const [i, { from, to }] of spans.gaps.entries()) {
          expect(to).toBeGreaterThan(from);
          expect(from).toBeGreaterThanOrEqual(spans.gaps[i - 1]?.to ?? T0);
        }
        expect(proven.length * 30_000).toBe(story.t - T0);
        expect(coverageOf(spans, T0, story.t).gapMs).toBe(proven.filter((is) => !is).length * 30_000);
      }),
      { numRuns: 150 },
    );
  });

  it('is no deeper than the state of deciding may be, which has four lists around it', () => {
    const story = new Story().begin({
      range: { quantity: 'temperature', min: 0, max: 8, unit: 'Cel', allowedMs: 0 },
    });
    for (const happening of HAPPENINGS) {
      story.after(5 * MINUTE);
      happening(story);
    }
    for (const part of [story.receipts, story.control, story.exposures]) {
      expect(depthOf(part.encode())).toBeLessThanOrEqual(4);
    }
  });
});

function depthOf(value: Value): number {
  return Array.isArray(value) ? 1 + Math.max(0, ...(value as readonly Value[]).map(depthOf)) : 0;
}
