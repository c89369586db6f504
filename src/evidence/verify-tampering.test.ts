import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../domain/record.ts';
import type { Verdict } from './verdict.ts';
import { bundleOf, filesOf, range, use, withFile, withItems, zipOf } from '../../test/evidence/bundles.ts';
import { MINUTE, SmallLog, T } from '../../test/evidence/small-log.ts';
import { encode } from './cbor.ts';
import { fromUtf8, utf8 } from './encodings.ts';
import { leafHash } from './merkle.ts';
import { slotTree } from './hash-tree.ts';
import { verify } from './verify.ts';

/** Six short blocks, so that every place in a bundle can be tried. */
function smallLog(): SmallLog {
  const log = new SmallLog([{}]);
  for (let no = 0; no < 6; no++) {
    const t0 = T + no * MINUTE;
    log.record(0, t0, 13, [9, null, null, null]);
    log.reading(1, t0 + 1, 400 + no);
    log.reading(1, t0 + 30_000, 410 + no);
    log.seal(t0 + MINUTE, { after: 1 });
  }
  return log;
}

const log = smallLog();
const policy = log.policy();
// Clocks within a second of each other: the log is short.
const [[origin, own] = []] = policy;
if (origin === undefined || own === undefined) throw new Error('no policy');
const lenient = new Map([[origin, { ...own, skewMs: 0 }]]);
const question = range({ from: T + MINUTE + 2000, to: T + 2 * MINUTE + 30_000, maxGapMs: 2 * MINUTE });
const bundle = bundleOf(log, question);
const check = (bytes: Uint8Array): Verdict => verify(bytes, lenient, question, use);
/** What a verdict says, whatever bytes it is about. */
const told = (verdict: Verdict): Verdict => ({ ...verdict, bundle: '' });
const honest = told(check(bundle));

describe('a bundle that was tampered with', () => {
  it('began as an honest yes', () => {
    expect(honest).toMatchObject({ evidence: 'valid', answer: 'yes' });
    expect([...filesOf(bundle).keys()].length).toBeGreaterThan(6);
  });

  it.each([...filesOf(bundle).keys()])(
    'fails for a flipped bit in any byte of %s, or it is not signed',
    (name) => {
      const length = filesOf(bundle).get(name)?.length ?? 0;
      // Each head costs three signatures; of those every third byte is tried.
      for (let at = 0; at < length; at += name.startsWith('heads/') ? 3 : 1) {
        const bit = 1 << ((at * 5) % 8);
        const verdict = told(
          check(withFile(bundle, name, (bytes) => bytes.map((b, i) => (i === at ? b ^ bit : b)))),
        );
        if (verdict.evidence === 'invalid') continue;
        // A head whose witness line bears another name now is a head without that line: weaker, no lie. The log's
        // signature under a head is not looked at, since its root follows from the checkpoint.
        if (name.startsWith('heads/'))
          expect([name, at, ['yes', 'undecided']]).toEqual([
            name,
            at,
            expect.arrayContaining([verdict.answer]),
          ]);
        else expect([name, at, verdict]).toEqual([name, at, honest]);
        if (!name.startsWith('heads/')) expect(name).toBe('bundle.json');
      }
    },
  );

  it('never makes the verifier throw, and never gives another answer, for random changes of raw bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bundle.length - 1), fc.integer({ min: 1, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        (edits) => {
          const bytes = bundle.slice();
          for (const [at, mask] of edits) bytes[at] = (bytes[at] ?? 0) ^ mask;
          const verdict = told(check(bytes));
          expect(verdict.evidence === 'invalid' || verdict.answer !== 'no').toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('never makes the verifier throw for values of the profile in place of its files', () => {
    const value = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constant(null),
        fc.integer({ min: -10, max: 2_000_000_000_000 }),
        fc.uint8Array({ maxLength: 33 }),
        fc.string({ unit: 'grapheme-ascii', maxLength: 5 }),
        fc.array(tie('value'), { maxLength: 5 }),
      ),
    })).value;
    const names = [...filesOf(bundle).keys()].filter((n) => n.endsWith('.cbor'));
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(5), value, (name, at, instead) => {
        const changed = withItems(bundle, name, (items) =>
          items.map((item, i) => (i === at ? instead : item)),
        );
        const verdict = told(check(changed));
        if (verdict.evidence === 'valid') expect(verdict).toEqual(honest);
      }),
      { numRuns: 300 },
    );
  });
});

