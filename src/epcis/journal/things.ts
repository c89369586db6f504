import { hexOf } from '../../domain/hex.ts';
import type { Told } from './drafting.ts';
import { type Named } from './epc-uri.ts';
import { joined, parted, type Memory } from './memory.ts';
import type { KnownStream } from './streams.ts';

/** What is on record of one thing: where it was put, where it was seen, and the leaf that says so last. */
export type Thing = {
  /** EPC or scanned code, small hexadecimal digits. */
  readonly epc: string;
  readonly lot: string;
  /** Zone it was put into, and when; empty and 0 for one that was only seen, or was taken away. */
  readonly zone: string;
  readonly since: number;
  /** End of its last sighting, and the read point's stream; 0 and empty for none. */
  readonly seenAt: number;
  readonly seenBy: string;
  readonly origin: string;
  readonly block: number;
  readonly slot: number;
  readonly seq: number;
  readonly leaf: string;
};

const NOWHERE = { lot: '', zone: '', since: 0, seenAt: 0, seenBy: '' };

export class Things {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  get(epc: string): Thing | null {
    return thingOf(epc, this.#memory.get(`thing/${epc}`));
  }

  seen(epc: Uint8Array, named: Named, told: Told, stream: KnownStream, at: number): void {
    const digits = hexOf(epc);
    const before = this.get(digits) ?? NOWHERE;
    if (at >= before.seenAt) this.#put(digits, named, told, { ...before, seenAt: at, seenBy: stream.id });
  }

  placed(
    epc: string,
    named: Named,
    told: Told,
    { lot, zone }: { readonly lot: string; readonly zone: string },
  ): void {
    const before = this.get(epc) ?? NOWHERE;
    const since = zone === '' ? 0 : told.record.t;
    this.#put(epc, named, told, { ...before, lot, zone, since });
  }

  #put(epc: string, { uri }: Named, { record, origin, block, leaf }: Told, thing: typeof NOWHERE): void {
    const { lot, zone, since, seenAt, seenBy } = thing;
    const proof = [origin, block, record.slot, record.seq, leaf()];
    this.#memory.set(`thing/${epc}`, joined([lot, zone, since, seenAt, seenBy, ...proof]));
    if (this.#memory.get(`uri/${uri}`) !== epc) this.#memory.set(`uri/${uri}`, epc);
  }
}

/** What is remembered of the thing with this canonical URI. */
export function thingNamed(uri: string, memory: Pick<Memory, 'get'>): Thing | null {
  const epc = memory.get(`uri/${uri}`);
  return epc === null ? null : thingOf(epc, memory.get(`thing/${epc}`));
}

function thingOf(epc: string, value: string | null): Thing | null {
  if (value === null) return null;
  const [lot = '', zone = '', since, seenAt, seenBy = '', origin = '', block, slot, seq, leaf = ''] =
    parted(value);
  return {
    epc,
    lot,
    zone,
    since: Number(since),
    seenAt: Number(seenAt),
    seenBy,
    origin,
    block: Number(block),
    slot: Number(slot),
    seq: Number(seq),
    leaf,
  };
}
