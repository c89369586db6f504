import type { HandOver, HandOverException } from './documents.ts';
import type { RecordRef } from '../record.ts';

const DOMAIN = new TextEncoder().encode('bailee/hand-over/v1\0');

export type Hand = 'giver' | 'taker';

/**
 * What a hand signs with Ed25519: the domain string and a zero byte, SHA-256 of the document (32 bytes), 1 for the
 * giver or 2 for the taker.
 */
export function handOverMessage(sha256: Uint8Array, by: Hand): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(DOMAIN.length + sha256.length + 1);
  message.set(DOMAIN);
  message.set(sha256, DOMAIN.length);
  message[message.length - 1] = by === 'giver' ? 1 : 2;
  return message;
}

/** `incomplete` while a signature is missing; `disputed` while an objection stands that no person settled. */
export type HandOverState = 'incomplete' | 'complete' | 'disputed';

export type Signed = { readonly key: string; readonly at: number; readonly ref: RecordRef };

/** A hand-over as the journal tells of it. Instants: evidence time, ms; digests and keys small hexadecimal digits. */
export type HandOverFact = {
  readonly id: string;
  readonly sha256: string;
  readonly terms: HandOver;
  readonly at: number;
  readonly ref: RecordRef;
  readonly giver: Signed | null;
  readonly taker: Signed | null;
  readonly exceptions: readonly (Pick<HandOverException, 'by' | 'code' | 'note' | 'pictures'> & {
    readonly at: number;
    readonly ref: RecordRef;
  })[];
  readonly isSettled: boolean;
  readonly state: HandOverState;
};
