import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { anchorNote } from '../../src/anchoring/anchor-note.ts';
import { bytesOfHex, hexOf } from '../../src/anchoring/hex.ts';
import { keyHash, sha256 } from '../../src/anchoring/key-possession.ts';
import type { AnchorCall } from '../../src/anchoring/memory/anchor-rules.ts';
import { memoryProofMessage } from '../../src/anchoring/memory/memory-ledger.ts';
import type {
  AnchorRequest,
  CheckpointLedger,
  Hex,
  Hex32,
  KeyOp,
  LedgerProof,
  Refusal,
  Submission,
} from '../../src/anchoring/port.ts';
import type { Secp256k1Key } from '../../src/anchoring/secp256k1-key.ts';
import { checkpointText } from '../../src/evidence/checkpoint.ts';
import { fromUtf8, utf8 } from '../../src/evidence/encodings.ts';
import { verifyEd25519 } from '../../src/gateway/primitives.ts';
import { AnchoredLog, keyNamed, LOG_KEY } from '../anchored-log.ts';
import { AnvilWorld, KEY_DELAY, type LedgerWorld, MemoryWorld } from './ledger-world.ts';

const WORLDS: readonly (readonly [name: string, open: () => Promise<LedgerWorld>])[] = [
  ['in memory', async () => new MemoryWorld()],
  ['on anvil (osaka)', () => AnvilWorld.start({ hardfork: 'osaka' })],
  [
    'on anvil (london), counting milliseconds',
    () => AnvilWorld.start({ hardfork: 'london', timestamp: Date.now() }),
  ],
];

let gateways = 0;

