import { describe, expect, it } from 'vitest';
import { present, range } from '../../test/evidence/bundles.ts';
import { utf8 } from './encodings.ts';
import { parseQuestion } from './question.ts';

const read = (value: object): unknown => {
  const parsed = parseQuestion(utf8(JSON.stringify(value)));
  return parsed.ok ? parsed.question : parsed.why;
};

describe('a question', () => {
  it('is read as it was written', () => {
    expect(read(range())).toEqual(range());
    expect(read(present())).toEqual(present());
  });

  it.each([
    [{ ...range(), slots: [2, 1] }, 'slots must list slots in ascending order'],
    [{ ...range(), slots: [] }, 'slots must list slots in ascending order'],
    [{ ...range(), slots: [1024] }, 'slots[0] must be an integer 0 … 1023, found 1024'],
    [{ ...range(), to: range().from }, 'to must be an integer'],
    [{ ...range(), max: 199 }, 'max must be an integer 200'],
    [{ ...range(), kind: 'average' }, 'kind must be "range", found "average"'],
    [{ ...range(), allowOutMs: 0.5 }, 'allowOutMs must be an integer'],
    [{ ...present(), epc: 'E2' }, 'epc must be lower-case hex, found "E2"'],
    [{ ...present(), unit: 'Cel' }, 'unit is not a field of this format'],
  ])('is refused with the field named: %#', (value, why) => {
    expect(read(value)).toContain(why);
  });
});
