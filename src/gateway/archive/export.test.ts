import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteArchive } from '../../buffer/archive.ts';
import { journalPath, openForReading } from '../../buffer/connection.ts';
import { parsePolicy } from '../../evidence/policy.ts';
import { verify } from '../../evidence/verify.ts';
import { Place, type Life } from '../data-directory.fixture.ts';
import { exportBundles, type ExportArgs, type ExportProgress } from './export.ts';
import { policyFileOf } from '../keys/policy.ts';
import { nodePrimitives, sha256 } from '../site/primitives.ts';

/** A journal whose segments claim to be so large that a bundle holds two blocks. */
class HeavyArchive extends SqliteArchive {
  override segmentSizes(no: number): { readonly segment: number; readonly leaves: number }[] {
    return super.segmentSizes(no).map((size) => ({ ...size, leaves: 80 * 1024 * 1024 }));
  }
}

let place: Place;
let life: Life;
beforeEach(async () => {
  place = new Place();
  life = await place.boot();
  for (let no = 0; no < 6; no++) {
    life.read('probe-1/temperature', 50, 51, 52, 53);
    life.blocks.seal();
  }
});
afterEach(() => {
  life[Symbol.dispose]();
  place[Symbol.dispose]();
});

function args(change: Partial<ExportArgs> = {}): ExportArgs {
  const gaps = { maxGapMs: null, allowOutMs: 0, allowGapMs: 0 };
  return {
    directory: place.data,
    policyFile: null,
    select: { kind: 'streams', ids: ['probe-1/temperature'] },
    ask: { kind: 'range', unit: 'Cel', min: null, max: { digits: 8, exp: 0 }, ...gaps },
    from: (life.journal.block(0)?.t0 ?? 0) + 11_000,
    to: (life.journal.block(5)?.t1 ?? 0) - 1,
    mode: 'full',
    times: [],
    events: false,
    out: join(place.root, 'cold.zip'),
    firstOnly: false,
    ...change,
  };
}

describe('a window that takes several bundles', () => {
  it('becomes files with numbers, which meet and each answer for themselves', () => {
    using archive = new HeavyArchive(openForReading(journalPath(place.data)));
    const told: ExportProgress[] = [];
    const asked = args();
    const exported = exportBundles(archive, asked, (progress) => told.push(progress));
    if (!exported.ok) throw new Error(exported.why);
    const { bundles } = exported.value;
    expect(bundles.length).toBeGreaterThan(2);
    expect(bundles.map((b) => b.file)).toEqual(bundles.map((_, i) => join(place.root, `cold-${i + 1}.zip`)));
    expect(readdirSync(place.root).filter((name) => name.includes('.part'))).toEqual([]);
    expect(bundles[0]?.question.from).toBe(asked.from);
    expect(bundles.at(-1)?.question.to).toBe(asked.to);
    const policy = policyFileOf(place.data);
    const parsed = policy.ok ? parsePolicy(Buffer.from(policy.value), sha256) : null;
    if (parsed?.ok !== true) throw new Error('no policy');
    for (const [i, { file, question }] of bundles.entries()) {
      if (i > 0) expect(question.from).toBe(bundles[i - 1]?.question.to);
      const verdict = verify(readFileSync(file), parsed.policy, null, nodePrimitives);
      expect(verdict).toMatchObject({ evidence: 'valid', answer: 'yes', question });
    }
    expect(told.at(-1)).toEqual({ part: bundles.length, parts: bundles.length, percent: 100 });
  });

  it('is made part by part by who asks for the first only', () => {
    using archive = new HeavyArchive(openForReading(journalPath(place.data)));
    const ends: number[] = [];
    for (let { from } = args(); from < args().to;) {
      const exported = exportBundles(archive, args({ from, firstOnly: true }), () => undefined);
      if (!exported.ok) throw new Error(exported.why);
      expect(exported.value.bundles.map((b) => b.file)).toEqual([join(place.root, 'cold.zip')]);
      from = exported.value.bundles[0]?.question.to ?? Number.MAX_SAFE_INTEGER;
      ends.push(from);
    }
    expect(ends.length).toBeGreaterThan(2);
    expect(ends.at(-1)).toBe(args().to);
  });

  it('is one file under its own name when it fits', () => {
    using archive = new SqliteArchive(openForReading(journalPath(place.data)));
    const exported = exportBundles(archive, args(), () => undefined);
    expect(exported).toMatchObject({
      ok: true,
      value: { bundles: [{ file: join(place.root, 'cold.zip') }] },
    });
  });
});

it('an erasure between reading and checking is told, and taken for no tampering', () => {
  class ErasedMeanwhile extends SqliteArchive {
    override segment(no: number, slot: number) {
      // What the writer commits while this one is at block 1.
      if (no === 1 && !life.journal.isErased(3, 2))
        life.journal.erasing.erase([{ no: 3, slot: 2, act: { block: 6, seq: 0 }, rest: null }]);
      return super.segment(no, slot);
    }
  }
  using archive = new ErasedMeanwhile(openForReading(journalPath(place.data)));
  expect(exportBundles(archive, args(), () => undefined)).toEqual({
    ok: false,
    why: expect.stringContaining('erased meanwhile'),
  });
  expect(readdirSync(place.root).filter((name) => name.includes('zip'))).toEqual([]);
  expect(exportBundles(archive, args(), () => undefined)).toMatchObject({ ok: true, value: { erased: [2] } });
});
