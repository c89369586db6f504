import { describe, expect, it } from 'vitest';
import {
  HOUR,
  ask,
  bundleOf,
  filesOf,
  present,
  range,
  requestOf,
  use,
  withItems,
} from '../../test/evidence/bundles.ts';
import { MINUTE, ORIGIN, SmallLog, T, fourHours } from '../../test/evidence/small-log.ts';
import { halvesOf, planParts } from './bundle-plan.ts';
import { writeBundle, type BundleRequest } from './bundle.ts';
import { decodeSequence } from './cbor.ts';
import { fromHex, toHex, utf8 } from './encodings.ts';
import { verify } from './verify.ts';
import { MemorySink, ZipWriter, type ZipSink } from './zip-writer.ts';

/** Two readers, each telling of two tags every minute, and a probe. */
function warehouse(): SmallLog {
  const log = new SmallLog([{ kind: 2, place: 'dock' }, { kind: 2, place: 'cold-1' }, {}]);
  for (let no = 0; no < 24; no++) {
    const t0 = T + no * 10 * MINUTE;
    for (let m = 0; m < 10; m++) {
      const t = t0 + m * MINUTE;
      log.record(1, t, 3, [1, 2]);
      log.record(2, t, 3, [2, 4]);
      for (const epc of ['e2000001', 'e2000002'])
        log.record(2, t, 2, [fromHex(epc), null, 1, t - 500, t, 3, -5500, 0]);
      log.reading(3, t, 400 + m);
    }
    log.seal(t0 + 10 * MINUTE);
  }
  return log;
}

describe('a bundle that shows some leaves', () => {
  const log = warehouse();
  const question = present({ slots: [1, 2] });

  it('proves where a tag was seen and hides every other record', () => {
    const choice = { mode: 'partial', pick: { kind: 'tag', epc: 'e2000001' } } as const;
    const bundle = bundleOf(log, question, choice);
    const files = filesOf(bundle);
    expect([...files.keys()].filter((name) => name.startsWith('streams/'))).toEqual(
      ['1', '2'].flatMap((slot) =>
        ['descriptors', 'segments', 'some'].map((part) => `streams/${slot}/${part}.cbor`),
      ),
    );
    const shown = decodeSequence(files.get('streams/2/some.cbor') ?? new Uint8Array());
    expect(shown.length).toBeGreaterThan(60);
    expect(Buffer.from(bundle).includes(Buffer.from('e2000002', 'hex'))).toBe(false);
    const verdict = verify(bundle, log.policy(), question, use);
    expect(verdict).toMatchObject({ evidence: 'valid', answer: 'undecided' });
    expect(verdict.because).toEqual(['NOT_COMPLETE', 'PARTIAL_ONLY']);
    expect(verdict.limits).toContain('L4');
    expect(verdict.streams.map((s) => [s.slot, s.mode, s.complete])).toEqual([
      [1, 'partial', false],
      [2, 'partial', false],
    ]);
    expect(verdict.streams[1]?.leaves).toBe(shown.length);
  });

  it('proves an excursion by its readings alone, which a full one answers alike', () => {
    const warm = fourHours((l, t) => (t === T + 90 * MINUTE ? l.reading(1, t + 1, 900) : undefined));
    const out = { kind: 'out', min: 200, max: 800 } as const;
    const bundle = bundleOf(warm, range(), { mode: 'partial', pick: out });
    expect(decodeSequence(filesOf(bundle).get('streams/1/some.cbor') ?? new Uint8Array())).toHaveLength(1);
    const verdict = verify(bundle, warm.policy(), range(), use);
    expect(verdict).toMatchObject({ evidence: 'valid', answer: 'no' });
    expect(verdict.because).toContain('OUT_OF_RANGE');
    expect(ask(warm, range()).answer).toBe('no');
  });

  it('fails for a shown leaf that was changed, moved or told twice', () => {
    const times = [{ from: T + HOUR, to: T + 2 * HOUR }];
    const bundle = bundleOf(log, range({ slots: [3] }), { mode: 'partial', pick: { kind: 'times', times } });
    const name = 'streams/3/some.cbor';
    const failure = (change: Parameters<typeof withItems>[2]): string | undefined =>
      verify(withItems(bundle, name, change), log.policy(), null, use).failure?.code;
    expect(failure((items) => items)).toBeUndefined();
    expect(failure(([first = null, ...rest]) => [first, first, ...rest])).toBe('LEAF_FORMAT');
    expect(failure((items) => items.toReversed())).toBe('LEAF_FORMAT');
    expect(
      failure(([first = null, ...rest]) => {
        const [no = 0, index = 0, leaf = [], path = []] = Array.isArray(first) ? first : [];
        const [salt = null, seq = 0, t = 0, type = 0] = Array.isArray(leaf) ? leaf : [];
        return [[no, index, [salt, seq, t, type, [401, 0]], path], ...rest];
      }),
    ).toBe('LEAF_ROOT');
    // What is left out was never promised: the answer stays undecided.
    expect(failure(([, ...rest]) => rest)).toBeUndefined();
  });
});

