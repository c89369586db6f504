import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seedSigner } from '../../anchoring/signer.ts';
import { formatNoteKey, noteKey } from '../../evidence/note-key.ts';
import {
  erasable,
  firstKey,
  keysNote,
  keysOf,
  policyKeysOf,
  signingAt,
  stateOf,
  tailKeyAt,
  withAccepted,
  withAnnounced,
  withCancelled,
  type KeyEntry,
} from './key-list.ts';
import { sha256 } from '../site/primitives.ts';

const ORIGIN = 'consortium.example/gw/b0b1b2b3b4b5b6b7/0';

function vkey(no: number): string {
  const { publicKey } = seedSigner(new Uint8Array(32).fill(no + 1));
  return formatNoteKey(noteKey(sha256, ORIGIN, 'ed25519', publicKey));
}

describe('the keys of a log', () => {
  const act = fc.record({
    act: fc.constantFrom('announce', 'accept', 'cancel'),
    /** Blocks sealed before it, and how far behind the log the ledger's size is. */
    blocks: fc.integer({ min: 1, max: 9 }),
    behind: fc.integer({ min: 0, max: 30 }),
  });

  it('count for sizes that join without gap or overlap, and whoever counts has signed', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        let keys: KeyEntry[] = [firstKey(vkey(0), null)];
        /** Numbers of the keys that signed the head of each size, and the tail of each block. */
        const heads = new Map<number, number[]>();
        const tails: number[] = [tailKeyAt(keys, 0)?.no ?? -1];
        let size = 0;
        /** A block is sealed: its head is signed by the list of now, and so is the next block's tail. */
        const seal = (): void => {
          size += 1;
          heads.set(
            size,
            signingAt(keys, size).map((k) => k.no),
          );
          tails.push(tailKeyAt(keys, size)?.no ?? -1);
          // No key that signs tails from here on may be gone.
          expect(erasable(keys, size).map((k) => k.no)).not.toContain(tails.at(-1));
        };
        for (const { act: what, blocks, behind } of acts) {
          for (let i = 0; i < blocks; i += 1) seal();
          const announced = keys.find((k) => stateOf(k) === 'announced');
          if (what === 'announce' && announced === undefined) {
            keys = withAnnounced(keys, { log: vkey(keys.length), ledger: null }, size);
          } else if (what === 'accept' && announced !== undefined) {
            // After an outage the ledger's last head may be older than the announcement.
            keys = withAccepted(keys, Math.max(0, size - behind), size + 1);
          } else if (what === 'cancel') keys = withCancelled(keys);
          seal();
          expect(keysOf({ meta: () => keysNote(keys).value })).toEqual(keys);
        }
        const named = policyKeysOf(keys);
        named.forEach(({ from }, i) => expect(from).toBe(i === 0 ? 0 : named[i - 1]?.to));
        expect(named.at(-1)?.to).toBeNull();
        for (const [at, signers] of heads) {
          const valid = keys.filter((k) => k.from !== null && at > k.from && (k.to === null || at <= k.to));
          expect(valid).toHaveLength(1);
          expect(signers).toContain(valid[0]?.no);
        }
        expect(tails).toEqual(tails.toSorted((a, b) => a - b));
      }),
    );
  });
});
