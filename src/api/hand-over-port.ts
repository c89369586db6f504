import type { Readable } from 'node:stream';
import type * as z from 'zod';
import type { Actor } from './actor.ts';
import type { HAND_OVER_SCHEMAS } from './hand-over-schema.ts';
import type { DockTerms, HandOver } from './hand-over-types.ts';

type By = Actor & { readonly reason: string };
type Hand = 'giver' | 'taker';
type Begun = z.infer<typeof HAND_OVER_SCHEMAS.HandOverBegun>;

/** Hand-overs as the root keeps them. Acts resolve once they are on record. */
export type HandOverKeeping = {
  list(): readonly HandOver[];
  /** null for an id that there is none of. */
  get(id: string): HandOver | null;
  /** @throws Refused naming every field that is wrong, or what stands against it */
  begin(document: unknown, by: By): Promise<Begun>;
  /** @throws Refused NOT_FOUND */
  link(id: string): Begun;
  /** @throws Refused NOT_FOUND, INVALID for a signature that does not verify, CONFLICT for a key not on record */
  sign(id: string, hand: Hand, signed: Signed, by: By): Promise<void>;
  /** @throws Refused NOT_FOUND, INVALID for a party that is neither hand */
  object(id: string, exception: Exception, by: By): Promise<void>;
  /** @throws Refused NOT_FOUND */
  settle(id: string, by: By): Promise<void>;
  trust(party: string, key: string, isTrusted: boolean, by: By): Promise<void>;
  /** The proof file kept for an objection; null while there is none. */
  evidence(id: string, seq: number): { readonly bytes: number; readonly content: Readable } | null;
  /** What the holder of a link is asked to sign; null for a link never given, or too old. */
  dock(token: string): DockTerms | null;
};

type Signed = { readonly key: string; readonly signature: string };
type Exception = {
  readonly by: string;
  readonly code: string;
  readonly note: string;
  readonly pictures: readonly string[];
};
