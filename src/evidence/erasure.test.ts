import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, ask, bundleOf, filesOf, range, use } from '../../test/evidence/bundles.ts';
import { MINUTE, ORIGIN, T, fourHours, type SmallLog } from '../../test/evidence/small-log.ts';
import { changed } from '../../test/evidence/stories.ts';
import type { AuditReport } from './audit.ts';
import { audit } from './audit.ts';
import { decode, decodeSequence, encode } from './cbor.ts';
import { cutSegment } from './erasure.ts';
import { orderText } from './erasing-act.ts';
import { saltOf } from './leaf.ts';
import { decodeSegment } from './segment.ts';
import { verify } from './verify.ts';

const SLOT = 1;
const STREAM = 'probe-1/t';
const ALL = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** Erases as a gateway does: an act on record, then segment by segment. Gives how many leaves went. */
function erase(log: SmallLog, from: number, to: number, stream = STREAM): number {
  const act = { block: log.size(), seq: log.open.seqOf(0) };
  const body = [1, 'operator', 'erase', stream, null, orderText({ id: 1, from, to }), 'retention', 0];
  log.record(0, log.open.t0, 6, body);
  let gone = 0;
  for (const block of log.blocks) {
    const stored = block.segments[SLOT];
    if (stored === undefined) throw new Error('no segment');
    const cut = cutSegment(use.sha256, stored, from, to);
    if (cut === null) continue;
    gone += cut.gone;
    block.segments[SLOT] = {
      ...stored,
      key: null,
      leaves: Uint8Array.of(0x80),
      erased: { act, rest: cut.rest },
    };
  }
  return gone;
}

function audited(log: SmallLog): AuditReport {
  const others = log.witnesses.map((w) => w.key);
  return audit(log, { origin: ORIGIN, log: [{ key: log.logNoteKey, from: 0, to: null }], others }, use);
}

/** A window anywhere in the four hours, also within one block. */
const windows = fc
  .tuple(fc.integer({ min: 0, max: 240 }), fc.integer({ min: 1, max: 90 }))
  .map(([first, length]) => ({ from: T + first * MINUTE, to: T + (first + length) * MINUTE }));

describe('leaves that are erased', () => {
  it('leave a journal that holds, and every other leaf with its proof, whatever the window', () => {
    fc.assert(
      fc.property(windows, ({ from, to }) => {
        const log = fourHours();
        const gone = erase(log, from, to);
        const report = audited(log);
        expect(report.problems).toEqual([]);
        expect(report.erased.leaves).toBe(gone);
        const question = range({ from: T, to: T + 4 * HOUR });
        const pick = { kind: 'times', times: [ALL] } as const;
        const bundle = bundleOf(log, question, { mode: 'partial', pick });
        const shown = decodeSequence(filesOf(bundle).get('streams/1/some.cbor') ?? new Uint8Array());
        expect(shown).toHaveLength(240 - gone);
        const verdict = verify(bundle, log.policy(), question, use);
        expect(verdict).toMatchObject({ evidence: 'valid', answer: 'undecided' });
        expect(verdict.because).toContain('PARTIAL_ONLY');
      }),
      { numRuns: 30 },
    );
  });

  it('make a summary of their stream, which is no yes (attack 30)', () => {
    const log = fourHours();
    const before = bundleOf(log, range());
    erase(log, T + 65 * MINUTE, T + 66 * MINUTE);
    const bundle = bundleOf(log, range());
    expect([...filesOf(bundle).keys()].some((name) => name === 'streams/1/full.cbor')).toBe(false);
    expect(ask(log, range())).toMatchObject({
      evidence: 'valid',
      answer: 'undecided',
      because: ['SUMMARY_ONLY'],
    });
    // Unless its verifier chose to believe what was sealed about them.
    expect(ask(log, range(), {}, changed(log, { acceptSummary: true })).answer).toBe('yes');
    // Another window, another stream, and what was handed out before are as they were.
    expect(ask(log, range({ from: T + 2 * HOUR, to: T + 3 * HOUR })).answer).toBe('yes');
    expect(ask(log, range({ slots: [2] })).answer).toBe('yes');
    expect(verify(before, log.policy(), range(), use).answer).toBe('yes');
  });

  it('are beyond guessing: neither their key nor a salt of theirs is left', () => {
    const log = fourHours();
    const stored = log.segment(6, SLOT);
    const { seq0, n } = decodeSegment(stored?.segment ?? new Uint8Array());
    const key = stored?.key ?? new Uint8Array();
    const salts = Array.from({ length: n }, (_, i) => Buffer.from(saltOf(use.sha256, key, seq0 + i)));
    erase(log, T + 65 * MINUTE, T + 66 * MINUTE);
    const after = log.segment(6, SLOT);
    expect(after?.key).toBeNull();
    const rest = Buffer.from(after?.erased?.rest ?? []);
    expect(rest.includes(Buffer.from(key))).toBe(false);
    expect(salts.map((salt) => rest.includes(salt))).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((m) => m !== 5),
    );
  });

  it('go once: a window without leaves, or one that was erased before, changes nothing', () => {
    const log = fourHours();
    expect(erase(log, T + 61 * MINUTE + 1, T + 62 * MINUTE)).toBe(0);
    expect(erase(log, T + HOUR, T + 2 * HOUR)).toBe(60);
    expect(erase(log, T + HOUR, T + 2 * HOUR)).toBe(0);
    expect(erase(log, T + 50 * MINUTE, T + 2 * HOUR)).toBe(10);
  });
});

