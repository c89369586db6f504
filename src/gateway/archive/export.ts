import { renameSync } from 'node:fs';
import { StorageError } from '../../domain/errors.ts';
import { cosignaturesOn, LOOK_BACK, ownersIn } from '../../anchoring/witness/cosigned-heads.ts';
import type { SqliteArchive } from '../../buffer/archive.ts';
import type { BundleWish } from '../../domain/bundle-wish.ts';
import { decodeBlock } from '../../evidence/block.ts';
import { halvesOf, planParts } from '../../evidence/bundle-plan.ts';
import { requireSound, writeBundle, type BundleRequest } from '../../evidence/bundle.ts';
import type { Interval } from '../../evidence/intervals.ts';
import type { OriginPolicy } from '../../evidence/policy.ts';
import type { Question } from '../../evidence/question.ts';
import { chooseStreams } from './bundle-choice.ts';
import { BundleFile, guardedWrite } from './bundle-file.ts';
import { staysOf } from './goods-wish.ts';
import { logPolicy, type Had, type LogPolicy } from '../keys/policy.ts';
import { deflate, nodePrimitives } from '../site/primitives.ts';

export type ExportArgs = BundleWish & {
  readonly directory: string;
  readonly policyFile: Uint8Array | null;
  /** Where the bundle goes; of several, the n-th gets `-n` before its ending. */
  readonly out: string;
  /** Makes only the first bundle and gives it the name `out`. */
  readonly firstOnly: boolean;
};

/** The bundles of one window, in its order, and what is in them. */
export type Exported = {
  readonly bundles: readonly ExportedBundle[];
  readonly origin: string;
  /** Size of the head they are proven under, and whether a ledger's proof of that head is in them. */
  readonly size: number;
  readonly ledgerProof: boolean;
  /** Streams disclosed, by slot. */
  readonly slots: readonly number[];
  /** Of these only headers could be shown, because leaves of theirs were erased. */
  readonly erased: readonly number[];
  /** End of the sealed history, ms: what is later is not in the bundle. */
  readonly sealedUntil: number;
};

export type ExportedBundle = {
  readonly file: string;
  readonly bytes: number;
  readonly question: Question;
  /** Rule files, snapshots and other documents in it. */
  readonly documents: number;
};

/** Percent done of the part that is being made, of all parts there are so far. */
export type ExportProgress = { readonly part: number; readonly parts: number; readonly percent: number };

/** Makes the bundles that answer a question about one window, each checked. @throws StorageError */
export function exportBundles(
  archive: SqliteArchive,
  args: ExportArgs,
  progress: (value: ExportProgress) => void,
): Had<Exported> {
  const identity = logPolicy(args.directory, archive, args.policyFile);
  if (!identity.ok) return identity;
  const stays = staysOf(archive, args);
  if (!stays.ok) return stays;
  const size = chooseHead(archive, args, identity.value);
  if (size === null)
    return { ok: false, why: 'nothing is sealed and signed yet; ask again after the next block' };
  const { mode, events, firstOnly } = args;
  const requests: BundleRequest[] = [];
  for (const { wish, someEvents } of stays.value.slice(0, firstOnly ? 1 : undefined)) {
    const { from, to } = wish;
    const chosen = chooseStreams(wish, archive.streams(), archive.blocksBetween(from, to));
    if (!chosen.ok) return chosen;
    requests.push({ ...identity.value, size, ...chosen.value, mode, events, someEvents });
  }
  const made = makeSteadily(archive, () => makeParts(archive, requests, args, progress));
  if (!made.ok) return made;
  const last = archive.block(size - 1);
  return {
    ok: true,
    value: {
      ...made.value,
      origin: identity.value.origin,
      size,
      ledgerProof: archive.ledgerProof(size) !== null,
      slots: [...new Set(requests.flatMap((r) => r.slots))].sort((x, y) => x - y),
      sealedUntil: last === null ? 0 : decodeBlock(last.block).t1,
    },
  };
}

type Made = Pick<Exported, 'bundles' | 'erased'>;

/** What was read before an erasure and after it does not prove itself, and nobody has tampered with it. */
function makeSteadily(archive: SqliteArchive, make: () => Had<Made>): Had<Made> {
  const before = archive.erasedSegments();
  try {
    return make();
  } catch (error) {
    if (!(error instanceof StorageError) || archive.erasedSegments() === before) throw error;
    return { ok: false, why: 'records were erased meanwhile; ask again when that is done' };
  }
}

