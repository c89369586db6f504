import type { Descriptor } from './descriptor.ts';
import type { VerifyEd25519 } from './primitives.ts';
import type { ProvenLeaf } from './proven-leaf.ts';
import { RecordType } from '../domain/record.ts';
import { encode } from './cbor.ts';
import { concatBytes, toHex } from './encodings.ts';
import { domainTag } from './hash-input.ts';
import { VerificationError } from './verification-error.ts';

/** Counters of one segment's frames: rising within it. */
type Run = {
  readonly slot: number;
  readonly i: number;
  readonly t: number;
  readonly first: number;
  readonly last: number;
  readonly missing: number;
  readonly where: string;
};

const DOMAIN = domainTag('bailee/device/v1');

/** What a device of level A signs, so that a frame speaks for one channel of one gateway only. */
export function deviceMessage(
  d: Descriptor,
  frame: { readonly ctr: number; readonly sourceAt: number; readonly v: number | null },
): Uint8Array {
  return concatBytes(DOMAIN, encode([d.gw, d.dev, d.ch, frame.ctr, frame.sourceAt, frame.v, d.exp, d.unit]));
}

/** Whether a reading bears its device's signature; `verifyFull` has passed its form. */
export function isSigned(d: Descriptor, type: number, body: ProvenLeaf['body']): boolean {
  return d.src === 3 && type === RecordType.reading && body.length === 5;
}

/**
 * Step 9, gathered while step 8 goes from stream to stream: the first failure is kept until `finish`,
 * so that a failure of step 8 in a later stream is told first.
 */
export class DeviceFrames {
  readonly #verifyEd25519: VerifyEd25519;
  /** By device, channel and key: a device that lost its counter has a new key. */
  readonly #channels = new Map<string, Run[]>();
  #failure: VerificationError | null = null;

  constructor(verifyEd25519: VerifyEd25519) {
    this.#verifyEd25519 = verifyEd25519;
  }

  /** @param whole all of a segment's leaves are here, so a number left out is a reading lost */
  segment(
    slot: number,
    i: number,
    d: Descriptor,
    leaves: readonly ProvenLeaf[],
    where: string,
    whole: boolean,
  ): void {
    if (d.src !== 3 || d.pub === null || this.#failure !== null) return;
    let run: Run | null = null;
    for (const { seq, t, type, body } of leaves) {
      const [v = null, , sourceAt, ctr, sig] = body;
      if (type !== RecordType.reading || (v === null && body.length < 5)) continue;
      const at = `${where}: leaf ${seq}`;
      if (
        (v !== null && typeof v !== 'number') ||
        typeof sourceAt !== 'number' ||
        typeof ctr !== 'number' ||
        !(sig instanceof Uint8Array) ||
        !this.#verifyEd25519(d.pub, deviceMessage(d, { ctr, sourceAt, v }), sig)
      ) {
        this.#failure = new VerificationError('DEVICE_SIGNATURE', at);
        return;
      }
      if (run !== null && ctr <= run.last) {
        this.#failure = new VerificationError('DEVICE_COUNTER', `${at}: ${ctr} after ${run.last}`);
        return;
      }
      run = extended(run, { slot, i, t, first: ctr, last: ctr, missing: 0, where }, whole);
    }
    if (run === null) return;
    const channel = `${d.dev}\0${d.ch}\0${toHex(d.pub)}`;
    const runs = this.#channels.get(channel) ?? [];
    runs.push(run);
    this.#channels.set(channel, runs);
  }

  /**
   * Counters rise from segment to segment, across slots, too. @throws VerificationError
   * @param wholeSlots streams disclosed in full: only between those is a missing number a loss
   * @returns how many readings were lost, by slot
   */
  finish(wholeSlots: ReadonlySet<number>): ReadonlyMap<number, number> {
    if (this.#failure !== null) throw this.#failure;
    const lost = new Map<number, number>();
    for (const runs of this.#channels.values()) {
      let before: Run | null = null;
      for (const run of runs.sort((x, y) => x.i - y.i || x.t - y.t || x.slot - y.slot)) {
        if (before !== null && run.first <= before.last)
          throw new VerificationError('DEVICE_COUNTER', `${run.where}: ${run.first} after ${before.last}`);
        const whole = before !== null && wholeSlots.has(run.slot) && wholeSlots.has(before.slot);
        const between = before !== null && whole ? run.first - before.last - 1 : 0;
        lost.set(run.slot, (lost.get(run.slot) ?? 0) + run.missing + between);
        before = run;
      }
    }
    return lost;
  }
}

function extended(run: Run | null, frame: Run, whole: boolean): Run {
  if (run === null) return frame;
  return { ...run, last: frame.last, missing: run.missing + (whole ? frame.last - run.last - 1 : 0) };
}
