import type { Actor } from './actor.ts';
import type { Picture, Tags } from './seen-types.ts';

/** What readers and cameras saw. */
export type Seen = {
  readonly tags: {
    state(): Tags;
    /**
     * Resolves once it is on record; it is so when a second person said the same. EPC and TID: small hexadecimal digits.
     * @throws Refused INVALID for what is no such number, NOT_ALLOWED for a token that is nobody's own, CONFLICT where
     * it would change nothing
     */
    bind(epc: string, tid: string, by: Actor & { readonly reason: string }): Promise<void>;
  };
  readonly pictures: {
    /** Newest first. */
    list(): readonly Picture[];
    /** What has this hash; null for what is no picture on record here, or is not there any more. */
    find(sha256: string): Uint8Array | null;
  };
};
