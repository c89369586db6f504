import type { HandOver, HandOverException, HandOverSignature } from '../domain/goods/documents.ts';
import { handOverMessage } from '../domain/goods/hand-over.ts';
import type { GoodsObjection } from './goods-acts.ts';
import type { HandOvers } from './hand-overs.ts';

/** Ed25519 (RFC 8032); false for whatever is no signature of this key. */
export type VerifySignature = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** What stands against a hand-over, a signature under it or an objection to it; null for nothing. */
export function objectionToHands(
  handOvers: HandOvers,
  document: HandOver | HandOverSignature | HandOverException,
  verify: VerifySignature,
): GoodsObjection | null {
  const known = handOvers.get(document.handOver);
  if (document.kind === 'hand-over') {
    if (document.giver === document.taker)
      return invalid('taker: is the giver; goods pass from one party to another');
    return known === null ? null : conflict(`handOver: ${document.handOver} is on record already`);
  }
  if (known === null)
    return { code: 'NOT_FOUND', why: `handOver: there is no hand-over ${document.handOver}` };
  const { giver, taker } = known.terms;
  if (document.kind === 'exception') {
    const isOurs = document.by === giver || document.by === taker;
    return isOurs
      ? null
      : invalid(`by: ${document.by} is neither ${giver}, who gives, nor ${taker}, who takes`);
  }
  const { by, party, key } = document;
  if (document.document !== known.sha256)
    return conflict(`document: the hand-over on record is ${known.sha256}: what was signed is another text`);
  if (known.terms[by] !== party) return invalid(`party: the ${by} is ${known.terms[by]}, not ${party}`);
  if (known[by] !== null) return conflict(`by: the ${by} has signed already`);
  if (!handOvers.keysOf(party).includes(key))
    return conflict(`key: is not on record for ${party}; a supervisor puts it there`);
  const message = handOverMessage(bytesOf(document.document), by);
  if (verify(bytesOf(key), message, bytesOf(document.signature))) return null;
  return invalid(`signature: does not verify with this key, as ${by} of this document`);
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) =>
    Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  );
}

function conflict(why: string): GoodsObjection {
  return { code: 'CONFLICT', why };
}

function invalid(why: string): GoodsObjection {
  return { code: 'INVALID', why };
}
