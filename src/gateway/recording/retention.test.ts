import { afterEach, beforeEach, expect, it } from 'vitest';
import { RecordType, SystemCode, type LogRecord } from '../../domain/record.ts';
import { Place, type Life } from '../data-directory.fixture.ts';
import { placeEnding } from '../keys/epoch-end.ts';
import type { Eraser } from './eraser.ts';
import { eraserOf } from './eraser.fixture.ts';
import { Retention } from './retention.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

let place: Place;
let life: Life;
let eraser: Eraser;
let warned: unknown[];
let now: number;
/** About two days, so that what is due ends six hours after a day began: no hour of this test crosses one. */
let keepMs: number;
let fixed: number;

/** Five days of blocks of twelve hours, one reading each. */
beforeEach(async () => {
  place = new Place();
  life = await place.boot();
  for (let no = 0; no < 10; no++) {
    life.pass(12 * HOUR);
    life.read('probe-1/temperature', 50 + no);
    life.blocks.seal();
  }
  now = life.journal.block(9)?.t1 ?? 0;
  keepMs = 2 * DAY + ((now - 2 * DAY) % DAY) - 6 * HOUR;
  fixed = 1000;
  warned = [];
});
afterEach(() => {
  eraser[Symbol.dispose]();
  life[Symbol.dispose]();
  place[Symbol.dispose]();
});

function retaining(keep: number | null): Retention {
  eraser = eraserOf(life, fixed);
  return new Retention({
    journal: life.journal,
    eraser,
    keepMs: keep,
    now: () => now,
    log: { info: () => undefined, warn: (fields: unknown) => warned.push(fields) },
  });
}

function acts(): readonly LogRecord[] {
  return life.records.filter((r) => r.type === RecordType.act);
}

async function kept(): Promise<number[]> {
  while (eraser.state().length > 0) await new Promise((wake) => setTimeout(wake, 2));
  const erased = Array.from({ length: 10 }, (_, no) => life.journal.isErased(no, 2));
  return erased.flatMap((isErased, no) => (isErased ? [] : [no]));
}

it('readings that were kept long enough go by whole days, on record, and no sooner', async () => {
  const retention = retaining(keepMs);
  retention.look();
  const to = Math.floor((now - keepMs) / DAY) * DAY;
  const times = life.records.filter((r) => r.slot === 2).map((r) => r.t);
  expect(await kept()).toEqual(times.flatMap((t, no) => (t < to ? [] : [no])));
  expect(acts().map((r) => r.body)).toMatchObject(
    acts().map(() => [
      0,
      'gateway',
      'erase',
      expect.any(String),
      null,
      expect.any(String),
      expect.stringContaining('readings are kept'),
      0,
    ]),
  );
  const before = acts().length;
  expect(before).toBe(life.core.streams.length);
  // Within the day nothing more is due, nor is it looked for.
  now += 2 * HOUR;
  retention.look();
  expect(acts()).toHaveLength(before);
  // After a restart it goes on where it was.
  now += DAY;
  eraser[Symbol.dispose]();
  retaining(keepMs).look();
  expect(acts().length).toBe(2 * before);
  expect((await kept()).length).toBeLessThan(times.filter((t) => t >= to).length);
});

it('readings that nobody else has fixed stay, and it is told once an hour', async () => {
  fixed = 0;
  const retention = retaining(keepMs);
  retention.look();
  retention.look();
  expect(warned).toMatchObject([{ why: expect.stringContaining('no ledger or quorum') }]);
  now += HOUR;
  retention.look();
  expect(warned).toHaveLength(2);
  expect(acts()).toEqual([]);
  expect(await kept()).toHaveLength(10);
});

it('without a time to keep them nothing goes', async () => {
  retaining(null).look();
  expect(acts()).toEqual([]);
  expect(await kept()).toHaveLength(10);
});

it('says of epochs that are over that their readings stay', async () => {
  placeEnding(place.data, { code: SystemCode.epochContinues, size: 9, at: null, next: 1, reason: 'stolen' });
  life[Symbol.dispose]();
  life = await place.boot();
  now = life.journal.block(0)?.t1 ?? now;
  const retention = retaining(keepMs);
  retention.look();
  now += 2 * HOUR;
  retention.look();
  expect(warned).toEqual([
    { origin: 'consortium.example/gw/b0b1b2b3b4b5b6b7/0', until: expect.any(String) as string },
  ]);
});
