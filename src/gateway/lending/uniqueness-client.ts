import { createHmac } from 'node:crypto';
import * as z from 'zod';

/** Asks the index across sites who else tells of the same tags. */
export type UniquenessAsk = (hashes: readonly string[], signal: AbortSignal) => Promise<readonly Elsewhere[]>;

/** A keyed hash that another member told, too. */
export type Elsewhere = { readonly hash: string; readonly by: string };

/** The index did not answer as it should; asked again at the next cycle. */
export class UnreachableIndex extends Error {
  override readonly name = 'UnreachableIndex';
}

const TIMEOUT_MS = 30_000;
const Answer = z.strictObject({
  elsewhere: z
    .array(
      z.strictObject({ hash: z.string().regex(/^[0-9a-f]{64}$/), by: z.string().regex(/^[\w.-]{1,64}$/) }),
    )
    .max(100_000),
});

/**
 * EPCs are guessable, so a plain hash would tell them: this one is keyed, and the index does not hold the key.
 * @param key of the consortium @param epc small hexadecimal digits
 */
export function keyedHash(key: string, epc: string): string {
  return createHmac('sha256', key).update(`bailee/uniqueness/v1\0${epc}`).digest('hex');
}

export function uniquenessClient(url: string, token: { reveal(): string }): UniquenessAsk {
  return async (hashes, signal) => {
    try {
      const answer = await fetch(new URL('/v1/told', url), {
        method: 'POST',
        headers: { authorization: `Bearer ${token.reveal()}`, 'content-type': 'application/json' },
        body: JSON.stringify({ hashes }),
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      if (!answer.ok) throw new UnreachableIndex(`${url} answered ${answer.status}`);
      return Answer.parse(await answer.json()).elsewhere;
    } catch (error) {
      if (error instanceof UnreachableIndex) throw error;
      throw new UnreachableIndex(`${url} is not reached: ${String(error)}`.slice(0, 300), { cause: error });
    }
  };
}