describe('a bundle of a zone', () => {
  it('shows the streams beside those that are asked, in the order of their names', () => {
    const log = new SmallLog(Array.from({ length: 11 }, (_, n) => (n === 4 ? { unit: '%' } : {})));
    for (let no = 0; no < 24; no++) {
      const t0 = T + no * 10 * MINUTE;
      for (let m = 0; m < 10; m++)
        for (let slot = 1; slot <= 11; slot++) log.reading(slot, t0 + m * MINUTE, 400);
      log.seal(t0 + 10 * MINUTE);
    }
    const slots = [1, 2, 3, 4, 6, 7, 8, 9, 10, 11];
    const bundle = bundleOf(log, range({ slots }), { beside: [5], events: true });
    const names = [...filesOf(bundle).keys()].filter((name) => name.endsWith('full.cbor'));
    expect(names.map((name) => name.split('/')[1])).toEqual([
      '0',
      '1',
      '10',
      '11',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
    ]);
    const verdict = verify(bundle, log.policy(), null, use);
    expect(verdict).toMatchObject({ evidence: 'valid', answer: 'yes', because: [] });
    expect(verdict.streams.map((s) => s.slot)).toEqual(slots);
  });
});

describe('documents', () => {
  it('that the events name go along, each once; what is not kept does not, and the bundle stays valid', () => {
    const log = new SmallLog();
    const photo = utf8('a photo of the dock');
    const lost = use.sha256(utf8('a photo nobody kept'));
    log.stored.set(toHex(use.sha256(photo)), photo);
    for (let no = 0; no < 24; no++) {
      const t0 = T + no * 10 * MINUTE;
      for (const hash of [use.sha256(photo), lost])
        log.record(0, t0, 14, [hash, photo.length, 'image/jpeg', 'cam-1', t0]);
      for (let m = 0; m < 10; m++) log.reading(1, t0 + m * MINUTE, 400);
      log.seal(t0 + 10 * MINUTE);
    }
    const bundle = bundleOf(log, range(), { events: true });
    const files = filesOf(bundle);
    const documents = [...files.keys()].filter((name) => name.startsWith('files/'));
    expect(documents).toEqual([`files/${toHex(use.sha256(photo))}`]);
    expect(files.get(documents[0] ?? '')).toEqual(photo);
    expect(verify(bundle, log.policy(), null, use)).toMatchObject({ evidence: 'valid', answer: 'yes' });
    expect([...filesOf(bundleOf(log, range())).keys()].some((name) => name.startsWith('files/'))).toBe(false);
  });
});

describe('a picture that had to make room while the bundle was written', () => {
  it('is left out, and the bundle stays valid', () => {
    const photo = utf8('a photo of the dock');
    class Forgetful extends SmallLog {
      override fileSize(sha256: Uint8Array): number | null {
        return super.file(sha256)?.length ?? null;
      }

      override file(sha256: Uint8Array): Uint8Array | null {
        const found = super.file(sha256);
        return found !== null && toHex(found) === toHex(photo) ? null : found;
      }
    }
    const log = new Forgetful();
    log.stored.set(toHex(use.sha256(photo)), photo);
    for (let no = 0; no < 24; no++) {
      const t0 = T + no * 10 * MINUTE;
      log.record(0, t0, 14, [use.sha256(photo), photo.length, 'image/jpeg', 'cam-1', t0]);
      for (let m = 0; m < 10; m++) log.reading(1, t0 + m * MINUTE, 400);
      log.seal(t0 + 10 * MINUTE);
    }
    const bundle = bundleOf(log, range(), { events: true });
    expect([...filesOf(bundle).keys()].some((name) => name.startsWith('files/'))).toBe(false);
    expect(verify(bundle, log.policy(), null, use)).toMatchObject({ evidence: 'valid', answer: 'yes' });
  });
});

