import type { Primitives } from './primitives.ts';
import type { Question } from './question.ts';
import { questionAt } from './question.ts';
import { parseStrictJson } from '../domain/strict-json.ts';
import { BUNDLE_FORMAT, BUNDLE_JSON, CHECKPOINT, LOG, MAX_HEADS, bundleFileOf } from './bundle-files.ts';
import { CborReader } from './cbor-reader.ts';
import { CborError } from './cbor.ts';
import { toHex } from './encodings.ts';
import { JsonFault, JsonField } from './json-fields.ts';
import { bytes, list, tuple, uint } from './shape.ts';
import { VerificationError } from './verification-error.ts';
import { indexZip, unpack } from './zip.ts';

/** Unpacks a file when its step comes, so that one is held at a time. @throws VerificationError */
export type Packed = () => Uint8Array;

/** One disclosed stream: its files, not yet unpacked. */
export type StreamFiles = {
  readonly slot: number;
  readonly descriptors: Packed;
  readonly segments: Packed;
  readonly full: Packed | null;
  readonly some: Packed | null;
};

/** `[a, b, N, left, right]`: blocks [a, b) of the log of N, and the roots on both sides of them. */
export type LogHead = {
  readonly a: number;
  readonly b: number;
  readonly size: number;
  readonly left: readonly Uint8Array[];
  readonly right: readonly Uint8Array[];
};

export type Container = {
  readonly origin: string;
  /** What the maker of the bundle says it is for; unsigned. */
  readonly question: Question | null;
  readonly checkpoint: Uint8Array;
  /** By size, ascending. */
  readonly heads: ReadonlyMap<number, Uint8Array>;
  readonly ledger: ReadonlyMap<number, Packed>;
  readonly log: LogHead;
  /** CBOR of B_a … B_{b-1}, not yet looked into. */
  readonly blocks: readonly Uint8Array[];
  /** By slot, ascending. */
  readonly streams: readonly StreamFiles[];
};

/** Hashes beside a path, or on one side of the log. */
export const MAX_PATH = 64;
/** Items of [a, b, N, left, right] with those of both sides. */
const MAX_LOG_HEAD = 5 + 2 * MAX_PATH;
/** A week of blocks closed as early as they may be; a longer window is several bundles. */
const MAX_BLOCKS = 65_536;

type LogItems = readonly [number, number, number, readonly Uint8Array[], readonly Uint8Array[]];
const isLogHead = tuple<LogItems>(uint, uint, uint, list(bytes(32), MAX_PATH), list(bytes(32), MAX_PATH));

/** An inflater may put content shorter than this beside others into one buffer, as Node's pool does. */
const UNSHARED_BYTES = 65_536;

/** Step 1: the framing, its limits, and only names that a bundle has. @throws VerificationError */
export function openContainer(bundle: Uint8Array, { inflate, sha256 }: Primitives): Container {
  const zip = indexZip(bundle);
  if (!zip.ok) throw new VerificationError(zip.limit ? 'BUNDLE_LIMIT' : 'BUNDLE_FORMAT', zip.why);
  const heads = new Map<number, Uint8Array>();
  const ledger = new Map<number, Packed>();
  const streams = new Map<number, Partial<Record<string, Packed>>>();
  const contentOf = (name: string): Uint8Array => {
    const entry = zip.entries.get(name);
    if (entry === undefined) throw new VerificationError('BUNDLE_FORMAT', `${name} is missing`);
    const content = unpack(entry, inflate);
    if (content === null)
      throw new VerificationError('BUNDLE_FORMAT', `${name} does not unpack to what it says`);
    return content;
  };
  const hashOf = (name: string): string => {
    const content = contentOf(name);
    const hash = toHex(sha256(content));
    // Given back now: the collector would let many such files stand, for they are outside its heap. A short
    // one may share its memory with others.
    const isOwn = zip.entries.get(name)?.isDeflated === true && content.length >= UNSHARED_BYTES;
    if (isOwn && content.buffer instanceof ArrayBuffer) content.buffer.transfer(0);
    return hash;
  };
  for (const name of zip.entries.keys()) {
    const file = bundleFileOf(name);
    const packed = (): Uint8Array => contentOf(name);
    if (file === null) throw new VerificationError('BUNDLE_FORMAT', `${name}: no bundle has such a file`);
    if (file.kind === 'head') heads.set(file.size, packed());
    if (heads.size > MAX_HEADS) throw new VerificationError('BUNDLE_LIMIT', `more than ${MAX_HEADS} heads`);
    if (file.kind === 'ledger') ledger.set(file.size, packed);
    if (file.kind === 'stream') streams.set(file.slot, { ...streams.get(file.slot), [file.part]: packed });
    if (file.kind === 'content' && hashOf(name) !== file.sha256)
      throw new VerificationError('BUNDLE_FORMAT', `${name}: content has another hash`);
  }
  const { log, blocks } = readLog(contentOf(LOG));
  return {
    ...readBundleJson(contentOf(BUNDLE_JSON)),
    checkpoint: contentOf(CHECKPOINT),
    heads: new Map([...heads].sort(([a], [b]) => a - b)),
    ledger,
    log,
    blocks,
    streams: [...streams].sort(([a], [b]) => a - b).map(([slot, parts]) => streamFiles(slot, parts)),
  };
}

function readBundleJson(content: Uint8Array): { origin: string; question: Question | null } {
  const json = parseStrictJson(content, 65_536);
  if (!json.ok) throw new VerificationError('BUNDLE_FORMAT', `${BUNDLE_JSON}: ${json.reason}`);
  try {
    const f = new JsonField(json.value, '').fields('format', 'origin', 'question');
    f('format').is(BUNDLE_FORMAT);
    const question = f('question');
    return { origin: f('origin').text(), question: question.isNull() ? null : questionAt(question) };
  } catch (error) {
    if (error instanceof JsonFault)
      throw new VerificationError('BUNDLE_FORMAT', `${BUNDLE_JSON}: ${error.message}`);
    throw error;
  }
}

function readLog(content: Uint8Array): { log: LogHead; blocks: readonly Uint8Array[] } {
  const reader = new CborReader(content);
  return reading('BUNDLE_FORMAT', LOG, () => {
    const head = reader.item(MAX_LOG_HEAD);
    if (!isLogHead(head)) throw new CborError('no [a, b, N, left, right]');
    const [a, b, size, left, right] = head;
    const blocks: Uint8Array[] = [];
    while (!reader.done) {
      if (blocks.length === MAX_BLOCKS)
        throw new VerificationError('BUNDLE_LIMIT', `${LOG}: more than ${MAX_BLOCKS} blocks`);
      blocks.push(reader.encoded());
    }
    return { log: { a, b, size, left, right }, blocks };
  });
}

function streamFiles(slot: number, parts: Partial<Record<string, Packed>>): StreamFiles {
  const { descriptors, segments, full = null, some = null } = parts;
  if (descriptors === undefined || segments === undefined || (full !== null && some !== null))
    throw new VerificationError(
      'BUNDLE_FORMAT',
      `streams/${slot}: needs descriptors, segments and one of full, some`,
    );
  return { slot, descriptors, segments, full, some };
}

/** Reads CBOR from a file of the bundle: what is none is a failure with this code, there. */
export function reading<T>(code: VerificationError['code'], where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CborError)
      throw new VerificationError(code, `${where}: ${error.message}`, { cause: error });
    throw error;
  }
}