const editLeaves = (change: (leaves: readonly Value[]) => readonly Value[]): string | undefined =>
  check(
    withItems(bundle, 'streams/1/full.cbor', (blocks) =>
      blocks.map((block, i) => (i === 1 && Array.isArray(block) ? [block[0], change(block[1])] : block)),
    ),
  ).failure?.code;

const editLog = (change: (head: readonly Value[]) => readonly Value[]): string | undefined =>
  check(
    withItems(bundle, 'log.cbor', ([head, ...blocks]) => [
      change(Array.isArray(head) ? head : []),
      ...blocks,
    ]),
  ).failure?.code;

const listOf = (value: Value | undefined): readonly Value[] => (Array.isArray(value) ? value : []);

describe('each single deletion, duplication and exchange', () => {
  const sequences = [...filesOf(bundle).keys()].filter((n) => n.endsWith('.cbor'));

  it.each(sequences)('14, 17: of an item of %s is found', (name) => {
    let count = 0;
    withItems(bundle, name, (items) => {
      count = items.length;
      return items;
    });
    for (let n = 0; n < count; n++) {
      const changes: ((items: readonly Value[]) => readonly Value[])[] = [
        (items) => items.toSpliced(n, 1),
        (items) => items.toSpliced(n, 0, items[n] ?? null),
        (items) =>
          n + 1 < count
            ? items.toSpliced(n, 2, items[n + 1] ?? null, items[n] ?? null)
            : items.toSpliced(n, 1),
        (items) => items.toSpliced(n, 1, null),
      ];
      for (const [c, change] of changes.entries())
        expect([name, n, c, check(withItems(bundle, name, change)).evidence]).toEqual([
          name,
          n,
          c,
          'invalid',
        ]);
    }
  });

  it('of a leaf within a block is found', () => {
    expect(editLeaves((leaves) => leaves.slice(1))).toBe('LEAF_ROOT');
    expect(editLeaves((leaves) => leaves.slice(0, -1))).toBe('LEAF_ROOT');
    expect(editLeaves((leaves) => [...leaves, leaves.at(-1) ?? null])).toBe('LEAF_ROOT');
    expect(editLeaves((leaves) => leaves.toReversed())).toBe('LEAF_TIME');
    expect(editLeaves(() => [])).toBe('LEAF_ROOT');
  });

  it('of a required file is found, of an optional one only weakens the answer', () => {
    for (const name of filesOf(bundle).keys()) {
      const verdict = told(check(withFile(bundle, name, () => null)));
      if (name.startsWith('heads/')) expect([name, verdict.evidence]).toEqual([name, 'valid']);
      else if (name === 'streams/1/full.cbor') expect(verdict).toMatchObject({ because: ['SUMMARY_ONLY'] });
      else expect([name, verdict.failure?.code]).toEqual([name, 'BUNDLE_FORMAT']);
    }
    const bare = zipOf(new Map([...filesOf(bundle)].filter(([name]) => !name.startsWith('heads/'))));
    expect(check(bare)).toMatchObject({ answer: 'undecided', because: ['NOT_COMPLETE', 'LEAD_TOO_LONG'] });
  });

  it('27: of any other file, also one that names a program or policy, is refused', () => {
    for (const name of [
      'policy.json',
      'verify.js',
      'heads/01',
      'streams/1/extra.cbor',
      'streams/1024/full.cbor',
      'rules/x',
      'README',
    ])
      expect([name, check(withFile(bundle, name, () => utf8('x'))).failure?.code]).toEqual([
        name,
        'BUNDLE_FORMAT',
      ]);
    expect(check(withFile(bundle, `files/${'0'.repeat(64)}`, () => utf8('x'))).failure?.code).toBe(
      'BUNDLE_FORMAT',
    );
  });

  it('of note lines: an unknown one is ignored, a known one that changed is not', () => {
    const extra = '— elsewhere.example/x AAAAAAAAAAAA\n';
    const changed = check(withFile(bundle, 'checkpoint', (note) => utf8(`${fromUtf8(note) ?? ''}${extra}`)));
    expect(told(changed)).toEqual(honest);
    const dropped = (line: number): string | undefined =>
      check(
        withFile(bundle, 'checkpoint', (note) =>
          utf8((fromUtf8(note) ?? '').split('\n').toSpliced(line, 1).join('\n')),
        ),
      ).failure?.code;
    expect([dropped(4), dropped(5), dropped(6)]).toEqual(['LOG_SIGNATURE', 'NOT_ANCHORED', 'NOT_ANCHORED']);
  });

  it('of a block path or side of the log is found', () => {
    const other = new Uint8Array(32).fill(7);
    expect(
      editLog(([a, b, n, left, right]) => [a ?? 0, b ?? 0, n ?? 0, [...listOf(left), other], right ?? []]),
    ).toBe('COVER_SHAPE');
    expect(
      editLog(([a, b, n, left, right]) => [a ?? 0, b ?? 0, n ?? 0, left ?? [], listOf(right).slice(1)]),
    ).toBe('COVER_SHAPE');
    expect(
      editLog(([a, b, n, left, right]) => [
        a ?? 0,
        b ?? 0,
        n ?? 0,
        left ?? [],
        listOf(right).map(() => other),
      ]),
    ).toBe('ROOT_MISMATCH');
    expect(editLog(([a, b, , left, right]) => [a ?? 0, b ?? 0, 7, left ?? [], right ?? []])).toBe(
      'COVER_SHAPE',
    );
    expect(editLog(([, b, n, left, right]) => [3, b ?? 0, n ?? 0, left ?? [], right ?? []])).toBe(
      'COVER_SHAPE',
    );
  });
});

