import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareText } from './coverage.ts';
import { scoreInputOf } from './score-input.ts';
import { scoreOf, type ScoreInput } from './score.ts';
import { DAY, HOUR, MINUTE, RECEIPT, Story, T0 } from './story.fixture.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/score.md'), 'utf8');

function inputOf(story: Story): ScoreInput {
  const input = scoreInputOf(story, RECEIPT, story.t);
  if (input === null) throw new Error('no such receipt');
  return input;
}

describe('the score of a receipt', () => {
  it('is that of the worked example, part by part', () => {
    const written = /```json\n([^]*?)```/.exec(PAGE)?.[1] ?? '';
    const { score, parts } = scoreOf(JSON.parse(written) as ScoreInput);
    const rows = [...PAGE.matchAll(/^\| (\w+) \| [^|]+ \| (\d+\.\d\d) \|$/gm)].map(([, name, points]) => [
      name,
      points,
    ]);
    expect(parts.map(({ factor, points }) => [factor, shareText(points)])).toEqual(rows);
    expect(rows).toHaveLength(6);
    expect(PAGE).toContain(`**${shareText(score)}**`);
  });

  it('is whole for goods under control, and each part names what it rests on', () => {
    const story = new Story().begin();
    story.hearFor(HOUR);
    const { score, parts } = scoreOf(inputOf(story));
    expect(score).toBe(10_000);
    for (const { factor, evidence } of parts) {
      const isEmpty = evidence.records.length + evidence.streams.length === 0;
      expect([factor, isEmpty]).toEqual([factor, factor === 'breaches' || factor === 'alarms']);
    }
  });

  it('is nothing for goods that were never counted or controlled, but for what did not happen', () => {
    const story = new Story();
    story.bind();
    expect(scoreOf(inputOf(story)).parts.map(({ points }) => points)).toEqual([0, 1500, 0, 0, 1000, 1000]);
  });

  it('falls with gaps, breaches, old counts, less goods, warmth and alarms', () => {
    const range = { quantity: 'temperature', min: 2, max: 8, unit: 'Cel', allowedMs: 0 };
    const story = new Story().begin({ range, countWithinMs: HOUR });
    story.put(4, 1, [95, 0]);
    story.hearFor(90 * MINUTE);
    story.after(HOUR).hear();
    story.count(35);
    story.after(90 * MINUTE).find('tags-disappear', 'yard', 1);
    story.put(0, 5, ['yard/weight-changes', 0, 1, 1, 2, 0]);
    const input = inputOf(story);
    expect(input).toMatchObject({
      asOf: T0 + 4 * HOUR,
      breaches: { open: 1, closed: 0 },
      count: { ageMs: 90 * MINUTE, limitMs: HOUR },
      quantity: { attested: 35, onReceipt: 40, floor: 30 },
      condition: {
        outsideMs: 3 * MINUTE,
        missingMs: 4 * HOUR - 3 * MINUTE,
        evidence: { streams: ['probe/temperature'] },
      },
      alarms: { urgent: 1 },
    });
    expect(scoreOf(input).parts.map(({ points }) => points)).toEqual([0, 0, 750, 500, 0, 500]);
  });

  it('stays within its bounds, is whole numbers, and is the same again for what was written and read', () => {
    const natural = fc.nat({ max: 2 ** 50 });
    const evidence = fc.constant({ records: [], streams: [] });
    const input: fc.Arbitrary<ScoreInput> = fc.record({
      format: fc.constant('bailee/score-input/v1' as const),
      receipt: fc.constant(RECEIPT),
      asOf: natural,
      control: fc.record({ controlledShare: fc.option(fc.nat({ max: 10_000 })), gapMs: natural, evidence }),
      breaches: fc.record({ open: fc.nat({ max: 9 }), closed: fc.nat({ max: 9 }), evidence }),
      count: fc.record({
        ageMs: fc.option(natural),
        limitMs: fc.integer({ min: 1, max: 366 * DAY }),
        evidence,
      }),
      quantity: fc.record({
        attested: fc.option(natural),
        onReceipt: natural,
        floor: fc.option(natural),
        evidence,
      }),
      condition: fc.record({
        outsideMs: fc.option(natural),
        allowedMs: natural,
        missingMs: natural,
        mkt: fc.option(fc.integer()),
        evidence,
      }),
      alarms: fc.record({
        urgent: fc.nat({ max: 9 }),
        high: fc.nat({ max: 9 }),
        medium: fc.nat({ max: 9 }),
        evidence,
      }),
    });
    fc.assert(
      fc.property(input, (given) => {
        const found = scoreOf(given);
        for (const { points, of } of found.parts) {
          expect(Number.isInteger(points) && points >= 0 && points <= of).toBe(true);
        }
        expect(found.parts.reduce((sum, { of }) => sum + of, 0)).toBe(10_000);
        expect(JSON.stringify(scoreOf(JSON.parse(JSON.stringify(given)) as ScoreInput))).toBe(
          JSON.stringify(found),
        );
      }),
    );
  });
});
