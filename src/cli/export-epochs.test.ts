import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SystemCode } from '../domain/record.ts';
import { Place } from '../gateway/data-directory.fixture.ts';
import { placeEnding } from '../gateway/keys/epoch-end.ts';
import { bailee } from './bailee.fixture.ts';

it('an export says that a part of its window is in another epoch, and how to have it', async () => {
  using place = new Place();
  for (const epoch of [0, 1]) {
    using life = await place.boot();
    life.read('probe-1/temperature', 50, 55);
    life.blocks.seal();
    const ending = { code: SystemCode.epochContinues, size: 1, at: null, next: 1, reason: 'stolen' };
    if (epoch === 0) placeEnding(place.data, ending);
  }
  const window = ['--stream', 'probe-1/temperature', '--from', '2020-01-01', '--to', '2100-01-01'];
  const made = (...more: readonly string[]) =>
    bailee('export', '--data', place.data, ...window, '--out', join(place.root, 'b.zip'), ...more);
  const newest = await made();
  expect(newest).toMatchObject({ code: 0, stdout: expect.stringContaining('b0b1b2b3b4b5b6b7/1,') as string });
  expect(newest.stderr).toMatch(
    /in epoch 0 of the log \(1970-.* … 2\d{3}-.*\), in a bundle of its own: --epoch 0/,
  );
  const before = await made('--epoch', '0');
  expect(before).toMatchObject({ code: 0, stdout: expect.stringContaining('b0b1b2b3b4b5b6b7/0,') as string });
  expect(before.stderr).toMatch(/in epoch 1 of the log .*--epoch 1/);
});
