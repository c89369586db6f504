import type { Container } from './verify-container.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Note, NoteLine } from './note.ts';
import type { OriginPolicy, Policy, PolicyKey } from './policy.ts';
import type { Primitives } from './primitives.ts';
import { CHECKPOINT, headFile } from './bundle-files.ts';
import { parseCheckpoint, parseOrigin } from './checkpoint.ts';
import { fromHex, toBase64 } from './encodings.ts';
import { isLineOf, parseNote, verifyLine } from './note.ts';
import { isInForce } from './policy.ts';
import { VerificationError } from './verification-error.ts';

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
};

export type VerifiedNotes = {
  /** The gateway's 8 bytes, as the origin names it. */
  readonly gw: Uint8Array;
  readonly policy: OriginPolicy;
  readonly checkpoint: Head;
  /** By size, ascending; without the checkpoint itself. */
  readonly heads: readonly Head[];
};

/** Step 2: every note is a signed checkpoint of one origin that the policy knows. @throws VerificationError */
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
  const gw = fromHex(parseOrigin(checkpoint.origin)?.gw ?? '') ?? new Uint8Array();
  return { gw, policy, checkpoint: verifyHead(note, checkpoint, CHECKPOINT, policy, use), heads };
}

function read(bytes: Uint8Array, name: string): { readonly note: Note; readonly checkpoint: Checkpoint } {
  const parsed = parseNote(bytes);
  if (!parsed.ok) throw new VerificationError('NOTE_FORMAT', `${name}: ${parsed.why}`);
  const checkpoint = parseCheckpoint(parsed.note.text);
  if (checkpoint === null)
    throw new VerificationError('NOTE_FORMAT', `${name}: text is no checkpoint of a gateway`);
  return { note: { ...parsed.note, lines: withoutRepeats(parsed.note.lines) }, checkpoint };
}

/** A line that is repeated counts once, and costs one check: a stranger may repeat it in a thousand heads. */
function withoutRepeats(lines: readonly NoteLine[]): NoteLine[] {
  const unlike = new Map(lines.map((line) => [`${line.name} ${toBase64(line.decoded)}`, line]));
  return [...unlike.values()];
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
  verifyLogLines(note, checkpoint.size, name, policy, use);
  const cosignatures: Cosignature[] = [];
  for (const { key, owner } of policy.witnesses)
    for (const line of note.lines.filter((l) => isLineOf(l, key))) {
      const good = verifyLine(note.text, line, key, use);
      if (good?.at === undefined || good.at === null)
        throw new VerificationError('COSIGNATURE', `${name}: line of ${key.name}`);
      cosignatures.push({ owner, at: good.at, hash: use.sha256(line.decoded) });
    }
  return { ...checkpoint, cosignatures, time: headTime(cosignatures, policy.k) };
}

function verifyLogLines(note: Note, size: number, name: string, policy: OriginPolicy, use: Primitives): void {
  if (policy.revokedFrom !== null && size > policy.revokedFrom)
    throw new VerificationError(
      'KEY_NOT_VALID',
      `${name}: size ${size} is above revokedFrom ${policy.revokedFrom}`,
    );
  const signers = new Set<PolicyKey>();
  for (const known of policy.keys)
    for (const line of note.lines.filter((l) => isLineOf(l, known.key))) {
      if (verifyLine(note.text, line, known.key, use) === null)
        throw new VerificationError('LOG_SIGNATURE', `${name}: ${known.key.kind} line of ${known.key.name}`);
      signers.add(known);
    }
  const logKeys = [...signers].filter((k) => k.key.kind === 'ed25519');
  if (logKeys.length === 0)
    throw new VerificationError('LOG_SIGNATURE', `${name}: no line of a log key of the policy`);
  if (!logKeys.some((k) => isInForce(k, size)))
    throw new VerificationError('KEY_NOT_VALID', `${name}: its key does not sign for size ${size}`);
  const sm2Keys = policy.keys.filter((k) => k.key.kind === 'sm2' && isInForce(k, size));
  if (sm2Keys.length > 0 && !sm2Keys.some((k) => signers.has(k)))
    throw new VerificationError('LOG_SIGNATURE', `${name}: no line of the SM2 key in force`);
}

/** The k-th smallest of the owners' earliest times, at the end of that second: fewer than k liars move nothing. */
export function headTime(cosignatures: readonly Omit<Cosignature, 'hash'>[], k: number): number | null {
  if (k === 0) return null;
  const earliest = new Map<string, number>();
  for (const { owner, at } of cosignatures) earliest.set(owner, Math.min(at, earliest.get(owner) ?? at));
  const kth = [...earliest.values()].sort((x, y) => x - y)[k - 1];
  return kth === undefined ? null : kth * 1000 + 999;
}