/** One minute of block 6 is erased; then the block is tampered with. */
function problems(
  tamper: (segment: SmallLog['blocks'][number]['segments'], log: SmallLog) => void,
): string[] {
  const log = fourHours();
  erase(log, T + 65 * MINUTE, T + 66 * MINUTE);
  tamper(log.blocks[6]?.segments ?? [], log);
  const found = audited(log).problems;
  for (const { block, slot } of found) expect([block, slot]).toEqual([6, SLOT]);
  return found.map((p) => p.problem);
}

function withRest(change: (items: unknown[]) => void): string[] {
  return problems((segments) => {
    const stored = segments[SLOT];
    const items = decode(stored?.erased?.rest ?? new Uint8Array());
    if (stored === undefined || stored.erased === null || !Array.isArray(items))
      throw new Error('nothing erased');
    const list = [...items];
    change(list);
    const act = stored.erased?.act ?? { block: 0, seq: 0 };
    segments[SLOT] = { ...stored, erased: { act, rest: encode(list) } };
  });
}

describe('the audit of what was erased', () => {
  it.each<[string, () => string[], string]>([
    [
      'leaves that are gone without an act',
      () =>
        problems((segments) => {
          const stored = segments[SLOT];
          if (stored !== undefined)
            segments[SLOT] = {
              ...stored,
              erased: { act: { block: 6, seq: 6 }, rest: stored.erased?.rest ?? null },
            };
        }),
      'did not order it',
    ],
    [
      'a value that was changed',
      () => withRest((items) => (items[0] = [new Uint8Array(16), T + HOUR, 1, [300, 0]])),
      'does not rebuild the root',
    ],
    ['a hash in place of a leaf', () => withRest((items) => (items[1] = new Uint8Array(32))), 'root'],
    ['one leaf less', () => withRest((items) => items.pop()), '9 leaves of 10'],
    [
      'a key that was kept',
      () =>
        problems((segments) => {
          const stored = segments[SLOT];
          if (stored !== undefined) segments[SLOT] = { ...stored, key: new Uint8Array(32) };
        }),
      'still holds its key',
    ],
  ])('finds %s', (_what, tamper, problem) => {
    expect(tamper()).toEqual([expect.stringContaining(problem)]);
  });

  it('finds that the act speaks of another stream', () => {
    const log = fourHours();
    erase(log, T + 65 * MINUTE, T + 66 * MINUTE, 'probe-2/t');
    expect(audited(log).problems).toMatchObject([
      { block: 6, slot: SLOT, problem: expect.stringContaining('order') },
    ]);
  });

  it('knows the act also when its block is sealed', () => {
    const log = fourHours();
    erase(log, T + 65 * MINUTE, T + 66 * MINUTE);
    log.seal(log.open.t0 + 10 * MINUTE);
    expect(audited(log)).toMatchObject({ found: 0, erased: { acts: [{ block: 24, stream: STREAM }] } });
  });
});