const segmentRoot = (): { tree: ReturnType<typeof slotTree>; leaves: Value[] } => {
  const stored = log.segment(1, 1);
  const key = stored?.key ?? new Uint8Array();
  const leaves = [0, 1].map((i): Value => {
    const seq = 2 + i;
    const bytes = new Uint8Array(40);
    bytes.set(key);
    new DataView(bytes.buffer).setUint32(36, seq);
    return [
      use.sha256(bytes).slice(0, 16),
      seq,
      T + MINUTE + [1, 30_000][i]!,
      1,
      [(i === 0 ? 400 : 410) + 1, 0],
    ];
  });
  return {
    tree: slotTree(
      use.sha256,
      leaves.map((l) => encode(l)),
    ),
    leaves,
  };
};
const { tree, leaves } = segmentRoot();
const some = (...items: readonly Value[]): Verdict =>
  check(
    withItems(
      withFile(bundle, 'streams/1/full.cbor', () => null),
      'streams/1/some.cbor',
      () => items,
    ),
  );
const item = (index: number, leaf = leaves[index] ?? null, path = tree.path(index)): Value => [
  1,
  index,
  leaf,
  path,
];

const code = (...items: readonly Value[]): string | undefined => some(...items).failure?.code;

describe('single leaves', () => {
  it('are proven by their paths and make the stream partial', () => {
    expect(some(item(0), item(1))).toMatchObject({
      evidence: 'valid',
      answer: 'undecided',
      because: ['NOT_COMPLETE', 'PARTIAL_ONLY'],
      streams: [{ mode: 'partial', leaves: 2 }],
    });
  });

  it('16, 18: fail twice, out of order, at another index, with a longer path, as joined hashes', () => {
    expect(code(item(0), item(0))).toBe('LEAF_FORMAT');
    expect(code(item(1), item(0))).toBe('LEAF_FORMAT');
    expect(code([1, 1, leaves[0] ?? null, tree.path(1)])).toBe('LEAF_ROOT');
    expect(code(item(0, leaves[0], [...tree.path(0), new Uint8Array(32)]))).toBe('LEAF_ROOT');
    expect(code(item(0, leaves[0], []))).toBe('LEAF_ROOT');
    expect(code([9, 0, leaves[0] ?? null, tree.path(0)])).toBe('LEAF_ROOT');
    const joined = leaves.map((l) => leafHash(use.sha256, encode(l)));
    expect(code([1, 0, joined, []])).toBe('LEAF_FORMAT');
  });
});
