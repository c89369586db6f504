import type { SqliteArchive } from '../buffer/archive.ts';
import type { StreamRow } from '../domain/commit.ts';
import { suggestion } from '../domain/nearest.ts';
import { formatScaled, scale, type Decimal } from '../domain/units.ts';
import { decodeBlock } from '../evidence/block.ts';
import { writeBundle } from '../evidence/bundle.ts';
import { decodeDescriptor, type Descriptor } from '../evidence/descriptor.ts';
import type { Question } from '../evidence/question.ts';
import { readZip } from '../evidence/zip.ts';
import { logPolicy, type Had, type LogPolicy } from './policy.ts';
import { deflate, nodePrimitives } from './primitives.ts';

export type ExportArgs = {
  readonly directory: string;
  readonly policyFile: Uint8Array | null;
  /** `<device>/<channel>`. */
  readonly streams: readonly string[];
  /** [from, to) in evidence time, ms. */
  readonly from: number;
  readonly to: number;
  /** What is asked of them; a limit that is null asks nothing, a gap that is null is the stream's own. */
  readonly ask:
    | {
        readonly kind: 'range';
        readonly unit: string | null;
        readonly min: Decimal | null;
        readonly max: Decimal | null;
        readonly maxGapMs: number | null;
        readonly allowOutMs: number;
        readonly allowGapMs: number;
      }
    | {
        readonly kind: 'present';
        readonly epc: string;
        readonly maxGapMs: number | null;
        readonly allowGapMs: number;
      };
  /** All of the gateway's events too, with rule files and snapshots. */
  readonly events: boolean;
};

/** A bundle and what is in it. */
export type Exported = {
  readonly bundle: Uint8Array;
  readonly origin: string;
  /** Size of the head it is proven under, and whether a ledger's proof of that head is in it. */
  readonly size: number;
  readonly ledgerProof: boolean;
  readonly question: Question;
  readonly files: readonly string[];
  /** End of the sealed history, ms: what is later is not in the bundle. */
  readonly sealedUntil: number;
};

type Stream = { readonly id: string; readonly descriptor: Descriptor };

/** Makes the bundle that answers a question about one window. @throws StorageError */
export function exportBundle(archive: SqliteArchive, args: ExportArgs): Had<Exported> {
  const identity = logPolicy(args.directory, archive, args.policyFile);
  if (!identity.ok) return identity;
  const asked = questionOf(args, archive.streams());
  if (!asked.ok) return asked;
  const head = chooseHead(archive, args, identity.value);
  if (head === null)
    return { ok: false, why: 'nothing is sealed and signed yet; ask again after the next block' };
  const { origin, policy } = identity.value;
  const request = {
    origin,
    size: head,
    question: asked.value,
    mode: 'full',
    events: args.events,
    policy,
  } as const;
  let bundle: Uint8Array;
  try {
    bundle = writeBundle(archive, request, { ...nodePrimitives, deflate });
  } catch (error) {
    // Larger than a verifier opens: a longer window is several bundles.
    if (error instanceof RangeError) return { ok: false, why: `${error.message}; export shorter windows` };
    throw error;
  }
  const last = archive.block(head - 1);
  return {
    ok: true,
    value: {
      bundle,
      origin,
      size: head,
      ledgerProof: archive.ledgerProof(head) !== null,
      question: asked.value,
      files: namesIn(bundle),
      sealedUntil: last === null ? 0 : decodeBlock(last.block).t1,
    },
  };
}

/** The first head over the window that a ledger holds, else the newest. Cosigned ones are dated by later beacons. */
function chooseHead(archive: SqliteArchive, { from, to }: ExportArgs, { policy }: LogPolicy): number | null {
  const newest = archive.latestNote()?.size ?? 0;
  if (newest === 0) return null;
  if (policy.k > 0) return newest;
  const anchored = archive.anchoredSize(Math.max(1, archive.blocksBetween(from, to).b));
  return anchored !== null && archive.note(anchored) !== null ? anchored : newest;
}

function questionOf(args: ExportArgs, rows: readonly StreamRow[]): Had<Question> {
  const streams: Stream[] = [];
  for (const id of args.streams) {
    const row = rows.findLast(({ dev, ch, slot }) => slot > 0 && `${dev}/${ch}` === id);
    if (row === undefined) {
      const known = rows.filter((r) => r.slot > 0).map((r) => `${r.dev}/${r.ch}`);
      return { ok: false, why: `there is no stream ${id}${suggestion(id, [...new Set(known)])}` };
    }
    streams.push({ id, descriptor: decodeDescriptor(row.descriptor) });
  }
  const [first] = streams;
  if (first === undefined) return { ok: false, why: 'no stream is named' };
  const slots = [...new Set(streams.map((s) => s.descriptor.slot))].sort((a, b) => a - b);
  const { from, to, ask } = args;
  const maxGapMs = ask.maxGapMs ?? Math.max(...streams.map((s) => s.descriptor.maxGapMs));
  const { allowGapMs } = ask;
  if (ask.kind === 'present') {
    return { ok: true, value: { kind: 'present', from, to, slots, epc: ask.epc, maxGapMs, allowGapMs } };
  }
  const { unit, exp } = first.descriptor;
  const other = streams.find((s) => s.descriptor.unit !== unit || s.descriptor.exp !== exp);
  if (other !== undefined) {
    const why = `${first.id} is in ${unit} and ${other.id} in ${other.descriptor.unit} with other decimals; export them one by one`;
    return { ok: false, why };
  }
  if (ask.unit !== null && ask.unit !== unit) {
    return { ok: false, why: `${first.id} is in ${unit}, not in ${ask.unit}` };
  }
  const min = ask.min === null ? Number.MIN_SAFE_INTEGER : scale(ask.min, exp);
  const max = ask.max === null ? Number.MAX_SAFE_INTEGER : scale(ask.max, exp);
  if (min === null || max === null) {
    return {
      ok: false,
      why: `a limit has more decimals than ${first.id}, which has steps of ${formatScaled(1, exp)}`,
    };
  }
  if (min > max) return { ok: false, why: 'the lower limit lies above the upper one' };
  const { allowOutMs } = ask;
  return {
    ok: true,
    value: { kind: 'range', from, to, slots, unit, exp, min, max, maxGapMs, allowOutMs, allowGapMs },
  };
}

function namesIn(bundle: Uint8Array): string[] {
  const zip = readZip(bundle, nodePrimitives.inflate);
  if (!zip.ok) throw new Error(`a bundle was written that cannot be read: ${zip.why}`);
  return [...zip.files.keys()];
}
