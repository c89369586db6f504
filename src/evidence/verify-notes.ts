import type { Container, LogHead } from './verify-container.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { NoteSignatures } from './verdict.ts';
import type { Note, NoteLine } from './note.ts';
import type { OriginPolicy, Policy } from './policy.ts';
import type { Primitives } from './primitives.ts';
import type { LogLines } from './verify-log-lines.ts';
import { CHECKPOINT, headFile } from './bundle-files.ts';
import { parseCheckpoint, parseOrigin } from './checkpoint.ts';
import { bytesEqual, fromHex } from './encodings.ts';
import { isLineOf, parseNote, verifyLine } from './note.ts';
import { VerificationError } from './verification-error.ts';
import { logLines, verifyLogLines } from './verify-log-lines.ts';

/** A verified cosignature by a witness of the policy. */
export type Cosignature = {
  readonly owner: string;
  /** Seconds since 1970, the witness' own clock. */
  readonly at: number;
  /** H of the decoded line: how a beacon names it. */
  readonly hash: Uint8Array;
};

export type Head = Checkpoint & {
  readonly cosignatures: readonly Cosignature[];
  /** Time by which it existed, as k owners say, ms; null while fewer than k do, and for k = 0. */
  readonly time: number | null;
  readonly logLines: LogLines;
};

export type VerifiedNotes = {
  /** The gateway's 8 bytes, as the origin names it. */
  readonly gw: Uint8Array;
  readonly policy: OriginPolicy;
  readonly checkpoint: Head;
  /** By size, ascending; without the checkpoint itself. */
  readonly heads: readonly Head[];
};

/**
 * Step 2: every note is a head of one origin that the policy knows, by a log key in force, and every
 * witness' line is right. The signature of the log is checked under the checkpoint and under heads
 * below the blocks shown; the roots of the other heads follow from the checkpoint (step 4), which
 * leaves their own signatures with nothing to say. @throws VerificationError
 */
export function verifyNotes(container: Container, policies: Policy, use: Primitives): VerifiedNotes {
  const { note, checkpoint } = read(container.checkpoint, CHECKPOINT);
  const policy = policies.get(checkpoint.origin);
  if (policy === undefined)
    throw new VerificationError('ORIGIN_UNKNOWN', `${CHECKPOINT}: ${checkpoint.origin}`);
  if (container.origin !== checkpoint.origin)
    throw new VerificationError('BUNDLE_FORMAT', `bundle.json: origin is not that of the checkpoint`);
  requireClosedEpochs(checkpoint.origin, policies);
  const heads = Array.from(container.heads, ([size, bytes]) => {
    const name = headFile(size);
    const head = read(bytes, name);
    if (head.checkpoint.origin !== checkpoint.origin || head.checkpoint.size !== size)
      throw new VerificationError(
        'NOTE_FORMAT',
        `${name}: is a head of ${head.checkpoint.origin} ${head.checkpoint.size}`,
      );
    return verifyHead(head.note, head.checkpoint, name, policy, use);
  });
  const newest = verifyHead(note, checkpoint, CHECKPOINT, policy, use);
  for (const head of [newest, ...heads])
    if (head === newest || !isAmong(head, container.log)) verifyLogLines(head.logLines, use);
  const gw = fromHex(parseOrigin(checkpoint.origin)?.gw ?? '') ?? new Uint8Array();
  return { gw, policy, checkpoint: newest, heads };
}

/** Whether the blocks that a bundle shows lead to this head's root. */
export function isAmong(head: Checkpoint, { a }: LogHead): boolean {
  return head.size >= a;
}

function ofLog(heads: readonly Head[]): number {
  return heads.reduce((sum, h) => sum + h.logLines.lines.length, 0);
}

/** What the signatures of notes were worth to a verdict. */
export function noteSignatures({ checkpoint, heads }: VerifiedNotes, log: LogHead): NoteSignatures {
  const implied = heads.filter((head) => isAmong(head, log));
  const all = [checkpoint, ...heads];
  const cosigned = all.reduce((sum, h) => sum + h.cosignatures.length, 0);
  return { checked: cosigned + ofLog(all) - ofLog(implied), implied: ofLog(implied) };
}

function read(bytes: Uint8Array, name: string): { readonly note: Note; readonly checkpoint: Checkpoint } {
  const parsed = parseNote(bytes);
  if (!parsed.ok) throw new VerificationError('NOTE_FORMAT', `${name}: ${parsed.why}`);
  const checkpoint = parseCheckpoint(parsed.note.text);
  if (checkpoint === null)
    throw new VerificationError('NOTE_FORMAT', `${name}: text is no checkpoint of a gateway`);
  return { note: { ...parsed.note, lines: withoutRepeats(parsed.note.lines) }, checkpoint };
}

function isSame(x: NoteLine, y: NoteLine): boolean {
  return x.name === y.name && bytesEqual(x.decoded, y.decoded);
}

/** A line that is repeated counts once, and costs one check: a stranger may repeat it in a thousand heads. */
function withoutRepeats(lines: readonly NoteLine[]): NoteLine[] {
  return lines.filter((line, i) => lines.findIndex((other) => isSame(other, line)) === i);
}

/** An epoch that another one follows must be ended in the policy: else one hour is told in two epochs. */
function requireClosedEpochs(origin: string, policies: Policy): void {
  const own = parseOrigin(origin);
  const epochs = [...policies]
    .flatMap(([name, policy]) => {
      const other = parseOrigin(name);
      const sameGateway = other !== null && other.domain === own?.domain && other.gw === own.gw;
      return sameGateway ? [{ name, epoch: other.epoch, policy }] : [];
    })
    .sort((x, y) => x.epoch - y.epoch);
  for (const { name, policy } of epochs.slice(0, -1))
    if (policy.revokedFrom === null && policy.keys.some((k) => k.key.kind === 'ed25519' && k.to === null))
      throw new VerificationError(
        'KEY_NOT_VALID',
        `policy: ${name} is followed by another epoch but has no end`,
      );
}

function verifyHead(
  note: Note,
  checkpoint: Checkpoint,
  name: string,
  policy: OriginPolicy,
  use: Primitives,
): Head {
  const own = logLines(note, checkpoint.size, name, policy);
  const cosignatures: Cosignature[] = [];
  for (const { key, owner } of policy.witnesses)
    for (const line of note.lines.filter((l) => isLineOf(l, key))) {
      const good = verifyLine(note.text, line, key, use);
      if (good?.at === undefined || good.at === null)
        throw new VerificationError('COSIGNATURE', `${name}: line of ${key.name}`);
      cosignatures.push({ owner, at: good.at, hash: use.sha256(line.decoded) });
    }
  return { ...checkpoint, cosignatures, time: headTime(cosignatures, policy.k), logLines: own };
}

/** The k-th smallest of the owners' earliest times, at the end of that second: fewer than k liars move nothing. */
export function headTime(cosignatures: readonly Omit<Cosignature, 'hash'>[], k: number): number | null {
  if (k === 0) return null;
  const earliest = new Map<string, number>();
  for (const { owner, at } of cosignatures) earliest.set(owner, Math.min(at, earliest.get(owner) ?? at));
  const kth = [...earliest.values()].sort((x, y) => x - y)[k - 1];
  return kth === undefined ? null : kth * 1000 + 999;
}
