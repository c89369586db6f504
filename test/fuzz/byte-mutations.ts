import { concatBytes } from '../../src/evidence/encodings.ts';
import type { Randomness } from './randomness.ts';

/** A change of bytes that knows nothing of what they mean. */
export type ByteMutation = (bytes: Uint8Array, random: Randomness) => Uint8Array;

/** Heads of CBOR items that promise much, are outside the profile or stand at a limit. */
const HEADS: readonly Uint8Array[] = [
  '9b001fffffffffffff',
  '9affffffff',
  '5b7fffffffffffffff',
  '5affffffff',
  '7affffffff',
  '1b0020000000000000',
  '3b001fffffffffffff',
  '8181818181818181818181',
  '9f',
  '5f',
  'f97e00',
  'fb7ff0000000000000',
  'a10102',
  'c074',
  'f5',
  'f6',
  '1800',
  '190017',
  '62c328',
  '63efbbbf',
  '6365cc81',
].map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));

function span(bytes: Uint8Array, random: Randomness): { readonly from: number; readonly to: number } {
  const from = random.below(bytes.length + 1);
  return { from, to: Math.min(bytes.length, from + random.below(random.oneOf([2, 8, 64, 512]))) };
}

function spliced(bytes: Uint8Array, from: number, to: number, inside: Uint8Array): Uint8Array {
  return concatBytes(bytes.subarray(0, from), inside, bytes.subarray(to));
}

const flip: ByteMutation = (bytes, random) => {
  const out = bytes.slice();
  for (let n = 1 + random.below(3); n > 0 && out.length > 0; n--) {
    const at = random.below(out.length);
    out[at] = (out[at] ?? 0) ^ (1 << random.below(8));
  }
  return out;
};

const overwrite: ByteMutation = (bytes, random) => {
  const out = bytes.slice();
  if (out.length > 0)
    out[random.below(out.length)] = random.oneOf([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
  return out;
};

const truncate: ByteMutation = (bytes, random) => bytes.slice(0, random.below(bytes.length + 1));
const behead: ByteMutation = (bytes, random) => bytes.slice(random.below(bytes.length + 1));

const remove: ByteMutation = (bytes, random) => {
  const { from, to } = span(bytes, random);
  return spliced(bytes, from, to, new Uint8Array());
};

const repeat: ByteMutation = (bytes, random) => {
  const { from, to } = span(bytes, random);
  return spliced(bytes, to, to, bytes.subarray(from, to));
};

const move: ByteMutation = (bytes, random) => {
  const { from, to } = span(bytes, random);
  const rest = spliced(bytes, from, to, new Uint8Array());
  const at = random.below(rest.length + 1);
  return spliced(rest, at, at, bytes.subarray(from, to));
};

const promise: ByteMutation = (bytes, random) => {
  const at = random.below(bytes.length + 1);
  return spliced(bytes, at, Math.min(bytes.length, at + random.below(10)), random.oneOf(HEADS));
};

const noise: ByteMutation = (bytes, random) => {
  const inside = Uint8Array.from({ length: random.below(40) }, () => random.below(256));
  const { from, to } = span(bytes, random);
  return spliced(bytes, from, to, inside);
};

const nest: ByteMutation = (bytes, random) =>
  concatBytes(new Uint8Array(1 + random.below(2000)).fill(0x81), bytes);

export const BYTE_MUTATIONS: readonly ByteMutation[] = [
  flip,
  flip,
  flip,
  overwrite,
  truncate,
  behead,
  remove,
  repeat,
  move,
  promise,
  noise,
  nest,
];
