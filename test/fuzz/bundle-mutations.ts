import type { Value } from '../../src/domain/record.ts';
import { CborError, decodeSequence, encode } from '../../src/evidence/cbor.ts';
import { concatBytes, fromUtf8, utf8 } from '../../src/evidence/encodings.ts';
import { BYTE_MUTATIONS } from './byte-mutations.ts';
import type { Randomness } from './randomness.ts';

export type Files = ReadonlyMap<string, Uint8Array>;

/** A change of a bundle that knows what its files are; the result is framed anew, with its sums right. */
export type BundleMutation = (files: Files, random: Randomness, others: readonly Files[]) => Files;

const changed = (files: Files, name: string, bytes: Uint8Array): Files => new Map(files).set(name, bytes);

const bytesOfOne: BundleMutation = (files, random) => {
  const [name, bytes] = random.oneOf([...files]);
  return changed(files, name, random.oneOf(BYTE_MUTATIONS)(bytes, random));
};

const fileOfAnother: BundleMutation = (files, random, others) => {
  const [name, bytes] = random.oneOf([...random.oneOf(others)]);
  return changed(files, name, bytes);
};

const contentUnderAnotherName: BundleMutation = (files, random) =>
  changed(files, random.oneOf([...files.keys()]), random.oneOf([...files.values()]));

const without: BundleMutation = (files, random) => {
  const name = random.oneOf([...files.keys()]);
  return new Map([...files].filter(([n]) => n !== name));
};

const NAMES = ['heads/1', 'heads/9007199254740992', 'streams/1/some.cbor', 'streams/1023/full.cbor', 'x'];

const renamed: BundleMutation = (files, random) => {
  const [name, bytes] = random.oneOf([...files]);
  const copy = new Map([...files].filter(([n]) => n !== name));
  return copy.set(random.oneOf([...NAMES, ...files.keys()]), bytes);
};

/** Items of a sequence, or of an array anywhere in it: taken out, twice, exchanged, replaced. */
const items: BundleMutation = (files, random) => {
  const name = random.oneOf([...files.keys()].filter((n) => n.endsWith('.cbor')));
  try {
    const sequence = decodeSequence(files.get(name) ?? new Uint8Array());
    const edited = edit(sequence, random, 1 + random.below(5));
    return changed(files, name, concatBytes(...edited.map((item) => encode(item))));
  } catch (error) {
    // What an earlier change broke, or a value beyond the profile's nesting: the bytes are changed then.
    if (error instanceof CborError) return bytesOfOne(files, random, []);
    throw error;
  }
};

function edit(list: readonly Value[], random: Randomness, depth: number): readonly Value[] {
  const n = random.below(list.length + 1);
  const item = list[n] ?? null;
  if (depth > 1 && Array.isArray(item)) return list.toSpliced(n, 1, edit(item, random, depth - 1));
  switch (random.below(5)) {
    case 0:
      return list.toSpliced(n, 1);
    case 1:
      return list.toSpliced(n, 0, item);
    case 2:
      return list.toSpliced(n, 2, list[n + 1] ?? null, item);
    case 3:
      return list.toSpliced(n, 1, list[random.below(list.length)] ?? null);
    default:
      return list.toSpliced(n, 1, random.oneOf(VALUES));
  }
}

const VALUES: readonly Value[] = [
  null,
  0,
  1,
  -1,
  65_535,
  65_536,
  2 ** 53 - 1,
  -(2 ** 53 - 1),
  1_767_225_600_000,
  '',
  'Cel',
  new Uint8Array(),
  new Uint8Array(32),
  new Uint8Array(64),
  [],
  [null],
  [[[[1]]]],
  Array.from({ length: 70 }, () => new Uint8Array(32)),
];

function isNote(name: string): boolean {
  return name === 'checkpoint' || name.startsWith('heads/');
}

/** Lines of a note taken out, twice, exchanged, of another note. */
const lines: BundleMutation = (files, random, others) => {
  const names = [...files.keys()].filter((name) => isNote(name));
  const notes = [files, ...others].flatMap((f) => [...f].filter(([name]) => isNote(name)));
  if (names.length === 0) return bytesOfOne(files, random, others);
  const name = random.oneOf(names);
  const own = (fromUtf8(files.get(name) ?? new Uint8Array()) ?? '').split('\n');
  const foreign = (fromUtf8(random.oneOf(notes)[1]) ?? '').split('\n');
  const n = random.below(own.length);
  const count = random.below(3);
  const inside = random.oneOf([[], [own[n] ?? ''], [random.oneOf(own)], [random.oneOf(foreign)]]);
  return changed(files, name, utf8(own.toSpliced(n, count, ...inside).join('\n')));
};

export const BUNDLE_MUTATIONS: readonly BundleMutation[] = [
  bytesOfOne,
  bytesOfOne,
  bytesOfOne,
  items,
  items,
  items,
  lines,
  fileOfAnother,
  contentUnderAnotherName,
  without,
  renamed,
];
