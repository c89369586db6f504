import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import type { SmallLog } from '../../test/evidence/small-log.ts';
import {
  ask,
  bundleOf,
  filesOf,
  HOUR,
  present,
  range,
  use,
  withFile,
  zipOf,
} from '../../test/evidence/bundles.ts';
import { MINUTE, T, SmallLog as Log, fourHours } from '../../test/evidence/small-log.ts';
import { Quality } from '../domain/reading.ts';
import { encode } from './cbor.ts';
import { toHex } from './encodings.ts';
import { verify } from './verify.ts';

/** Tag seen at read point 1 each minute for half a minute; a round each minute. */
function tagged(from: number, to: number, place2 = 'cold-1'): SmallLog {
  const log = new Log([{ kind: 2 }, { kind: 2, place: place2 }]);
  const epc = Uint8Array.of(0xe2, 0, 0, 1);
  for (let no = 0; no < 24; no++) {
    const t0 = T + no * 10 * MINUTE;
    for (let m = 0; m < 10; m++) {
      const t = t0 + m * MINUTE;
      log.record(1, t, 3, [1, 5]);
      if (t >= from && t < to) log.record(1, t + 30_000, 2, [epc, null, 1, t, t + 30_000, 9, -5500, 0]);
      if (t >= from + 5 * MINUTE && t < to)
        log.record(2, t + 30_000, 2, [epc, null, 1, t, t + 10_000, 2, -6500, 0]);
    }
    log.seal(t0 + 10 * MINUTE);
  }
  return log;
}

describe('a range question', () => {
  it('is answered yes by an honest log', () => {
    const log = fourHours();
    const bundle = bundleOf(log, range());
    expect(verify(bundle, log.policy(), null, use)).toEqual({
      format: 'bailee/verdict/v1',
      bundle: toHex(use.sha256(bundle)),
      origin: 'consortium.example/gw/b0b1b2b3b4b5b6b7/0',
      size: 24,
      root: toHex(log.rootAt(24)),
      evidence: 'valid',
      failure: null,
      question: range(),
      answer: 'yes',
      because: [],
      streams: [
        {
          slot: 1,
          mode: 'full',
          level: 'B',
          complete: true,
          leaves: 80,
          nbad: 0,
          lost: 0,
          outMs: 0,
          gapMs: 0,
          uncertainMs: 0,
          backfilledMs: 0,
        },
      ],
      time: { worstDelayMs: 5999, worstLeadMs: 595_000 },
      signatures: { checked: 21, implied: 9 },
      anchors: [
        { kind: 'cosignature', owner: 'bank-a', size: 24, at: (T + 4 * HOUR) / 1000 + 5 },
        { kind: 'cosignature', owner: 'bank-b', size: 24, at: (T + 4 * HOUR) / 1000 + 5 },
      ],
      attested: false,
      limits: ['L1', 'L2', 'L3', 'L5'],
    });
  });

  it('shows only the blocks it needs', () => {
    const log = fourHours();
    const names = [...filesOf(bundleOf(log, range())).keys()];
    // One block before the window for its first reading, one after it for the beacon.
    expect(names.filter((n) => n.startsWith('heads/'))).toEqual(
      [5, 6, 7, 8, 9, 10, 11, 12, 13].map((n) => `heads/${n}`).toSorted(),
    );
  });

  it('is answered no by one value out of range, for the minute until the next', () => {
    const log = fourHours((l, t) => t === T + 90 * MINUTE && l.reading(1, t + 30_000, 900));
    expect(ask(log, range())).toMatchObject({
      answer: 'no',
      because: ['OUT_OF_RANGE'],
      streams: [{ outMs: 30_000 }],
    });
    expect(ask(log, range({ allowOutMs: 30_000 }))).toMatchObject({
      answer: 'yes',
      streams: [{ outMs: 30_000 }],
    });
    expect(ask(log, range({ slots: [2] }))).toMatchObject({ answer: 'yes' });
  });

  it('counts a stretch without readings as a gap, with the smaller covering time', () => {
    const log = new Log();
    for (let no = 0; no < 24; no++) {
      const t0 = T + no * 10 * MINUTE;
      for (let m = 0; m < 10; m++) if (no !== 9 || m < 3 || m > 7) log.reading(1, t0 + m * MINUTE, 400);
      log.seal(t0 + 10 * MINUTE);
    }
    // Silent from 02:00 before to 08:00: max_gap is two minutes.
    expect(ask(log, range())).toMatchObject({
      answer: 'undecided',
      because: ['GAPS_TOO_LONG'],
      streams: [{ gapMs: 4 * MINUTE }],
    });
    expect(ask(log, range({ maxGapMs: MINUTE, allowGapMs: 5 * MINUTE }))).toMatchObject({
      answer: 'yes',
      streams: [{ gapMs: 5 * MINUTE }],
    });
  });

  it('counts unusable values, never judges them, and reports what was filled in later', () => {
    const q = Quality.backfilled;
    const log = new Log();
    for (let no = 0; no < 24; no++) {
      const t0 = T + no * 10 * MINUTE;
      for (let m = 0; m < 10; m++)
        if (no !== 9)
          log.reading(1, t0 + m * MINUTE, m === 4 ? 9999 : 400, m === 4 ? Quality.outsideRange : 0);
      if (no === 10)
        for (let m = 0; m < 10; m++)
          log.record(1, t0 + 9.5 * MINUTE, 1, [m === 2 ? 900 : 410, q, T + (90 + m) * MINUTE]);
      log.seal(t0 + 10 * MINUTE);
    }
    const verdict = ask(log, range({ allowGapMs: HOUR }));
    // A backfilled value out of range is out at its own time, from 1:32 to 1:33.
    expect(verdict).toMatchObject({
      answer: 'no',
      streams: [{ gapMs: 9 * MINUTE, backfilledMs: 9 * MINUTE, outMs: MINUTE, nbad: 17 }],
    });
  });

  it('stays open for a slot that is not disclosed', () => {
    const log = fourHours();
    const bundle = bundleOf(log, range());
    const verdict = verify(bundle, log.policy(), range({ slots: [1, 2] }), use);
    expect(verdict).toMatchObject({
      evidence: 'valid',
      answer: 'undecided',
      because: ['NOT_COMPLETE', 'PARTIAL_ONLY'],
    });
    expect(verdict.limits).toContain('L4');
  });

  it('stays open when the window reaches past what was sealed', () => {
    const log = fourHours();
    expect(ask(log, range({ to: T + 5 * HOUR }))).toMatchObject({
      because: ['NOT_COMPLETE', 'GAPS_TOO_LONG'],
      streams: [{ gapMs: HOUR }],
    });
  });

  it('needs no witness under k = 0, and says so', () => {
    const log = fourHours();
    const verdict = ask(log, range(), { k: 0 });
    expect(verdict).toMatchObject({ answer: 'yes', time: { worstDelayMs: null, worstLeadMs: null } });
    expect(verdict.limits).toEqual(['L1', 'L2', 'L3', 'L5', 'L6', 'L7']);
  });
});

