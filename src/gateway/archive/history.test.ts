import { expect, it } from 'vitest';
import { openArchive } from '../../buffer/archive.ts';
import { Place } from '../data-directory.fixture.ts';
import { readHistory } from './history.ts';

const STREAM = 'probe-1/temperature';

it('tells each reading once, though its block is sealed while the page is read', async () => {
  using place = new Place();
  using life = await place.boot();
  life.read(STREAM, 50, 51);
  life.blocks.seal();
  life.read(STREAM, 52, 53);
  using archive = openArchive(place.data);
  const between = archive.blocksBetween.bind(archive);
  archive.blocksBetween = (from, to) => {
    life.blocks.seal();
    return between(from, to);
  };
  const page = readHistory(archive, { stream: STREAM, from: 0, to: 8e15, seq: 0, limit: 100 });
  expect(archive.size()).toBe(2);
  expect(page?.readings.map(({ v }) => v)).toEqual([50, 51, 52, 53]);
});
