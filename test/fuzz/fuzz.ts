import { CborReader } from '../../src/evidence/cbor-reader.ts';
import { CborError, decode, encode } from '../../src/evidence/cbor.ts';
import { decodeBlock } from '../../src/evidence/block.ts';
import { decodeDescriptor } from '../../src/evidence/descriptor.ts';
import { bytesEqual, toHex } from '../../src/evidence/encodings.ts';
import { decodeSegment } from '../../src/evidence/segment.ts';
import { verify } from '../../src/evidence/verify.ts';
import { BUNDLE_MUTATIONS } from './bundle-mutations.ts';
import { BYTE_MUTATIONS } from './byte-mutations.ts';
import { corpus, primitives, type Honest } from './corpus.ts';
import { frame } from './frame.ts';
import { wrongIn } from './oracle.ts';
import { Randomness } from './randomness.ts';

export type Found = { readonly problem: string; readonly input: string };

export type FuzzReport = {
  readonly cases: number;
  /** Bundles whose evidence was still valid, and codes of the others with how often. */
  readonly valid: number;
  readonly failures: ReadonlyMap<string, number>;
  /** Structures that were still well-formed. */
  readonly decoded: number;
  readonly slowestMs: number;
  readonly found: readonly Found[];
};

const MOST_FOUND = 5;

/** So many changed bundles, CBOR structures and raw files, the same ones for the same seed. */
export function fuzz(
  seed: number,
  cases: number,
  onCase: (done: number) => void = () => undefined,
): FuzzReport {
  const random = new Randomness(seed);
  const bundles = corpus();
  const structures = bundles.flatMap((b) => structuresIn(b));
  const failures = new Map<string, number>();
  const found: Found[] = [];
  let valid = 0;
  let decoded = 0;
  let slowestMs = 0;
  const note = (problem: string, input: Uint8Array): void => {
    if (found.length < MOST_FOUND) found.push({ problem, input: toHex(input) });
  };
  for (let n = 0; n < cases; n++) {
    const begun = performance.now();
    if (n % 4 === 0) {
      const input = mutated(random.oneOf(structures), random);
      const result = structure(input);
      if (result.problem !== null) note(result.problem, input);
      if (result.isWhole) decoded += 1;
    } else {
      const honest = random.oneOf(bundles);
      const input = n % 4 === 1 ? mutated(honest.bundle, random) : framed(honest, bundles, random);
      const result = judged(input, honest, bundles);
      if (result.problem !== null) note(result.problem, input);
      if (result.code === null) valid += 1;
      else failures.set(result.code, (failures.get(result.code) ?? 0) + 1);
    }
    slowestMs = Math.max(slowestMs, performance.now() - begun);
    onCase(n + 1);
  }
  return { cases, valid, failures, decoded, slowestMs, found };
}

function mutated(bytes: Uint8Array, random: Randomness): Uint8Array {
  let out = bytes;
  for (let times = 1 + random.below(3); times > 0; times--) out = random.oneOf(BYTE_MUTATIONS)(out, random);
  return out;
}

function framed(honest: Honest, bundles: readonly Honest[], random: Randomness): Uint8Array {
  let { files } = honest;
  const others = bundles.filter((b) => b !== honest).map((b) => b.files);
  for (let times = 1 + random.below(2); times > 0; times--)
    if (files.size > 0) files = random.oneOf(BUNDLE_MUTATIONS)(files, random, others);
  return frame(files);
}

function judged(
  input: Uint8Array,
  honest: Honest,
  bundles: readonly Honest[],
): { problem: string | null; code: string | null } {
  try {
    const verdict = verify(input, honest.policy, honest.question, primitives);
    const sameLog = bundles.filter((b) => b.verdict.root === honest.verdict.root);
    return { problem: wrongIn(input, verdict, sameLog), code: verdict.failure?.code ?? null };
  } catch (error) {
    return { problem: `verify threw ${String(error)}`, code: 'threw' };
  }
}

/** CBOR of blocks, segments, descriptors and leaves as they are in a bundle. */
function structuresIn({ files }: Honest): Uint8Array[] {
  return [...files].flatMap(([name, bytes]) => {
    if (!name.endsWith('.cbor')) return [];
    const reader = new CborReader(bytes);
    const items: Uint8Array[] = [];
    while (!reader.done) items.push(reader.encoded());
    return items;
  });
}

const DECODERS = [decodeBlock, decodeSegment, decodeDescriptor] as const;

/** Every reader of structures takes an input or says why not; what is taken has no other encoding. */
function structure(input: Uint8Array): { problem: string | null; isWhole: boolean } {
  try {
    for (const decoder of DECODERS) attempt(() => decoder(input));
    const item = attempt(() => decode(input));
    const passed = attempt(() => {
      const reader = new CborReader(input);
      const encoded = reader.encoded();
      if (!reader.done) throw new CborError('more than one item');
      return encoded;
    });
    if ((item === undefined) !== (passed === undefined)) return { problem: 'readers differ', isWhole: false };
    if (item === undefined) return { problem: null, isWhole: false };
    const again = encode(item);
    return { problem: bytesEqual(again, input) ? null : `${toHex(again)} is its encoding`, isWhole: true };
  } catch (error) {
    return { problem: `a decoder threw ${String(error)}`, isWhole: false };
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CborError) return undefined;
    throw error;
  }
}
