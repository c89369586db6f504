import { expect, it } from 'vitest';
import { Corrections } from './corrections.ts';

it('a sensor is not well while a correction is set or not read, nor right after one was taken away', () => {
  const corrections = new Corrections();
  const complaints = [
    [0, -5],
    [0, 0],
    [0, 0],
    [null, 0],
  ].map((values) => {
    corrections.read(values);
    return corrections.complaint;
  });
  expect(complaints).toEqual(['correction 0,-5', 'correction 0,0 was 0,-5', undefined, 'correction ,0']);
});
