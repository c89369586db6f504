import { expect, it } from 'vitest';
import { HOUR, use } from '../../test/evidence/bundles.ts';
import { MINUTE, ORIGIN, T, fourHours } from '../../test/evidence/small-log.ts';
import { WindowChoice } from './bundle-window.ts';

const log = fourHours();
const policy = log.policy().get(ORIGIN);

function heads(mostHeads: number): readonly number[] {
  if (policy === undefined) throw new Error('no policy');
  const choice = new WindowChoice(log, log.size(), policy, use.sha256, mostHeads);
  return choice.choose({ from: T + HOUR, to: T + 3 * HOUR }, 2 * MINUTE).heads;
}

it('of more heads than a bundle may have every second or fourth is shown, and those at both ends', () => {
  expect(heads(100)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  expect(heads(11)).toEqual([5, 7, 9, 11, 13, 15, 17, 18, 19]);
  expect(heads(8)).toEqual([5, 9, 13, 17, 18, 19]);
});
