import { CborError, decodeSequence, encode } from '../../evidence/cbor.ts';
import { decodeBlock } from '../../evidence/block.ts';
import { decodeDescriptor } from '../../evidence/descriptor.ts';
import { toHex } from '../../evidence/encodings.ts';
import type { Policy } from '../../evidence/policy.ts';
import type { Question } from '../../evidence/question.ts';
import type { Verdict } from '../../evidence/verdict.ts';
import { VerificationError } from '../../evidence/verification-error.ts';
import { verify } from '../../evidence/verify.ts';
import { openContainer, type Container, type StreamFiles } from '../../evidence/verify-container.ts';
import type { StepName } from '../../evidence/verify-steps.ts';
import { Curves, nameOf, pictureOf, type Picture, type StreamName } from './picture.ts';
import { browserPrimitives } from './primitives.ts';

/** What a bundle says of itself, of which nothing is verified yet. */
export type Claims = {
  readonly origin: string;
  /** The sender's, unsigned; null for none. */
  readonly question: Question | null;
  /** Where the sender asks nothing: were all measured streams there, over all the time there is? */
  readonly proposal: Question | null;
  readonly streams: readonly StreamName[];
};

export type Inspected = {
  /** SHA-256 of the file, hex. */
  readonly bundle: string;
  readonly failure: Verdict['failure'];
  readonly claims: Claims | null;
};

/** Step 1 alone, which needs no policy: is it a bundle at all, and what is it said to be? */
export function inspect(bytes: Uint8Array): Inspected {
  const bundle = toHex(browserPrimitives.sha256(bytes));
  try {
    return { bundle, failure: null, claims: claimsOf(openContainer(bytes, browserPrimitives)) };
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    return { bundle, failure: { code: error.code, where: error.where }, claims: null };
  }
}

function claimsOf(container: Container): Claims {
  const { origin, question } = container;
  const streams = container.streams.flatMap(nameIn);
  return { origin, question, proposal: question ?? proposalFor(container, streams), streams };
}

/** Nothing for a descriptor that cannot be read: a later step says so. */
function nameIn({ slot, descriptors }: StreamFiles): StreamName[] {
  return unlessMalformed(() => [
    nameOf(
      slot,
      decodeSequence(descriptors()).map((item) => decodeDescriptor(encode(item))),
    ),
  ]);
}

function proposalFor({ blocks }: Container, streams: readonly StreamName[]): Question | null {
  const measured = streams.filter((s) => s.kind === 1);
  const [first] = measured;
  const ends = unlessMalformed(() =>
    [blocks[0], blocks.at(-1)].flatMap((block) => (block === undefined ? [] : [decodeBlock(block)])),
  );
  const [from = 0, to = 0] = [ends[0]?.t0, ends.at(-1)?.t1];
  if (first === undefined || to <= from) return null;
  return {
    kind: 'range',
    from,
    to,
    slots: measured.filter((s) => s.unit === first.unit && s.exp === first.exp).map((s) => s.slot),
    unit: first.unit,
    exp: first.exp,
    min: Number.MIN_SAFE_INTEGER,
    max: Number.MAX_SAFE_INTEGER,
    maxGapMs: Math.max(1, first.maxGapMs),
    allowOutMs: 0,
    allowGapMs: 0,
  };
}

function unlessMalformed<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof CborError || error instanceof VerificationError) return [];
    throw error;
  }
}

export type Checked = {
  readonly verdict: Verdict;
  /** Null unless the evidence is valid. */
  readonly picture: Picture | null;
};

/** Where a check is: `done` of `total` records in step `leaves`. */
export type Progress = { readonly step: StepName; readonly done: number; readonly total: number | null };

/** The whole verification, with its picture. @param tell is told about a hundred times at the most */
export function check(
  bytes: Uint8Array,
  policy: Policy,
  question: Question | null,
  tell: (progress: Progress) => void,
): Checked {
  const curves = new Curves(question);
  let picture: Picture | null = null;
  let [done, total] = [0, 0];
  const verdict = verify(bytes, policy, question, browserPrimitives, {
    step: (step, leaves) => {
      total = leaves ?? 0;
      tell({ step, done: 0, total: leaves });
    },
    leaf: (leaf, d) => {
      done += 1;
      if (done % Math.max(1000, Math.ceil(total / 100)) === 0) tell({ step: 'leaves', done, total });
      curves.see(leaf, d);
    },
    proven: (proven, asked) => (picture = pictureOf(proven, asked, curves)),
  });
  return { verdict, picture };
}
