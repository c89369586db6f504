import { describe, expect, it } from 'vitest';
import type { Forge } from '../../test/evidence/forge.ts';
import {
  HOUR,
  ask,
  bundleOf,
  range,
  uncheckedBundleOf,
  use,
  withFile,
  withItems,
} from '../../test/evidence/bundles.ts';
import { MINUTE, SmallLog, T, fourHours } from '../../test/evidence/small-log.ts';
import { descriptor, streamInBlock } from '../../test/evidence/small-streams.ts';
import { failureOf, lying, story } from '../../test/evidence/stories.ts';
import type { SealChange } from '../../test/evidence/stories.ts';
import { utf8 } from './encodings.ts';
import { GapReason } from './segment.ts';
import { verify } from './verify.ts';

/** One reading comes a second late. */
const oneLate = (log: SmallLog, t: number): void =>
  log.reading(1, t + (t === T + 85 * MINUTE ? 1000 : 0), 400);

const segmentSays = (change: object): Forge => ({ segment: (slot) => (slot === 1 ? change : {}) });

describe('15: a silence hidden', () => {
  it('61 s with max_gap 60 s and no entry → GAPS', () => {
    const streams = [{ maxGapMs: MINUTE }];
    const honest = story({ streams, minute: oneLate });
    expect(ask(honest, range())).toMatchObject({ evidence: 'valid', streams: [{ gapMs: 1000 }] });
    const forge = { segment: (slot: number) => (slot === 1 ? { gaps: [] } : {}) };
    expect(failureOf(story({ streams, minute: oneLate, seal: { 8: { forge } } }))).toBe('GAPS');
    const invented = {
      segment: (slot: number) =>
        slot === 1
          ? { gaps: [{ from: T + 81 * MINUTE, to: T + 82 * MINUTE, reason: GapReason.unknown }] }
          : {},
    };
    expect(failureOf(story({ streams, seal: { 8: { forge: invented } } }))).toBe('GAPS');
  });

  it('a max_gap of one year → GAPS_TOO_LONG; a tag seen for a year → LEAF_FORMAT', () => {
    const year = 365 * 24 * HOUR;
    const once = story({
      streams: [{ maxGapMs: year }],
      minute: (log, t) => t === T && log.reading(1, t, 400),
    });
    expect(ask(once, range())).toMatchObject({ answer: 'undecided', because: ['GAPS_TOO_LONG'] });
    const tag = new SmallLog([{ kind: 2 }]);
    const sighting = [Uint8Array.of(1), null, 1, T - year, T + 5, 1, -5000, 0];
    expect(() => tag.record(1, T + 10, 2, sighting)).toThrow(/quality 0 of a value from/);
  });
});

describe('19, 23, 24: leaves, blocks and other gateways', () => {
  it('sums, sequence and roots that lie are found', () => {
    expect(failureOf(lying(segmentSays({ max: 700 })))).toBe('SUMMARY');
    expect(failureOf(lying(segmentSays({ nbad: 1 })))).toBe('SUMMARY');
    expect(failureOf(lying(segmentSays({ seq0: 81 })))).toBe('SEQ');
    expect(failureOf(lying(segmentSays({ n: 9 })))).toBe('SEQ');
    expect(() => failureOf(lying(segmentSays({ desc: new Uint8Array(32) })))).toThrow('descriptor 0000');
    expect(failureOf(lying(segmentSays({ root: new Uint8Array(32) })))).toBe('LEAF_ROOT');
  });

  it('a reading moved to another block is out of time or out of root', () => {
    const bundle = bundleOf(story(), range());
    const moved = withItems(bundle, 'streams/1/full.cbor', (blocks) =>
      blocks.map((block, i) => {
        const next = blocks[i + 1];
        if (i !== 2 || !Array.isArray(block) || !Array.isArray(next)) return block;
        return [block[0], [...block[1].slice(0, -1), next[1][0]]];
      }),
    );
    expect(verify(moved, story().policy(), null, use).failure?.code).toBe('LEAF_TIME');
  });

  it('a block of another gateway or number is refused', () => {
    expect(failureOf(lying({ block: () => ({ gw: new Uint8Array(8) }) }))).toBe('BLOCK_FORMAT');
    expect(failureOf(lying({ block: () => ({ no: 7 }) }))).toBe('BLOCK_FORMAT');
    expect(() => failureOf(lying({ block: (b) => ({ t1: b.t0 }) }))).toThrow('block 8: block: from');
    expect(failureOf(lying({ block: () => ({ slots: 3 }) }))).toBe('BLOCK_FORMAT');
  });
});

describe('32: the clock', () => {
  it('err = 1 day → CLOCK_UNSURE; ten minutes in five monotonic seconds → BLOCK_TIME', () => {
    const vague = {
      forge: { block: (b) => ({ clock: { ...b.clock, err: 24 * HOUR } }) },
    } satisfies SealChange;
    const log = story({ seal: { 8: vague } });
    expect(ask(log, range())).toMatchObject({
      answer: 'undecided',
      because: ['GAPS_TOO_LONG', 'CLOCK_UNSURE'],
      streams: [{ uncertainMs: 10 * MINUTE, gapMs: 10 * MINUTE }],
    });
    const fast = {
      block: (b) => ({ clock: { ...b.clock, offset: b.clock.offset + 595_000 } }),
    } satisfies Forge;
    expect(failureOf(lying(fast))).toBe('BLOCK_TIME');
  });

  it('a restart with a new boot, and a recorded step, are honest', () => {
    const restarted = story({ seal: { 8: { restartAt: T + 95 * MINUTE } } });
    expect(ask(restarted, range())).toMatchObject({
      evidence: 'valid',
      because: ['GAPS_TOO_LONG'],
      streams: [{ gapMs: 5 * MINUTE }],
    });
    const forward = story({ seal: { 8: { stepMs: 5 * MINUTE } } });
    expect(ask(forward, range())).toMatchObject({ evidence: 'valid', streams: [{ gapMs: 5 * MINUTE }] });
  });
});

describe('33: unit or exponent changes in the window', () => {
  it('is a mismatch', () => {
    const fahrenheit = streamInBlock(descriptor(1, { unit: '[degF]', exp: 0 }));
    const log = story({
      seal: {
        8: { streams: (all) => all.map((s, slot) => (slot === 1 ? { ...fahrenheit, seq0: s.seq0 } : s)) },
      },
    });
    expect(ask(log, range())).toMatchObject({
      evidence: 'valid',
      answer: 'undecided',
      because: ['STREAM_MISMATCH'],
    });
    expect(ask(fourHours(), range({ exp: -1 })).because).toEqual(['STREAM_MISMATCH']);
  });
});

describe('26: limits', () => {
  it('too much of anything is a limit, before it is unpacked', () => {
    const log = fourHours();
    const bundle = bundleOf(log, range());
    expect(verify(new Uint8Array(), log.policy(), null, use).failure?.code).toBe('BUNDLE_FORMAT');
    const huge = withFile(bundle, 'heads/5', () => utf8('x'.repeat(20_000)));
    expect(verify(huge, log.policy(), null, use).failure?.code).toBe('NOTE_FORMAT');
    expect(uncheckedBundleOf(log, range())).toEqual(bundle);
  });
});