describe.each(WORLDS)('a checkpoint ledger %s', (_, open) => {
  let world: LedgerWorld;
  const key = keyNamed('ledger key');
  const next = keyNamed('next ledger key');
  const thief = keyNamed('thief');

  beforeAll(async () => {
    world = await open();
  });
  afterEach(() => world.release());
  afterAll(() => world[Symbol.asyncDispose]());

  const soon = (): AbortSignal => AbortSignal.timeout(5000);
  const shortly = (): AbortSignal => AbortSignal.timeout(250);
  const code = (why: Refusal | null): string | null => why?.code ?? null;

  function newGateway(): string {
    return `a.example/gw/${(++gateways).toString(16).padStart(16, '0')}`;
  }

  async function enrolled(origin = `${newGateway()}/0`, prev: Hex32 | null = null): Promise<AnchoredLog> {
    const log = new AnchoredLog(origin);
    expect(await enrol(log, prev)).toBeNull();
    return log;
  }

  function enrol(
    log: AnchoredLog,
    prev: Hex32 | null,
    signer = key,
    proposalNo = 0,
  ): Promise<Refusal | null> {
    const sig = hexOf(signer.sign(possession(log.logId, proposalNo, key)));
    const logKey = hexOf(LOG_KEY.publicKey);
    return world.act({
      fn: 'enrol',
      origin: log.origin,
      prev,
      ledgerKey: key.address,
      logKey,
      maxSilence: 60,
      sig,
    });
  }

  function possession(logId: Hex32, proposalNo: number, k: Secp256k1Key): Uint8Array {
    const { chainId, contract } = world;
    return keyHash({ chainId, contract, logId, proposalNo, ledgerKey: k.address, logKey: LOG_KEY.publicKey });
  }

  function proposal(log: AnchoredLog, no: number, to: Secp256k1Key, by: Secp256k1Key | null): KeyOp {
    const hash = possession(log.logId, no, to);
    const oldSig = by === null ? new Uint8Array() : by.sign(hash);
    return {
      logId: log.logId,
      ledgerKey: to.address,
      logKey: LOG_KEY.publicKey,
      newSig: to.sign(hash),
      oldSig,
    };
  }

  async function ready(op: AnchorRequest | KeyOp, ledger = world.ledger): Promise<Submission> {
    const prepared = await ledger.prepare(op, soon());
    if (prepared.kind === 'refused') throw new Error(`refused: ${prepared.why.code}`);
    return prepared.submission;
  }

  async function submit(
    op: AnchorRequest | KeyOp,
    ledger = world.ledger,
  ): Promise<LedgerProof | null | Refusal> {
    const prepared = await ledger.prepare(op, soon());
    if (prepared.kind === 'refused') return prepared.why;
    await ledger.broadcast(prepared.submission, soon());
    await world.finalise();
    return finally_(ledger, prepared.submission);
  }

  async function finally_(ledger: CheckpointLedger, s: Submission): Promise<LedgerProof | null | Refusal> {
    const outcome = await ledger.outcome(s, soon());
    if (outcome.kind === 'refused') return outcome.why;
    if (outcome.kind !== 'final') throw new Error(`still ${outcome.kind}`);
    return outcome.proof;
  }

  async function anchored(
    log: AnchoredLog,
    oldSize: number,
    size: number,
    ...keys: Secp256k1Key[]
  ): Promise<void> {
    const done = await submit(log.request(oldSize, size, ...(keys.length === 0 ? [key] : keys)));
    expect(done).toMatchObject({ logId: log.logId, size: BigInt(size) });
  }

  async function refusal(op: AnchorRequest | KeyOp, ledger = world.ledger): Promise<string | null> {
    const prepared = await ledger.prepare(op, soon());
    return prepared.kind === 'refused' ? prepared.why.code : null;
  }

  const head = (log: AnchoredLog) => world.ledger.head(log.logId, 'latest', soon());

  function rawAnchor(log: AnchoredLog, oldSize: number, size: number): AnchorCall {
    const { root, ledgerSignatures } = anchorNote(log.note(size, key));
    const proof = log.consistency(oldSize, size).map(hexOf);
    const sig = hexOf(ledgerSignatures[0] ?? new Uint8Array());
    return { fn: 'anchor', origin: log.origin, oldSize, newSize: size, root: hexOf(root), proof, sig };
  }

  it('takes a first head from size 0, and gives a proof that names it (1, 26)', async () => {
    const log = await enrolled();
    expect(await head(log)).toMatchObject({ size: 0n, root: null, status: 'active', keyNo: 0, at: 0n });
    const proof = await submit(log.request(0, 5, key));
    expect(proof).toMatchObject({ logId: log.logId, size: 5n, root: hexOf(log.rootAt(5)) });
    const { size, root, at } = await world.ledger.head(log.logId, 'final', soon());
    expect([size, root]).toEqual([5n, log.rootAt(5)]);
    expect(Number(at)).toBeGreaterThan(1_700_000_000);
    expect(Number(at)).toBeLessThan(1e11);
  });

  it('takes what was appended, one entry or many (2)', async () => {
    const log = await enrolled();
    for (const [a, b] of [
      [0, 1],
      [1, 2],
      [2, 7],
      [7, 8],
      [8, 145],
      [145, 200],
    ] as const)
      await anchored(log, a, b);
    expect(await head(log)).toMatchObject({ size: 200n, root: log.rootAt(200) });
  });

  it('takes the same request twice as one head (3)', async () => {
    const log = await enrolled();
    const request = log.request(0, 5, key);
    const s = await ready(request);
    await world.ledger.broadcast(s, soon());
    await world.ledger.broadcast(s, soon());
    await world.finalise();
    expect(await finally_(world.ledger, s)).toMatchObject({ size: 5n });
    expect(await submit(request)).toEqual({ code: 'STALE_HEAD', size: 5n, root: log.rootAt(5) });
    await world.ledger.broadcast(s, soon());
    expect(await head(log)).toMatchObject({ size: 5n });
  });

  it('refuses a stale old size and a shrinking log, and says its head (4, 5)', async () => {
    const log = await enrolled();
    await anchored(log, 0, 5);
    const stale = { code: 'STALE_HEAD', size: 5n, root: log.rootAt(5) };
    expect(await submit(log.request(3, 7, key))).toEqual(stale);
    expect(await submit(log.request(6, 7, key))).toEqual(stale);
    expect(await submit({ ...log.request(0, 4, key), oldSize: 5n })).toEqual(stale);
    expect(await submit({ ...log.request(0, 5, key), oldSize: 5n })).toEqual(stale);
  });

  it('refuses a rewritten history (6)', async () => {
    const log = await enrolled();
    await anchored(log, 0, 5);
    const rewritten = new AnchoredLog(log.origin, { forkAt: 3 });
    expect(await refusal(rewritten.request(5, 9, key))).toBe('INCONSISTENT');
    expect(await refusal({ ...rewritten.request(5, 9, key), proof: log.consistency(5, 9) })).toBe(
      'INCONSISTENT',
    );
    expect(await head(log)).toMatchObject({ size: 5n, root: log.rootAt(5) });
  });

  it('refuses a proof that is short, long or wrong (7)', async () => {
    const log = await enrolled();
    const request = log.request(5, 9, key);
    expect(await refusal({ ...log.request(0, 5, key), proof: [log.rootAt(1)] })).toBe('INCONSISTENT');
    await anchored(log, 0, 5);
    const { proof } = request;
    for (const bad of [
      [],
      proof.slice(1),
      proof.slice(0, -1),
      [...proof, log.rootAt(1)],
      proof.toReversed(),
    ]) {
      expect(await refusal({ ...request, proof: bad })).toBe('INCONSISTENT');
    }
  });

  it('refuses a foreign key, and a note without a ledger line (8)', async () => {
    const log = await enrolled();
    expect(await refusal(log.request(0, 5, thief))).toBe('BAD_SIGNATURE');
    expect(await refusal(log.request(0, 5))).toBe('BAD_SIGNATURE');
  });

  it('finds a flipped bit in each field of a request (9)', async () => {
    const log = await enrolled();
    await anchored(log, 0, 5);
    const good = rawAnchor(log, 5, 9);
    const flip = (hex: Hex, at: number): Hex => {
      const bytes = bytesOfHex(hex);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return hexOf(bytes);
    };
    const refused: [Partial<AnchorCall>, string][] = [
      [{ origin: log.origin.replace('a.', 'b.') }, 'NOT_ACTIVE'],
      [{ oldSize: 4 }, 'STALE_HEAD'],
      [{ newSize: 8 }, 'BAD_SIGNATURE'],
      ...[0, 31].map((i): [Partial<AnchorCall>, string] => [{ root: flip(good.root, i) }, 'BAD_SIGNATURE']),
      ...good.proof.map((p, i): [Partial<AnchorCall>, string] => [
        { proof: good.proof.with(i, flip(p, i)) },
        'INCONSISTENT',
      ]),
      ...[0, 31, 32, 63, 64].map((i): [Partial<AnchorCall>, string] => [
        { sig: flip(good.sig, i) },
        'BAD_SIGNATURE',
      ]),
    ];
    for (const [change, why] of refused) {
      expect(code(await world.act({ ...good, ...change }, 'stranger')), JSON.stringify(change)).toBe(why);
    }
    expect(await world.act(good, 'stranger')).toBeNull();
  });

  it('refuses every malformed signature (9)', async () => {
    const log = await enrolled();
    const good = rawAnchor(log, 0, 5);
    const sig = bytesOfHex(good.sig);
    const [r, s, v] = [sig.slice(0, 32), sig.slice(32, 64), sig[64] ?? 0];
    const signature = (...parts: Uint8Array[]): Hex => hexOf(Buffer.concat(parts));
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const high = bytesOfHex(`0x${(order - BigInt(hexOf(s))).toString(16).padStart(64, '0')}`);
    for (const bad of [
      signature(r, high, Uint8Array.of(v ^ 7)),
      signature(r, s, Uint8Array.of(29)),
      signature(r, s, Uint8Array.of(v - 27)),
      signature(new Uint8Array(32), s, Uint8Array.of(v)),
      signature(r, new Uint8Array(32), Uint8Array.of(v)),
      signature(r, s),
      signature(sig, Uint8Array.of(0)),
      signature(),
    ]) {
      expect(code(await world.act({ ...good, sig: bad }, 'stranger')), bad).toBe('BAD_SIGNATURE');
    }
  });

  it('knows no log that was not enrolled (10)', async () => {
    const log = new AnchoredLog(`${newGateway()}/0`);
    expect(await head(log)).toMatchObject({ size: 0n, status: 'none' });
    expect(await refusal(log.request(0, 5, key))).toBe('NOT_ACTIVE');
    expect(code(await world.act({ fn: 'revoke', logId: log.logId, validSize: 0 }))).toBe('INVALID');
  });

  it('lets one of two racers win, whoever relays (11)', async () => {
    const log = await enrolled();
    await world.hold();
    const first = await ready(log.request(0, 5, key), world.stranger);
    const second = await ready(log.request(0, 6, key));
    await world.stranger.broadcast(first, soon());
    await world.ledger.broadcast(second, soon());
    await world.release();
    await world.finalise();
    const outcomes = await Promise.all([finally_(world.stranger, first), finally_(world.ledger, second)]);
    const { size, root } = await head(log);
    expect(outcomes.filter((o) => o !== null && 'kind' in o)).toHaveLength(1);
    expect(outcomes).toContainEqual({ code: 'STALE_HEAD', size, root });
  });

  describe('rotation of keys', () => {
    it('lets both keys count after the delay until the new one anchors (12)', async () => {
      const log = await enrolled();
      await anchored(log, 0, 5);
      expect(await submit(proposal(log, 1, next, key))).toBeNull();
      expect(await head(log)).toMatchObject({ proposalNo: 1, keyNo: 0 });
      expect(await refusal(log.request(5, 6, next))).toBe('BAD_SIGNATURE');
      // A note with both keys' lines goes by the one that counts.
      await anchored(log, 5, 6, key, next);
      expect(await head(log)).toMatchObject({ keyNo: 0 });
      await world.later(KEY_DELAY);
      await anchored(log, 6, 7, key);
      await anchored(log, 7, 8, key, next);
      expect(await head(log)).toMatchObject({ keyNo: 1, size: 8n });
      expect(await refusal(log.request(8, 9, key))).toBe('BAD_SIGNATURE');
      await anchored(log, 8, 9, next);
    });

    it('lets an anchor in flight across the switch be staged anew (12)', async () => {
      const log = await enrolled();
      await submit(proposal(log, 1, next, key));
      await world.later(KEY_DELAY);
      await world.hold();
      const late = await ready(log.request(0, 6, key));
      const switching = await ready(log.request(0, 5, next), world.stranger);
      await world.stranger.broadcast(switching, soon());
      await world.release();
      await world.hold();
      await world.ledger.broadcast(late, soon());
      await world.release();
      await world.finalise();
      expect(await finally_(world.ledger, late)).toMatchObject({ code: 'STALE_HEAD', size: 5n });
      expect(await refusal(log.request(5, 6, key))).toBe('BAD_SIGNATURE');
      await anchored(log, 5, 6, key, next);
    });

    it('wants possession of both keys, for this proposal, and another key (13)', async () => {
      const log = await enrolled();
      const good = proposal(log, 1, next, key);
      expect(await refusal({ ...good, newSig: thief.sign(possession(log.logId, 1, next)) })).toBe(
        'BAD_SIGNATURE',
      );
      expect(await refusal({ ...good, oldSig: thief.sign(possession(log.logId, 1, next)) })).toBe(
        'BAD_SIGNATURE',
      );
      expect(await refusal(proposal(log, 1, next, null))).toBe('BAD_SIGNATURE');
      expect(await refusal(proposal(log, 0, next, key))).toBe('BAD_SIGNATURE');
      expect(await refusal(proposal(log, 2, next, key))).toBe('BAD_SIGNATURE');
      expect(await refusal({ ...good, logKey: sha256(utf8('another')) })).toBe('BAD_SIGNATURE');
      expect(await refusal(proposal(log, 1, key, key))).toBe('INVALID');
      expect(await submit(good)).toBeNull();
      expect(await refusal(proposal(log, 2, thief, key))).toBe('INVALID');
    });

    it('lets REVOKER beat a thief, whose cancelled proposal is worth nothing (14)', async () => {
      const log = await enrolled();
      const theft = proposal(log, 1, thief, key);
      expect(await submit(theft)).toBeNull();
      const cancel = { fn: 'cancelKey', logId: log.logId } as const;
      expect(code(await world.act(cancel, 'stranger'))).toBe('NOT_PERMITTED');
      expect(await world.act(cancel)).toBeNull();
      expect(code(await world.act(cancel))).toBe('INVALID');
      expect(await refusal(theft)).toBe('BAD_SIGNATURE');
      await world.later(KEY_DELAY);
      expect(await refusal(log.request(0, 5, thief))).toBe('BAD_SIGNATURE');
      await anchored(log, 0, 5);
    });

    it('replaces a stolen key while the log is suspended (15)', async () => {
      const log = await enrolled();
      await anchored(log, 0, 5);
      expect(await submit(proposal(log, 1, thief, key))).toBeNull();
      const suspend = (on: boolean) => world.act({ fn: 'setSuspended', logId: log.logId, on });
      expect(code(await suspend(false))).toBe('NOT_ACTIVE');
      expect(await suspend(true)).toBeNull();
      expect(code(await suspend(true))).toBe('NOT_ACTIVE');
      expect(await head(log)).toMatchObject({ status: 'suspended' });
      expect(await refusal(log.request(5, 6, key))).toBe('NOT_ACTIVE');
      expect(await refusal(proposal(log, 2, thief, key))).toBe('NOT_ACTIVE');
      expect(await world.proposeAsRegistrar(proposal(log, 2, next, null))).toBeNull();
      await world.later(KEY_DELAY);
      expect(await suspend(false)).toBeNull();
      expect(await head(log)).toMatchObject({ status: 'active', keyNo: 1 });
      expect(await refusal(log.request(5, 6, key))).toBe('BAD_SIGNATURE');
      expect(await refusal(log.request(5, 6, thief))).toBe('BAD_SIGNATURE');
      await anchored(log, 5, 6, next);
    });

    it('resumes with the old key when nothing was proposed or nothing is ripe (15)', async () => {
      const log = await enrolled();
      const suspend = (on: boolean) => world.act({ fn: 'setSuspended', logId: log.logId, on });
      await suspend(true);
      expect(await world.proposeAsRegistrar(proposal(log, 1, next, null))).toBeNull();
      expect(await suspend(false)).toBeNull();
      expect(await head(log)).toMatchObject({ keyNo: 0 });
      await anchored(log, 0, 5);
      expect(code(await world.act({ fn: 'setSuspended', logId: log.logId, on: true }, 'stranger'))).toBe(
        'NOT_PERMITTED',
      );
    });
  });

  it('ends a log at the size REVOKER names, and may void more later (16)', async () => {
    const log = await enrolled();
    await anchored(log, 0, 9);
    const revoke = (validSize: number) => world.act({ fn: 'revoke', logId: log.logId, validSize });
    expect(await world.validSize(log.logId)).toBeNull();
    expect(code(await revoke(10))).toBe('INVALID');
    expect(code(await world.act({ fn: 'revoke', logId: log.logId, validSize: 5 }, 'stranger'))).toBe(
      'NOT_PERMITTED',
    );
    expect(await revoke(7)).toBeNull();
    expect(await head(log)).toMatchObject({ status: 'revoked', size: 9n });
    expect(code(await revoke(8))).toBe('INVALID');
    expect(await world.validSize(log.logId)).toBe(7);
    expect(await revoke(5)).toBeNull();
    expect(await world.validSize(log.logId)).toBe(5);
    expect(await refusal(log.request(9, 10, key))).toBe('NOT_ACTIVE');
    expect(await refusal(proposal(log, 1, next, key))).toBe('NOT_ACTIVE');
    expect(code(await world.act({ fn: 'setSuspended', logId: log.logId, on: false }))).toBe('NOT_ACTIVE');
  });

  describe('a fork', () => {
    function proven(
      log: AnchoredLog,
      forkAt: number,
      size: number,
      headSize: number,
      keyNo = 0,
      signer = key,
    ) {
      const forked = new AnchoredLog(log.origin, { forkAt });
      const digest = sha256(utf8(checkpointText(log.origin, size, forked.rootAt(size))));
      return {
        fn: 'proveFork',
        origin: log.origin,
        keyNo,
        size,
        root: hexOf(log.rootAt(size)),
        proof: log.consistency(size, headSize).map(hexOf),
        forkRoot: hexOf(forked.rootAt(size)),
        forkSig: hexOf(signer.sign(digest)),
      } as const;
    }

    it('faults the log, and voids nothing (17)', async () => {
      const log = await enrolled();
      await anchored(log, 0, 9);
      expect(await world.act(proven(log, 3, 6, 9), 'stranger')).toBeNull();
      expect(await head(log)).toMatchObject({ status: 'faulted', size: 9n });
      expect(await world.validSize(log.logId)).toBe(9);
      expect(await refusal(log.request(9, 10, key))).toBe('NOT_ACTIVE');
      expect(code(await world.act(proven(log, 3, 6, 9)))).toBe('INVALID');
    });

    it('is not believed without proof (17)', async () => {
      const log = await enrolled();
      await anchored(log, 0, 9);
      const good = proven(log, 3, 6, 9);
      const wrong: [object, string][] = [
        [{ forkRoot: good.root }, 'INVALID'],
        [{ size: 0 }, 'INVALID'],
        [{ ...proven(log, 3, 12, 12) }, 'INVALID'],
        [{ keyNo: 1 }, 'INVALID'],
        [{ root: hexOf(log.rootAt(5)) }, 'INCONSISTENT'],
        [{ proof: good.proof.slice(1) }, 'INCONSISTENT'],
        [{ forkSig: proven(log, 3, 6, 9, 0, thief).forkSig }, 'BAD_SIGNATURE'],
        [{ forkSig: proven(log, 2, 6, 9).forkSig, forkRoot: hexOf(log.rootAt(4)) }, 'BAD_SIGNATURE'],
        [{ origin: `${newGateway()}/0` }, 'INVALID'],
      ];
      for (const [change, why] of wrong) {
        expect(code(await world.act({ ...good, ...change })), JSON.stringify(change)).toBe(why);
      }
      expect(await head(log)).toMatchObject({ status: 'active' });
    });

    it('of a retired key leaves the living log alone, and counts only in its interval (17)', async () => {
      const log = await enrolled();
      await anchored(log, 0, 5);
      await submit(proposal(log, 1, next, key));
      await world.later(KEY_DELAY);
      await anchored(log, 5, 9, next);
      expect(code(await world.act(proven(log, 3, 6, 9, 0)))).toBe('INVALID');
      expect(code(await world.act(proven(log, 3, 5, 9, 1, next)))).toBe('INVALID');
      expect(await world.act(proven(log, 3, 5, 9, 0))).toBeNull();
      expect(await head(log)).toMatchObject({ status: 'active' });
      await anchored(log, 9, 10, next);
      expect(await world.act(proven(log, 3, 6, 10, 1, next))).toBeNull();
      expect(await head(log)).toMatchObject({ status: 'faulted' });
    });
  });

  it('tells the time of the newest head in seconds, so that silence can be judged (18)', async () => {
    const log = await enrolled();
    await anchored(log, 0, 5);
    const before = Number((await head(log)).at);
    await world.later(1000);
    await anchored(log, 5, 6);
    const after = Number((await head(log)).at);
    expect(after - before).toBeGreaterThanOrEqual(1000);
    expect(after - before).toBeLessThan(1100);
  });

  it('counts the delay of a key in seconds, to the second (18)', async () => {
    const log = await enrolled();
    await submit(proposal(log, 1, next, key));
    await world.later(KEY_DELAY - 60);
    expect(await refusal(log.request(0, 5, next))).toBe('BAD_SIGNATURE');
    await world.later(60);
    await anchored(log, 0, 5, next);
  });

  describe('epochs', () => {
    it('end the one before at its size (19)', async () => {
      const gateway = newGateway();
      const first = await enrolled(`${gateway}/0`);
      await anchored(first, 0, 5);
      const second = await enrolled(`${gateway}/3`, first.logId);
      expect(await head(first)).toMatchObject({ status: 'revoked', size: 5n });
      expect(await world.validSize(first.logId)).toBe(5);
      expect(await refusal(first.request(5, 6, key))).toBe('NOT_ACTIVE');
      await anchored(second, 0, 1);
    });

    it('name the newest log, rise, and exist once (19)', async () => {
      const gateway = newGateway();
      const first = await enrolled(`${gateway}/1`);
      const foreign = await enrolled();
      const at = (epoch: number) => new AnchoredLog(`${gateway}/${epoch}`);
      expect(code(await enrol(at(1), null))).toBe('INVALID');
      expect(code(await enrol(at(2), null))).toBe('INVALID');
      expect(code(await enrol(at(2), foreign.logId))).toBe('INVALID');
      expect(code(await enrol(at(0), first.logId))).toBe('INVALID');
      await enrolled(`${gateway}/2`, first.logId);
      expect(code(await enrol(at(3), first.logId))).toBe('INVALID');
      expect(code(await enrol(new AnchoredLog(`${newGateway()}/0`), first.logId))).toBe('INVALID');
    });

    it('leave a log that had ended as it was (19)', async () => {
      const gateway = newGateway();
      const first = await enrolled(`${gateway}/0`);
      await anchored(first, 0, 5);
      await world.act({ fn: 'revoke', logId: first.logId, validSize: 2 });
      await enrolled(`${gateway}/1`, first.logId);
      expect(await world.validSize(first.logId)).toBe(2);
    });

    it('want a well-formed origin, a proof of possession and a registrar (19)', async () => {
      for (const origin of ['a.example/gw/00/0', `${newGateway()}/65536`, `${newGateway()}/01`, 'x']) {
        expect(code(await enrol(new AnchoredLog(origin), null)), origin).toBe('INVALID');
      }
      const log = new AnchoredLog(`${newGateway()}/0`);
      expect(code(await enrol(log, null, thief))).toBe('BAD_SIGNATURE');
      expect(code(await enrol(log, null, key, 1))).toBe('BAD_SIGNATURE');
      const call = {
        ...rawAnchor(log, 0, 1),
        fn: 'enrol',
        prev: null,
        logKey: hexOf(LOG_KEY.publicKey),
      } as const;
      const stranger = world.act({ ...call, ledgerKey: key.address, maxSilence: 60 }, 'stranger');
      expect(code(await stranger)).toBe('NOT_PERMITTED');
    });
  });

  describe('what can go wrong on the way', () => {
    it('dying after prepare, after broadcast or before the outcome: one anchor (20)', async () => {
      const log = await enrolled();
      const prepared = await ready(log.request(0, 5, key));
      await world.reopened().broadcast(prepared, soon());
      await world.finalise();
      await world.reopened().broadcast(prepared, soon());
      expect(await finally_(world.reopened(), prepared)).toMatchObject({ size: 5n });
      const { nonce } = await ready(log.request(5, 6, key));
      expect(nonce).toBe(prepared.nonce + 1n);
    });

    it('a broadcast that is lost: unknown, and the same bytes again (21)', async () => {
      const log = await enrolled();
      const s = await ready(log.request(0, 5, key));
      expect(await world.ledger.outcome(s, shortly())).toEqual({ kind: 'unknown' });
      await world.ledger.broadcast(s, soon());
      await world.finalise();
      expect(await finally_(world.ledger, s)).toMatchObject({ size: 5n });
    });

    it('waiting in the pool is unknown, in a block that is not final included (21)', async () => {
      const log = await enrolled();
      await world.hold();
      const s = await ready(log.request(0, 5, key));
      await world.ledger.broadcast(s, soon());
      expect(await world.ledger.outcome(s, shortly())).toEqual({ kind: 'unknown' });
      await world.release();
      expect(await world.ledger.outcome(s, shortly())).toMatchObject({
        kind: 'included',
        point: { tx: s.id },
      });
      expect(await world.ledger.head(log.logId, 'final', soon())).toMatchObject({ size: 0n });
      await world.finalise();
      expect(await finally_(world.ledger, s)).toMatchObject({ size: 5n });
    });

    it('dropped from the pool while its nonce is free: the same bytes again (22)', async () => {
      const log = await enrolled();
      await world.hold();
      const s = await ready(log.request(0, 5, key));
      await world.ledger.broadcast(s, soon());
      await world.drop(s.id);
      await world.release();
      await world.finalise();
      expect(await world.ledger.outcome(s, shortly())).toEqual({ kind: 'unknown' });
      await world.ledger.broadcast(s, soon());
      await world.finalise();
      expect(await finally_(world.ledger, s)).toMatchObject({ size: 5n });
    });

    it('its nonce taken by another transaction: dropped for good (22)', async () => {
      const log = await enrolled();
      const never = await ready(log.request(0, 5, key));
      await anchored(log, 0, 6);
      expect(await world.ledger.outcome(never, soon())).toEqual({ kind: 'dropped' });
      // Sending it again does no harm and tells nothing.
      await world.ledger.broadcast(never, soon());
      expect(await head(log)).toMatchObject({ size: 6n });
    });

    it('included and reorganised away: the same bytes again (23)', async () => {
      const log = await enrolled();
      await world.finalise();
      const s = await ready(log.request(0, 5, key));
      await world.ledger.broadcast(s, soon());
      expect(await world.ledger.outcome(s, shortly())).toMatchObject({ kind: 'included' });
      await world.reorg(1);
      expect(await head(log)).toMatchObject({ size: 0n });
      expect(await world.ledger.outcome(s, shortly())).toEqual({ kind: 'unknown' });
      await world.ledger.broadcast(s, soon());
      await world.finalise();
      expect(await finally_(world.ledger, s)).toMatchObject({ size: 5n });
    });

    it('a silent node: unreachable, and then as if nothing had been (24)', async () => {
      const log = await enrolled();
      const s = await ready(log.request(0, 5, key));
      world.silence(true);
      try {
        const unreachable = { name: 'AnchorError', code: 'UNREACHABLE' };
        await expect(world.ledger.head(log.logId, 'final', shortly())).rejects.toMatchObject(unreachable);
        await expect(world.ledger.broadcast(s, shortly())).rejects.toMatchObject(unreachable);
        expect(await world.ledger.outcome(s, shortly())).toEqual({ kind: 'unknown' });
      } finally {
        world.silence(false);
      }
      await world.ledger.broadcast(s, soon());
      await world.finalise();
      expect(await finally_(world.ledger, s)).toMatchObject({ size: 5n });
    });
  });

  it('gives a proof that holds, and no other (26)', async () => {
    const log = await enrolled();
    const proof = await submit(log.request(0, 5, key));
    if (proof === null || !('kind' in proof)) throw new Error('no proof');
    if (world instanceof MemoryWorld) {
      const { publicKey } = world.signer;
      const holds = (p: LedgerProof): boolean => verifyEd25519(publicKey, memoryProofMessage(p), p.bytes);
      expect(holds(proof)).toBe(true);
      const lies: Partial<LedgerProof>[] = [
        { network: 'x' },
        { contract: '0x' },
        { logId: hexOf(sha256(utf8('x'))) },
        { size: 6n },
        { root: hexOf(log.rootAt(6)) },
        { at: { ...proof.at, height: 0n } },
        { bytes: proof.bytes.with(0, (proof.bytes[0] ?? 0) ^ 1) },
      ];
      for (const lie of lies) expect(holds({ ...proof, ...lie })).toBe(false);
      return;
    }
    const { header, receipt } = JSON.parse(fromUtf8(proof.bytes) ?? '');
    expect(receipt.blockHash).toBe(hexOf(proof.at.hash));
    expect(header.hash).toBe(hexOf(proof.at.hash));
    expect(receipt.transactionHash).toBe(proof.at.tx);
    expect(receipt.status).toBe('0x1');
    expect(receipt.logs[0].topics[1]).toBe(log.logId);
  });
});
