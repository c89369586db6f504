import type { Actor } from '../../api/port.ts';
import { Refused } from '../../domain/errors.ts';

/** So long the word of the first person waits for a second one, ms of evidence time. */
const WAIT_MS = 2 * 60_000;

/**
 * Two named persons open past every rule where two are named who may (control rules, principle 12): the first is
 * refused on record, and the second one's word within two minutes opens. Where only one is named, one opens.
 */
export class BreakGlass {
  readonly #needsTwo: boolean;
  readonly #waiting = new Map<string, { readonly actor: number; readonly at: number }>();

  /** @param named how many people of the configuration may command */
  constructor(named: number) {
    this.#needsTwo = named >= 2;
  }

  /**
   * Who said it first; null where one is enough.
   * @throws Refused NOT_ALLOWED while a second person is awaited
   */
  first(device: string, { actor }: Actor, now: number): number | null {
    if (!this.#needsTwo) return null;
    const waiting = this.#waiting.get(device);
    if (waiting !== undefined && waiting.actor !== actor && now - waiting.at <= WAIT_MS) {
      this.#waiting.delete(device);
      return waiting.actor;
    }
    this.#waiting.set(device, { actor, at: now });
    throw new Refused(
      'NOT_ALLOWED',
      `on record; ${device} opens when a second person says the same within ${WAIT_MS / 60_000} minutes`,
    );
  }
}
