import { expect, it } from 'vitest';
import { bytesOfHex, hexOf } from '../../src/anchoring/hex.ts';
import type { AnchorCall } from '../../src/anchoring/memory/anchor-rules.ts';
import type { Hex } from '../../src/anchoring/port.ts';
import { AnchoredLog } from '../anchored-log.ts';
import { actsIn, code, concluded, key, newGateway, rawAnchor, soon, thief } from './ledger-acts.ts';
import type { LedgerWorld } from './ledger-world.ts';

/** Cases 1 to 11: what a log may and may not become. */
export function appendCases(world: () => LedgerWorld): void {
  const { enrolled, ready, submit, anchored, refusal, head } = actsIn(world);

  it('takes a first head from size 0, and gives a proof that names it (1, 26)', async () => {
    const log = await enrolled();
    expect(await head(log)).toMatchObject({ size: 0n, root: null, status: 'active', keyNo: 0, at: 0n });
    const proof = await submit(log.request(0, 5, key));
    expect(proof).toMatchObject({ logId: log.logId, size: 5n, root: hexOf(log.rootAt(5)) });
    const { size, root, at } = await world().ledger.head(log.logId, 'final', soon());
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
    await world().ledger.broadcast(s, soon());
    await world().ledger.broadcast(s, soon());
    await world().finalise();
    expect(await concluded(world().ledger, s)).toMatchObject({ size: 5n });
    expect(await submit(request)).toEqual({ code: 'STALE_HEAD', size: 5n, root: log.rootAt(5) });
    await world().ledger.broadcast(s, soon());
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
      expect(code(await world().act({ ...good, ...change }, 'stranger')), JSON.stringify(change)).toBe(why);
    }
    expect(await world().act(good, 'stranger')).toBeNull();
  });

  it('refuses every malformed signature (9)', async () => {
    const log = await enrolled();
    const good = rawAnchor(log, 0, 5);
    const sig = bytesOfHex(good.sig);
    const [r, s, v] = [sig.slice(0, 32), sig.slice(32, 64), sig[64] ?? 0];
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
      expect(code(await world().act({ ...good, sig: bad }, 'stranger')), bad).toBe('BAD_SIGNATURE');
    }
  });

  it('knows no log that was not enrolled (10)', async () => {
    const log = new AnchoredLog(`${newGateway()}/0`);
    expect(await head(log)).toMatchObject({ size: 0n, status: 'none' });
    expect(await refusal(log.request(0, 5, key))).toBe('NOT_ACTIVE');
    expect(code(await world().act({ fn: 'revoke', logId: log.logId, validSize: 0 }))).toBe('INVALID');
  });

  it('lets one of two racers win, whoever relays (11)', async () => {
    const log = await enrolled();
    await world().hold();
    const first = await ready(log.request(0, 5, key), world().stranger);
    const second = await ready(log.request(0, 6, key));
    await world().stranger.broadcast(first, soon());
    await world().ledger.broadcast(second, soon());
    await world().release();
    await world().finalise();
    const outcomes = await Promise.all([
      concluded(world().stranger, first),
      concluded(world().ledger, second),
    ]);
    const { size, root } = await head(log);
    expect(outcomes.filter((o) => o !== null && 'kind' in o)).toHaveLength(1);
    expect(outcomes).toContainEqual({ code: 'STALE_HEAD', size, root });
  });
}

function flip(hex: Hex, at: number): Hex {
  const bytes = bytesOfHex(hex);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return hexOf(bytes);
}

function signature(...parts: Uint8Array[]): Hex {
  return hexOf(Buffer.concat(parts));
}