describe('a summary', () => {
  it('is at best undecided unless the policy accepts it', () => {
    const log = fourHours();
    const bundle = bundleOf(log, range(), { mode: 'summary' });
    expect([...filesOf(bundle).keys()].filter((n) => n.includes('full'))).toEqual([]);
    expect(verify(bundle, log.policy(), null, use)).toMatchObject({
      answer: 'undecided',
      because: ['SUMMARY_ONLY'],
      streams: [{ mode: 'summary', gapMs: 0 }],
    });
    const [[origin, own] = []] = log.policy();
    if (origin === undefined || own === undefined) throw new Error('no policy');
    const accepting = new Map([[origin, { ...own, acceptSummary: true }]]);
    expect(verify(bundle, accepting, null, use)).toMatchObject({ answer: 'yes', because: [] });
    expect(verify(bundle, accepting, range({ maxGapMs: MINUTE }), use)).toMatchObject({
      because: ['SUMMARY_ONLY'],
    });
    expect(verify(bundle, accepting, range({ max: 405 }), use)).toMatchObject({
      answer: 'no',
      // The block before the window may hold a value that was still out when it began.
      because: ['OUT_OF_RANGE', 'SUMMARY_ONLY'],
    });
  });
});

describe('presence', () => {
  it('is the union of what read points saw', () => {
    const log = tagged(T, T + 4 * HOUR);
    expect(ask(log, present())).toMatchObject({ answer: 'yes', because: [] });
  });

  it('is not shown before the tag came, nor for another tag', () => {
    const log = tagged(T + 90 * MINUTE, T + 4 * HOUR);
    expect(ask(log, present())).toMatchObject({
      answer: 'undecided',
      because: ['GAPS_TOO_LONG'],
      streams: [{ gapMs: 30 * MINUTE }],
    });
    expect(ask(log, present({ epc: 'e2000002' }))).toMatchObject({
      because: ['NOT_PRESENT', 'GAPS_TOO_LONG'],
    });
  });

  it('10: at two places at once is a conflict', () => {
    const log = tagged(T, T + 4 * HOUR, 'dock-2');
    expect(ask(log, present())).toMatchObject({ answer: 'yes' });
    expect(ask(log, present({ slots: [1, 2] }))).toMatchObject({
      answer: 'undecided',
      because: ['PRESENCE_CONFLICT'],
    });
  });
});

describe('events for a replay', () => {
  it('come in full with the files that event 7 names', () => {
    const rule = new TextEncoder().encode('max: 8 °C\n');
    const list = encode([['cold.yaml', use.sha256(rule)]]);
    const state = encode([0]);
    const log = fourHours((l, t) => {
      if (t === T + 70 * MINUTE)
        l.record(0, t, 7, [use.sha256(list), use.sha256(encode([])), use.sha256(state)]);
    });
    for (const bytes of [rule, list, state]) log.stored.set(toHex(use.sha256(bytes)), bytes);
    const bundle = bundleOf(log, range(), { events: true });
    const names = [...filesOf(bundle).keys()];
    expect(names).toContain('streams/0/full.cbor');
    expect(names.filter((n) => n.startsWith('rules/'))).toEqual(
      [rule, list, state].map((b) => `rules/${toHex(use.sha256(b))}`).toSorted(),
    );
    expect(verify(bundle, log.policy(), null, use)).toMatchObject({ answer: 'yes' });
    const [name = ''] = names.filter((n) => n.startsWith('rules/'));
    expect(
      verify(
        withFile(bundle, name, () => list),
        log.policy(),
        null,
        use,
      ).failure?.code,
    ).toBe(toHex(use.sha256(list)) === name.slice(6) ? undefined : 'BUNDLE_FORMAT');
    expect(zipOf(filesOf(bundle))).toEqual(bundle);
  });
});

describe('the primitives', () => {
  it('of noble give the same verdict as those of node:crypto', () => {
    const log = fourHours();
    const bundle = bundleOf(log, range());
    const noble = {
      sha256: nobleSha256,
      verifyEd25519: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
        signature.length === 64 && ed25519.verify(signature, message, key, { zip215: false }),
      inflate: use.inflate,
    };
    expect(verify(bundle, log.policy(), null, noble)).toEqual(verify(bundle, log.policy(), null, use));
  });
});
