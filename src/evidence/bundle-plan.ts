import type { NamedFile } from './bundle-documents.ts';
import type { BundleRequest } from './bundle.ts';
import type { BundleSource } from './bundle-source.ts';
import type { Interval } from './intervals.ts';
import { EVENTS_SLOT } from '../domain/record.ts';
import { namedFiles } from './bundle-documents.ts';
import { present } from './bundle-source.ts';
import { MAX_DOCUMENTS, longestGapMs } from './bundle.ts';

/** Of the 256 MiB that a verifier unpacks; the rest is for heads and the blocks around the window. */
const MOST_BYTES = 200 * 1024 * 1024;
/** One bundle shows at most 1,000 heads; with more blocks than this, fewer than two of three are dated. */
const MOST_DATED_BLOCKS = 1500;
/** A hash in a path. */
const HASH_BYTES = 34;

/**
 * Cuts the window of a request at ends of blocks so that each part makes a bundle that a verifier
 * opens (evidence section 14). Leaves shown one by one are not counted, because their number is not
 * known: such a part may turn out too large, and is then to be halved.
 */
export function planParts(source: BundleSource, request: BundleRequest): readonly Interval[] {
  const { question, size, events, someEvents } = request;
  const slots = events || someEvents !== null ? [EVENTS_SLOT, ...request.slots] : request.slots;
  const maxGapMs = longestGapMs(source.streams().filter((s) => slots.includes(s.slot)));
  const { a, b } = source.blocksBetween(question.from - maxGapMs, question.to);
  const parts: Interval[] = [];
  let { from } = question;
  let load = new Load(source, request, slots);
  for (let no = a; no < Math.min(b, size); no++) {
    const { t0 } = present(source.block(no), `block ${no}`);
    load.add(no);
    if (load.fits || t0 <= from || t0 >= question.to) continue;
    parts.push({ from, to: t0 });
    from = t0;
    load = new Load(source, request, slots);
    load.add(no);
  }
  return [...parts, { from, to: question.to }];
}

/** Both halves of a part, cut at the end of a block; null for one that cannot be cut. */
export function halvesOf(source: BundleSource, part: Interval): readonly [Interval, Interval] | null {
  const { a, b } = source.blocksBetween(part.from, part.to);
  const middle = source.block(Math.ceil((a + b) / 2));
  if (middle === null || middle.t0 <= part.from || middle.t0 >= part.to) return null;
  return [
    { from: part.from, to: middle.t0 },
    { from: middle.t0, to: part.to },
  ];
}

/** What the blocks of one part bring into its bundle. */
class Load {
  readonly #source: BundleSource;
  readonly #request: BundleRequest;
  readonly #slots: readonly number[];
  readonly #documents = new Map<string, NamedFile>();
  #bytes = 0;
  #blocks = 0;

  constructor(source: BundleSource, request: BundleRequest, slots: readonly number[]) {
    this.#source = source;
    this.#request = request;
    this.#slots = slots;
  }

  get fits(): boolean {
    const isDated = this.#request.policy.witnesses.length > 0;
    const documents = [...this.#documents.values()].reduce((sum, d) => sum + d.size, 0);
    return (
      this.#bytes + documents <= MOST_BYTES &&
      this.#documents.size <= MAX_DOCUMENTS &&
      (!isDated || this.#blocks <= MOST_DATED_BLOCKS)
    );
  }

  add(no: number): void {
    const sizes = this.#source.segmentSizes(no);
    const path = HASH_BYTES * Math.ceil(Math.log2(Math.max(2, sizes.length)));
    this.#blocks += 1;
    this.#bytes += present(this.#source.block(no), `block ${no}`).block.length;
    for (const slot of this.#slots) {
      const found = sizes[slot];
      if (found === undefined) continue;
      this.#bytes += found.segment + path;
      const isFull = slot === EVENTS_SLOT ? this.#request.events : this.#request.mode === 'full';
      if (isFull) this.#bytes += found.leaves + HASH_BYTES;
    }
    const { events, someEvents } = this.#request;
    if (events) namedFiles(this.#source, no, this.#documents);
    else if (someEvents !== null) namedFiles(this.#source, no, this.#documents, someEvents);
  }
}
