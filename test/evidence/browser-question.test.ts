import { assert, constantFrom, integer, property, record, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RangeQuestion } from '../../src/evidence/question.ts';
import { EMPTY_FIELDS, fieldsOf, questionOf } from '../../src/web/verifier/question-fields.ts';
import { present, range } from './bundles.ts';

const slots = uniqueArray(integer({ min: 0, max: 1023 }), { minLength: 1, maxLength: 5 });
const questions = record({
  from: integer({ min: 0, max: 4e12 }),
  length: integer({ min: 1, max: 1e11 }),
  slots: slots.map((list) => list.toSorted((a, b) => a - b)),
  exp: integer({ min: -9, max: 9 }),
  min: integer({ min: -1e6, max: 0 }),
  max: integer({ min: 0, max: 1e6 }),
  maxGapMs: integer({ min: 1, max: 1e9 }),
  allowOutMs: constantFrom(0, 1, 1500, 86_400_000),
  allowGapMs: constantFrom(0, 999, 60_000),
}).map(({ from, length, ...rest }): RangeQuestion => ({
  kind: 'range',
  from,
  to: from + length,
  unit: '%',
  ...rest,
}));

describe('the form of a question', () => {
  it('asks exactly what it was filled with', () => {
    assert(
      property(questions, (question) => {
        expect(questionOf(fieldsOf(question), question)).toEqual({ ok: true, question });
      }),
    );
    const question = present();
    expect(questionOf(fieldsOf(question), question)).toEqual({ ok: true, question });
  });

  it('leaves a limit out where nothing stands, and shows none where there is none', () => {
    const open = range({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
    expect(fieldsOf(open)).toMatchObject({ min: '', max: '' });
    expect(questionOf(fieldsOf(open), open)).toEqual({ ok: true, question: open });
  });

  it('keeps an instant that no calendar holds out of the form', () => {
    expect(fieldsOf(range({ to: Number.MAX_SAFE_INTEGER })).to).toBe('');
  });

  it.each([
    [{ from: '' }, 'from'],
    [{ to: '1970-01-01T00:00:00' }, 'to'],
    [{ slots: [] }, 'slots'],
    [{ min: '2.005' }, 'min'],
    [{ min: '9' }, 'max'],
    [{ max: 'warm' }, 'max'],
    [{ decimals: '10' }, 'decimals'],
    [{ maxGap: '0' }, 'maxGap'],
    [{ allowOut: '-1' }, 'allowOut'],
    [{ allowGap: '0.0001' }, 'allowGap'],
    [{ kind: 'present', epc: 'E2' }, 'epc'],
  ] as const)('names the field that is wrong: %j', (change, name) => {
    expect(questionOf({ ...fieldsOf(range()), ...change }, range())).toEqual({ ok: false, wrong: [name] });
  });

  it('asks nothing while it is empty', () => {
    expect(questionOf(EMPTY_FIELDS, null)).toEqual({ ok: false, wrong: ['from', 'to', 'slots'] });
  });
});