function makeParts(
  archive: SqliteArchive,
  requests: readonly BundleRequest[],
  { out, firstOnly }: ExportArgs,
  progress: (value: ExportProgress) => void,
): Had<Made> {
  const parts = requests
    .flatMap((request) => planParts(archive, request).map((part) => ({ request, part })))
    .slice(0, firstOnly ? 1 : undefined);
  using files = new DisposableStack();
  const made: { file: BundleFile; bundle: ExportedBundle }[] = [];
  const erased = new Set<number>();
  for (let i = 0; i < parts.length; i++) {
    const planned = parts[i];
    if (planned === undefined) break;
    const { request, part } = planned;
    const file = new BundleFile(`${out}.${i + 1}.part`);
    const tell = (percent: number): void => progress({ part: i + 1, parts: parts.length, percent });
    try {
      const { bundle, cut } = makePart(archive, request, part, file, tell);
      for (const slot of cut) erased.add(slot);
      files.use(file);
      made.push({ file, bundle });
    } catch (error) {
      file[Symbol.dispose]();
      // Larger than a verifier opens.
      if (!(error instanceof RangeError)) throw error;
      const halves = halvesOf(archive, part);
      if (halves === null)
        return { ok: false, why: `${error.message}; no part of the window is small enough` };
      const smaller = halves.map((half) => ({ request, part: half }));
      parts.splice(i, 1, ...(firstOnly ? smaller.slice(0, 1) : smaller));
      i -= 1;
    }
  }
  const isOne = parts.length === 1;
  const bundles = made.map(({ file, bundle }, i) => {
    const name = isOne ? out : numbered(out, i + 1);
    file.keep();
    guardedWrite(name, () => renameSync(file.path, name));
    return { ...bundle, file: name };
  });
  const sorted = [...erased].sort((x, y) => x - y);
  return { ok: true, value: { bundles, erased: sorted } };
}

/** Writing is most of the way, checking the rest. */
const WRITING_PERCENT = 70;

function makePart(
  archive: SqliteArchive,
  request: BundleRequest,
  part: Interval,
  file: BundleFile,
  tell: (percent: number) => void,
): { bundle: ExportedBundle; cut: readonly number[] } {
  const question = { ...request.question, ...part };
  const use = { ...nodePrimitives, deflate };
  const written = writeBundle(archive, { ...request, question }, file, use, (done, of) =>
    tell(Math.floor((WRITING_PERCENT * done) / of)),
  );
  requireSound(file.read(), { ...request, question }, use);
  tell(100);
  const { bytes, documents, erased } = written;
  return { bundle: { file: file.path, bytes, question, documents }, cut: erased };
}

/** `cold.zip` → `cold-2.zip`. */
function numbered(path: string, n: number): string {
  const ending = /\.[^./\\]+$/.exec(path)?.[0] ?? '';
  return `${path.slice(0, path.length - ending.length)}-${n}${ending}`;
}

/**
 * The first head over the window that a ledger holds, else the newest. With witnesses the newest that
 * bears cosignatures of k owners: later beacons date the window.
 */
function chooseHead(archive: SqliteArchive, { from, to }: ExportArgs, { policy }: LogPolicy): number | null {
  const newest = newestValid(archive, policy);
  if (newest === 0) return null;
  if (policy.k > 0) return newestCosigned(archive, newest, policy);
  const anchored = archive.anchoredSize(Math.max(1, archive.blocksBetween(from, to).b));
  const isValid = anchored !== null && anchored <= newest && archive.note(anchored) !== null;
  return isValid ? anchored : newest;
}

/** Size of the newest head that the policy does not void; 0 for none. */
function newestValid(archive: SqliteArchive, { revokedFrom, keys }: OriginPolicy): number {
  const last = keys.reduce((most, { to }) => Math.max(most, to ?? Infinity), 0);
  let size = Math.min(archive.latestNote()?.size ?? 0, last, revokedFrom ?? Infinity);
  while (size > 0 && archive.note(size) === null) size -= 1;
  return size;
}

function newestCosigned(archive: SqliteArchive, newest: number, policy: OriginPolicy): number {
  for (let size = newest; size > Math.max(0, newest - LOOK_BACK); size--) {
    if (ownersIn(cosignaturesOn(archive.note(size), policy.witnesses)) >= policy.k) return size;
  }
  return newest;
}
