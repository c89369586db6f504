/** A measure against one row of the attack table, switched off: the row's tests must fail then. */
type Mutant = {
  readonly row: number;
  readonly measure: string;
  readonly file: string;
  /** Texts of that file, each replaced wherever it stands. */
  readonly off: readonly (readonly [on: string, off: string])[];
  readonly tests: readonly string[];
};

const ATTACKS = 'src/evidence/verify-attacks.test.ts';
const LIES = 'src/evidence/verify-lies.test.ts';
const ROWS = 'src/evidence/verify-rows.test.ts';
const TAMPERING = 'src/evidence/verify-tampering.test.ts';
const NOTES = 'src/evidence/verify-notes.test.ts';
const MERKLE = 'src/evidence/merkle.test.ts';

function mutant(
  row: number,
  measure: string,
  file: string,
  tests: string | readonly string[],
  ...off: readonly (readonly [string, string])[]
): Mutant {
  return { row, measure, file, tests: typeof tests === 'string' ? [tests] : tests, off };
}

export const MUTANTS: readonly Mutant[] = [
  mutant(
    1,
    'the tail chain is compared',
    'src/gateway/recording/recovery.ts',
    'src/gateway/recording/core.test.ts',
    [
      'unfit.length === 0 && open.k === signed.k && Buffer.compare(open.chain, signed.chain) === 0',
      'unfit.length === 0',
    ],
  ),
  mutant(2, 'the tail row is signed', 'src/evidence/audit-tail.ts', 'src/evidence/audit.test.ts', [
    '!keys.log.some(({ key }) => verifyEd25519(key.publicKey, message, row.sig))',
    'message.length === 0',
  ]),
  mutant(3, 'leaves rebuild the root', 'src/evidence/verify-leaves.ts', ATTACKS, [
    'if (!bytesEqual(tree.root(), segment.root))',
    'if (segment.root.length === 0)',
  ]),
  mutant(
    4,
    'k owners make a rollback',
    'src/anchoring/witness/witness-guard.ts',
    'src/anchoring/witness/witnessing.test.ts',
    ["if (this.#isRollback) return 'rollback';", ''],
  ),
  mutant(5, 'offset changes with STEP only', 'src/evidence/verify-blocks.ts', ATTACKS, [
    'if ((block.clock.offset !== previous.clock.offset) !== step)',
    'if (block.no < 0)',
  ]),
  mutant(6, 'heads above revokedFrom are void', 'src/evidence/verify-log-lines.ts', ATTACKS, [
    'if (revokedFrom !== null && size > revokedFrom)',
    'if (size < 0)',
  ]),
  mutant(6, 'heads that nothing else proves are signed', 'src/evidence/verify-notes.ts', NOTES, [
    'if (head === newest || !isAmong(head, container.log)) verifyLogLines',
    'if (head.size < 0) verifyLogLines',
  ]),
  mutant(7, 'descriptors are enrolled', 'src/evidence/verify-question.ts', ATTACKS, [
    "const isEnrolled = enrolled === 'any' ||",
    "const isEnrolled = enrolled !== null || enrolled === 'any' ||",
  ]),
  mutant(8, 'refusals are events', 'src/intake/receive.ts', 'src/intake/receive.test.ts', [
    'room.health.dueRefusals(t)',
    'room.health.dueRefusals(-Infinity)',
  ]),
  mutant(8, 'topics belong to accounts', 'src/devices/mqtt/broker.ts', 'src/devices/mqtt/broker.test.ts', [
    "if (this.#mayDo(client, 'publish', packet.topic)) {",
    "if (who !== '') {",
  ]),
  mutant(9, 'counters rise', 'src/evidence/verify-devices.ts', ATTACKS, [
    'if (run !== null && ctr <= run.last)',
    'if (ctr < 0 && run !== null)',
  ]),
  mutant(10, 'two places at once conflict', 'src/evidence/present-answer.ts', 'src/evidence/verify.test.ts', [
    'conflict(): boolean {',
    'conflict(): boolean { if (this.#held.length >= 0) return false;',
  ]),
  mutant(11, 'heads agree with the log', 'src/evidence/verify-blocks.ts', ATTACKS, [
    'bytesEqual(cover.kept.get(head.size) ?? NO_ROOT, head.root)) continue;',
    'bytesEqual(cover.kept.get(head.size) ?? NO_ROOT, head.root) || head.size > 0) continue;',
  ]),
  mutant(11, 'a fork is signed by the log', 'src/evidence/verify-blocks.ts', NOTES, [
    'verifyLogLines(head.logLines, use);',
    '',
  ]),
  mutant(12, 'blocks rebuild the head', 'src/evidence/verify-blocks.ts', ATTACKS, [
    'if (!bytesEqual(cover.root, checkpoint.root))',
    'if (checkpoint.size < 0)',
  ]),
  mutant(13, 'delay is bounded', 'src/evidence/verify-window.ts', ATTACKS, [
    'return allowed !== null && (worst === null || worst > allowed);',
    'return allowed === -1 && worst === -1;',
  ]),
  mutant(
    14,
    'all n leaves rebuild the root',
    'src/evidence/verify-leaves.ts',
    TAMPERING,
    ['if (n !== segment.n)', 'if (n < 0)'],
    ['if (!bytesEqual(tree.root(), segment.root))', 'if (segment.root.length === 0)'],
  ),
  mutant(15, 'gaps are recomputed', 'src/evidence/gap-check.ts', LIES, ['if (!equal)', 'if (block.no < 0)']),
  mutant(16, 'nodes begin with 01', 'src/evidence/merkle.ts', MERKLE, [
    'nodeInput[0] = 1;',
    'nodeInput[0] = 0;',
  ]),
  mutant(17, 'the last leaf is not repeated', 'src/evidence/merkle.ts', MERKLE, [
    'return roots.reduceRight((right, left) => nodeHash(sha256, left, right));',
    'return roots.reduceRight((right, left, i) => nodeHash(sha256, left, i === roots.length - 2 ? nodeHash(sha256, right, right) : right));',
  ]),
  mutant(18, 'a path has its exact length', 'src/evidence/merkle.ts', MERKLE, [
    'return sn === 0 && bytesEqual(r, root);',
    'return bytesEqual(r, root);',
  ]),
  mutant(19, 'heads are shortest', 'src/evidence/cbor-reader.ts', 'src/evidence/cbor.test.ts', [
    'if (n < least)',
    'if (n < 0)',
  ]),
  mutant(20, 'text is NFC', 'src/evidence/cbor-writer.ts', 'src/evidence/cbor.test.ts', [
    "if (text.normalize('NFC') !== text)",
    'if (text.length < 0)',
  ]),
  mutant(21, 'numbers end at 2^53-1', 'src/evidence/cbor-reader.ts', 'src/evidence/cbor.test.ts', [
    'if (n > Number.MAX_SAFE_INTEGER)',
    'if (n < 0)',
  ]),
  mutant(22, 'weak keys are refused', 'src/evidence/verify-segments.ts', ROWS, [
    'if (d.pub !== null && isWeakEd25519(d.pub))',
    'if (d.pub !== null && isWeakEd25519(d.pub.slice(1)))',
  ]),
  mutant(23, 't lies in its block', 'src/evidence/verify-leaves.ts', ROWS, [
    'if (leaf.t < notBefore || leaf.t < block.t0 || leaf.t >= block.t1)',
    'if (leaf.t < 0 && notBefore < 0 && block.no < 0)',
  ]),
  mutant(24, 'gw is that of the origin', 'src/evidence/verify-blocks.ts', LIES, [
    'if (toHex(block.gw) !== gw)',
    "if (toHex(block.gw) === '' && gw === '')",
  ]),
  mutant(
    25,
    'leaves are salted',
    'src/evidence/leaf.ts',
    ROWS,
    [
      'return sha256(saltInput).slice(0, SALT_LENGTH);',
      'return sha256(saltInput).fill(0, 0, SALT_LENGTH).slice(0, SALT_LENGTH);',
    ],
    ['into(saltInput, saltOutput, 0);', ''],
  ),
  mutant(
    26,
    'what is not asked for is not made',
    'src/evidence/cbor-reader.ts',
    'test/evidence/hostile.test.ts',
    ['if (all > most)', 'if (all < 0)'],
  ),
  mutant(27, 'names are closed', 'src/evidence/verify-container.ts', TAMPERING, [
    'if (file === null) throw new',
    "if (file === null) continue;\n    if (name === '') throw new",
  ]),
  mutant(
    28,
    'the SM2 line is asked for',
    'src/evidence/verify-log-lines.ts',
    'src/evidence/verify-sm2.test.ts',
    ['if (sm2Keys.length > 0 && !lines.some((l) => sm2Keys.includes(l.known)))', 'if (sm2Keys.length < 0)'],
  ),
  mutant(29, 'an owner counts once', 'src/evidence/verify-notes.ts', ATTACKS, [
    'earliest.set(owner,',
    'earliest.set(`${owner} ${earliest.size}`,',
  ]),
  mutant(30, 'a summary says so', 'src/evidence/verify-question.ts', 'src/evidence/erasure.test.ts', [
    "if (mode === 'summary' && !(policy.acceptSummary && maxGapMs <= question.maxGapMs))",
    'if (maxGapMs < 0)',
  ]),
  mutant(31, 'an epoch that is followed has an end', 'src/evidence/verify-notes.ts', ATTACKS, [
    'if (policy.revokedFrom === null &&',
    'if (policy.since < 0 && policy.revokedFrom === null &&',
  ]),
  mutant(32, 'err is bounded', 'src/evidence/verify-time.ts', LIES, [
    'if (policy.maxErrMs !== null && (err === null || err > policy.maxErrMs)) return true;',
    '',
  ]),
  mutant(33, 'unit and exponent are asked for', 'src/evidence/verify-question.ts', LIES, [
    'if (descriptors.some((d) => !fits(d, question)))',
    'if (descriptors.length < 0 && descriptors.some((d) => !fits(d, question)))',
  ]),
];
