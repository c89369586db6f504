import { describe, expect, it } from 'vitest';
import { descriptor, type StreamChoice } from '../../../test/evidence/small-streams.ts';
import type { StreamRow } from '../../domain/commit.ts';
import { encode } from '../../evidence/cbor.ts';
import type { BundleAsk } from '../../domain/bundle-wish.ts';
import { chooseStreams, type PlacedWish } from './bundle-choice.ts';

function row(
  slot: number,
  made: StreamChoice,
  blocks: readonly [number, number | null] = [0, null],
): StreamRow {
  const d = descriptor(slot, made);
  return {
    slot,
    dev: String(d[4]),
    ch: 't',
    descriptor: encode(d),
    openedBlock: blocks[0],
    closedBlock: blocks[1],
  };
}

/** A zone whose probe 2 was moved away in block 10, probe 3 came in block 20, probe 4 went in block 5. */
const STREAMS: readonly StreamRow[] = [
  row(0, {}),
  row(1, { place: 'cold-1' }),
  row(2, { place: 'cold-1' }, [0, 10]),
  row(2, { place: 'cold-2' }, [10, null]),
  row(3, { place: 'cold-1', unit: '%' }, [20, null]),
  row(4, { place: 'cold-1' }, [0, 5]),
  row(5, { place: 'cold-1', kind: 2 }),
  row(6, { place: 'dock', kind: 2 }, [20, null]),
];

const RANGE: Extract<BundleAsk, { kind: 'range' }> = {
  kind: 'range',
  unit: null,
  min: null,
  max: null,
  maxGapMs: null,
  allowOutMs: 0,
  allowGapMs: 0,
};
const PRESENT: BundleAsk = { kind: 'present', epc: 'e2000001', maxGapMs: null, allowGapMs: 0 };

function choice(wish: Partial<PlacedWish>, a: number, b: number): unknown {
  const whole: PlacedWish = {
    select: { kind: 'zone', zone: 'cold-1' },
    ask: RANGE,
    from: 0,
    to: 1,
    mode: 'full',
    times: [],
    events: false,
    ...wish,
  };
  const chosen = chooseStreams(whole, STREAMS, { a, b });
  if (!chosen.ok) return chosen.why;
  const { slots, question, pick } = chosen.value;
  return { shown: slots, asked: question.slots, pick };
}

const zone = (name: string): Partial<PlacedWish> => ({ select: { kind: 'zone', zone: name } });

describe('the streams of a zone', () => {
  it.each([
    ['before anything changed', 0, 4, [1, 2, 4, 5], [1, 2, 4]],
    ['over the block from which on one is elsewhere', 8, 12, [1, 2, 5], [1, 2]],
    ['over the block in which one comes', 15, 25, [1, 3, 5], [1]],
  ])('%s', (_when, a, b, shown, asked) => {
    expect(choice({}, a, b)).toMatchObject({ shown, asked });
  });

  it('are asked in the unit that is named, and all are shown', () => {
    expect(choice({ ask: { ...RANGE, unit: '%' } }, 15, 25)).toMatchObject({ shown: [1, 3, 5], asked: [3] });
    const limit = { digits: 8, exp: 0 };
    expect(choice({ ask: { ...RANGE, max: limit } }, 15, 25)).toContain('say which unit');
    expect(choice({ ask: { ...RANGE, unit: 'kPa' } }, 15, 25)).toBe(
      'nothing there is measured in kPa, but in Cel, %',
    );
  });

  it('or none, which is said', () => {
    expect(choice(zone('cold-2'), 0, 4)).toBe('no stream was in zone cold-2 at that time');
    expect(choice(zone('cold-9'), 0, 4)).toMatch(/^there is no zone cold-9; did you mean/);
    expect(choice(zone('dock'), 20, 25)).toBe('only tag readers were there: ask for a tag');
  });
});

describe('a tag', () => {
  it('is sought by every reader of that time, or by those of a zone', () => {
    const all: Partial<PlacedWish> = { select: { kind: 'readPoints' }, ask: PRESENT };
    expect(choice(all, 0, 4)).toMatchObject({ shown: [5], asked: [5] });
    expect(choice(all, 15, 25)).toMatchObject({ shown: [5, 6], asked: [5, 6] });
    expect(choice({ ask: PRESENT }, 15, 25)).toMatchObject({ shown: [1, 3, 5], asked: [5] });
    expect(choice({ select: { kind: 'streams', ids: ['probe-1/t'] }, ask: PRESENT }, 0, 4)).toBe(
      'none of these streams is a tag reader',
    );
  });

  it('is shown by its sightings alone in a partial bundle', () => {
    const pick = { kind: 'tag', epc: 'e2000001' };
    expect(choice({ select: { kind: 'readPoints' }, ask: PRESENT, mode: 'partial' }, 0, 4)).toMatchObject({
      pick,
    });
  });
});

it('a partial bundle shows what is out of the limits, or the times that are named', () => {
  const max = { digits: 8, exp: 0 };
  expect(choice({ mode: 'partial', ask: { ...RANGE, max } }, 0, 4)).toMatchObject({
    pick: { kind: 'out', min: Number.MIN_SAFE_INTEGER, max: 800 },
  });
  const times = [{ from: 1, to: 2 }];
  expect(choice({ mode: 'partial', times }, 0, 4)).toMatchObject({ pick: { kind: 'times', times } });
  expect(choice({ mode: 'partial' }, 0, 4)).toContain('give either');
});