describe('a window too long for one bundle', () => {
  const log = fourHours();
  const request = requestOf(log, range({ from: T + HOUR, to: T + 3 * HOUR }));

  /** The same log, whose blocks claim to be larger than they are. */
  function weighing(leaves: number): SmallLog {
    return Object.assign(Object.create(log), {
      segmentSizes: (no: number) => log.segmentSizes(no).map((s) => ({ ...s, leaves })),
    });
  }

  it('is one part while it fits', () => {
    expect(planParts(log, request)).toEqual([{ from: T + HOUR, to: T + 3 * HOUR }]);
  });

  it('is cut at ends of blocks into parts that meet, each of which answers for itself', () => {
    const parts = planParts(weighing(50 * 1024 * 1024), request);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts[0]?.from).toBe(T + HOUR);
    expect(parts.at(-1)?.to).toBe(T + 3 * HOUR);
    for (const [i, part] of parts.entries()) {
      if (i > 0) expect(part.from).toBe(parts[i - 1]?.to);
      expect((part.from - T) % (10 * MINUTE)).toBe(0);
      const question = { ...range(), ...part };
      const sink = new MemorySink();
      writeBundle(log, { ...request, question }, sink, use);
      const verdict = verify(sink.take(), log.policy(), question, use);
      expect(verdict).toMatchObject({ evidence: 'valid', answer: 'yes' });
    }
  });

  it('is cut where more heads would have to date it than a bundle has', () => {
    const dated: BundleRequest = { ...request, question: range({ from: T, to: T + 4 * HOUR }) };
    const many = Object.assign(Object.create(log), {
      blocksBetween: () => ({ a: 0, b: 4000 }),
      block: (no: number) => ({ ...log.block(no % 24), t0: T + no * 3000 }),
    });
    const parts = planParts(many, { ...dated, size: 4000 });
    expect(parts.length).toBe(3);
    const undated = { ...dated.policy, witnesses: [] };
    expect(planParts(many, { ...dated, size: 4000, policy: undated })).toHaveLength(1);
  });

  it('is halved at the end of a block, until no block ends within it', () => {
    const halves = halvesOf(log, { from: T + HOUR, to: T + 2 * HOUR });
    expect(halves).toEqual([
      { from: T + HOUR, to: T + HOUR + 30 * MINUTE },
      { from: T + HOUR + 30 * MINUTE, to: T + 2 * HOUR },
    ]);
    expect(halvesOf(log, { from: T + 1, to: T + 9 * MINUTE })).toBeNull();
  });

  it('is refused by the writer when it is too large all the same', () => {
    const sink: ZipSink = { write: () => undefined, patch: () => undefined };
    const zip = new ZipWriter(sink, (bytes) => bytes.subarray(0, 2000));
    const piece = new Uint8Array(1024 * 1024);
    for (const name of ['a', 'b', 'c', 'd']) {
      zip.begin(name);
      for (let i = 0; i < 64; i++) zip.write(piece);
      if (name === 'd') expect(() => zip.write(piece)).toThrow('269484032 bytes');
      else zip.end();
    }
    const other = new ZipWriter(sink, (bytes) => bytes.subarray(0, 2000));
    other.begin('a');
    for (let i = 0; i < 64; i++) other.write(piece);
    expect(() => other.write(piece)).toThrow('a: 68157440 bytes, at most 67108864');
  });
});

it('a bundle in pieces is, bit by bit, the same again', () => {
  const log = fourHours();
  expect(bundleOf(log, range())).toEqual(bundleOf(log, range()));
  expect(requestOf(log, range()).origin).toBe(ORIGIN);
});
