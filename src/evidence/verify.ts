import type { Stream } from './proven-leaf.ts';
import type { Policy } from './policy.ts';
import type { Primitives } from './primitives.ts';
import type { Question } from './question.ts';
import type { Limit, Verdict } from './verdict.ts';
import type { Container } from './verify-container.ts';
import type { Proven } from './verify-question.ts';
import type { Watch } from './verify-watch.ts';
import type { VerifiedNotes } from './verify-notes.ts';
import type { ShownLedgerProof } from './verify-quorum.ts';
import { toHex } from './encodings.ts';
import { ownersOf } from './policy.ts';
import { VerificationError } from './verification-error.ts';
import { verifyBlocks, verifyCover } from './verify-blocks.ts';
import { openContainer } from './verify-container.ts';
import { noteSignatures, verifyNotes } from './verify-notes.ts';
import { answer, levelOf, modeOf } from './verify-question.ts';
import { verifyQuorum } from './verify-quorum.ts';
import { verifyDescriptors, verifySegments } from './verify-segments.ts';
import { StreamLeaves } from './verify-streams.ts';
import { boundTimes } from './verify-time.ts';

/**
 * Checks a bundle against the verifier's own policy and answers a question about it (evidence
 * sections 14-16). Pure: no clock, no network. Hostile bytes give a verdict, never an exception.
 *
 * @param question the verifier's own; null takes the bundle's, which is unsigned
 */
export function verify(
  bundle: Uint8Array,
  policy: Policy,
  question: Question | null,
  primitives: Primitives,
  watch: Watch = {},
): Verdict {
  const draft = emptyVerdict(toHex(primitives.sha256(bundle)), question);
  try {
    return steps(bundle, policy, question, primitives, watch, draft);
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    return { ...draft, failure: { code: error.code, where: error.where } };
  }
}

/** The table of contents of section 15: a step that fails throws, and nothing after it runs. */
function steps(
  bundle: Uint8Array,
  policy: Policy,
  asked: Question | null,
  primitives: Primitives,
  watch: Watch,
  draft: Verdict,
): Verdict {
  const { sha256 } = primitives;
  watch.step?.('container', null);
  const container = openContainer(bundle, primitives);
  watch.step?.('notes', null);
  const notes = verifyNotes(container, policy, primitives);
  watch.step?.('quorum', null);
  const ledgerProofs = verifyQuorum(container, notes, sha256);
  watch.step?.('cover', null);
  const encoded = verifyCover(container, notes, primitives);
  watch.step?.('blocks', null);
  const blocks = verifyBlocks(encoded, container.log.a, notes.checkpoint.origin);
  watch.step?.('segments', null);
  const rows = container.streams.map((files) => ({ files, ...verifySegments(files, blocks, sha256) }));
  watch.step?.('descriptors', null);
  const streams = rows.map(({ files, descs, leaves }): Stream => {
    return { files, leaves, descriptors: verifyDescriptors(files, descs, notes.gw, sha256) };
  });
  const question = asked ?? container.question;
  watch.step?.('leaves', leavesIn(streams));
  const leaves = new StreamLeaves(blocks, question, primitives, watch);
  for (const stream of streams) leaves.verify(stream);
  watch.step?.('devices', null);
  const lost = leaves.devices.finish(
    new Set(streams.filter((s) => s.files.full !== null).map((s) => s.files.slot)),
  );
  watch.step?.('time', null);
  const times = boundTimes(blocks, notes);

  const proven: Proven = {
    ...leaves.told(),
    notes,
    blocks,
    times,
    lost,
    streams: new Map(streams.map((s) => [s.files.slot, s])),
  };
  watch.proven?.(proven, question);
  const { origin, size, root } = notes.checkpoint;
  return {
    ...draft,
    origin,
    size,
    root: toHex(root),
    evidence: 'valid',
    question,
    ...(question === null ? {} : answer(question, proven)),
    signatures: noteSignatures(notes, container.log),
    anchors: anchorsOf(notes, ledgerProofs),
    limits: limitsOf(container, streams, notes, question),
  };
}

/** Leaves of the streams disclosed in full. */
function leavesIn(streams: readonly Stream[]): number {
  return streams.reduce((sum, s) => sum + (s.files.full === null ? 0 : s.leaves), 0);
}

function anchorsOf(notes: VerifiedNotes, proofs: readonly ShownLedgerProof[]): Verdict['anchors'] {
  const { cosignatures, size } = notes.checkpoint;
  return [
    ...cosignatures.map((c) => ({ kind: 'cosignature' as const, owner: c.owner, size, at: c.at })),
    ...proofs.map((p) => ({ kind: 'ledger' as const, ...p })),
  ];
}

function limitsOf(
  container: Container,
  streams: readonly Stream[],
  notes: VerifiedNotes,
  question: Question | null,
): readonly Limit[] {
  const { k, witnesses } = notes.policy;
  const asked = question === null ? streams : streams.filter((s) => question.slots.includes(s.files.slot));
  const signed = asked.length > 0 && asked.every((s) => levelOf(s) === 'A');
  const missing = question?.slots.some((slot) => !container.streams.some((s) => s.slot === slot)) ?? false;
  const partly = missing || streams.some((s) => modeOf(s) === 'partial');
  return [
    'L1',
    'L2',
    ...(signed ? [] : (['L3'] as const)),
    ...(partly ? (['L4'] as const) : []),
    'L5',
    ...(2 * k > ownersOf(witnesses) ? [] : (['L6'] as const)),
    ...(k === 0 ? (['L7'] as const) : []),
  ];
}

function emptyVerdict(bundle: string, question: Question | null): Verdict {
  return {
    format: 'bailee/verdict/v1',
    bundle,
    origin: null,
    size: null,
    root: null,
    evidence: 'invalid',
    failure: null,
    question,
    answer: 'undecided',
    because: [],
    streams: [],
    time: { worstDelayMs: null, worstLeadMs: null },
    signatures: null,
    anchors: [],
    attested: false,
    limits: ['L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'L7'],
  };
}
