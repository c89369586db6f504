import type { Value } from '../../src/domain/record.ts';
import type { BundleRequest } from '../../src/evidence/bundle.ts';
import type { LeafPick } from '../../src/evidence/leaf-pick.ts';
import type { Policy } from '../../src/evidence/policy.ts';
import type { PresentQuestion, Question, RangeQuestion } from '../../src/evidence/question.ts';
import type { SmallLog } from './small-log.ts';
import { requireSound, writeBundle } from '../../src/evidence/bundle.ts';
import { decodeSequence, encode } from '../../src/evidence/cbor.ts';
import { concatBytes } from '../../src/evidence/encodings.ts';
import { verify } from '../../src/evidence/verify.ts';
import { MemorySink, writeZip } from '../../src/evidence/zip-writer.ts';
import { readZip } from '../../src/evidence/zip.ts';
import { deflate, nodePrimitives } from './primitives.ts';
import { MINUTE, ORIGIN, T } from './small-log.ts';

export const HOUR = 60 * MINUTE;
export const use = { ...nodePrimitives, deflate };

/** Slot 1 between 2 and 8 °C in the second hour. */
export function range(change: Partial<RangeQuestion> = {}): RangeQuestion {
  return {
    kind: 'range',
    from: T + HOUR,
    to: T + 2 * HOUR,
    slots: [1],
    unit: 'Cel',
    exp: -2,
    min: 200,
    max: 800,
    maxGapMs: 5 * MINUTE,
    allowOutMs: 0,
    allowGapMs: 0,
    ...change,
  };
}

export function present(change: Partial<PresentQuestion> = {}): PresentQuestion {
  return {
    kind: 'present',
    from: T + HOUR,
    to: T + 2 * HOUR,
    slots: [1],
    epc: 'e2000001',
    maxGapMs: 5 * MINUTE,
    allowGapMs: 0,
    ...change,
  };
}

export type BundleChoice = {
  readonly mode?: BundleRequest['mode'];
  readonly pick?: LeafPick;
  /** Streams shown beside those of the question. */
  readonly beside?: readonly number[];
  readonly events?: boolean;
  readonly k?: number;
};

export function requestOf(log: SmallLog, question: Question, choice: BundleChoice = {}): BundleRequest {
  const policy = log.policy(choice.k).get(ORIGIN);
  if (policy === undefined) throw new Error('no policy');
  const { mode = 'full', events = false, beside = [], pick = { kind: 'times', times: [] } } = choice;
  const slots = [...question.slots, ...beside];
  return { origin: ORIGIN, size: log.size(), question, slots, mode, pick, events, someEvents: null, policy };
}

/** What the log itself hands out; throws where it does not prove itself. */
export function bundleOf(log: SmallLog, question: Question, choice: BundleChoice = {}): Uint8Array {
  const bundle = uncheckedBundleOf(log, question, choice);
  requireSound(bundle, requestOf(log, question, choice), use);
  return bundle;
}

/** What a liar hands out: the same bundle without the check of its maker. */
export function uncheckedBundleOf(log: SmallLog, question: Question, choice: BundleChoice = {}): Uint8Array {
  const sink = new MemorySink();
  writeBundle(log, requestOf(log, question, choice), sink, use);
  return sink.take();
}

export function ask(
  log: SmallLog,
  question: Question,
  choice: BundleChoice = {},
  policy: Policy = log.policy(choice.k),
) {
  return verify(uncheckedBundleOf(log, question, choice), policy, question, use);
}

export function filesOf(bundle: Uint8Array): Map<string, Uint8Array> {
  const read = readZip(bundle, use.inflate);
  if (!read.ok) throw new Error(read.why);
  return new Map(read.files);
}

export function zipOf(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  return writeZip(
    Array.from(files, ([name, bytes]) => ({ name, bytes })),
    deflate,
  );
}

/** The bundle with one file made anew; null takes it out. */
export function withFile(
  bundle: Uint8Array,
  name: string,
  change: (bytes: Uint8Array) => Uint8Array | null,
): Uint8Array {
  const files = filesOf(bundle);
  const changed = change(files.get(name) ?? new Uint8Array());
  if (changed === null) files.delete(name);
  else files.set(name, changed);
  return zipOf(files);
}

/** The bundle with the items of one CBOR sequence changed. */
export function withItems(
  bundle: Uint8Array,
  name: string,
  change: (items: readonly Value[]) => readonly Value[],
): Uint8Array {
  return withFile(bundle, name, (bytes) =>
    concatBytes(...change(decodeSequence(bytes)).map((item) => encode(item))),
  );
}
