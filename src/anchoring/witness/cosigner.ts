import { parseAnyCheckpoint, parseOrigin, type AnyCheckpoint } from '../../evidence/checkpoint.ts';
import { bytesEqual, utf8 } from '../../evidence/encodings.ts';
import { findFraud, type Fraud } from '../../evidence/fraud.ts';
import { mth, verifyConsistency } from '../../evidence/merkle.ts';
import {
  cosign,
  formatNote,
  isLineOf,
  parseNote,
  verifyLine,
  type Note,
  type NoteSigner,
} from '../../evidence/note.ts';
import type { NoteKey } from '../../evidence/note-key.ts';
import type { Primitives } from '../../evidence/primitives.ts';
import { parseRequest } from './exchange.ts';
import { gatewayOf, type TrustedLogs } from './trusted-logs.ts';

/** The newest head of one origin that was cosigned. */
export type CosignedHead = {
  readonly origin: string;
  /** The gateway whose log it is and its epoch; null for a log that is no gateway's. */
  readonly gateway: string | null;
  readonly epoch: number | null;
  readonly size: number;
  readonly root: Uint8Array;
  /** The log's own signature lines are in it. */
  readonly note: string;
};

/** What a witness remembers. */
export type WitnessStore = {
  head(origin: string): CosignedHead | null;
  /** Greatest epoch of this gateway of which a head was cosigned; null for none. */
  newestEpoch(gateway: string): number | null;
  /** Durable when it returns. @throws StorageError FORK when another process has put a head there */
  advance(to: CosignedHead, fromSize: number | null): void;
  /** Two heads that prove that a log told two histories. */
  keepFraud(fraud: Fraud): void;
};

export type Answer =
  | { readonly status: 200; readonly line: string; readonly size: number; readonly origin: string }
  | { readonly status: 409; readonly size: number; readonly why: string }
  | { readonly status: 400 | 403 | 404 | 422; readonly why: string };

export type CosignerParts = Pick<Primitives, 'sha256' | 'verifyEd25519'> & {
  readonly logs: TrustedLogs;
  readonly store: WitnessStore;
  readonly signer: NoteSigner;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
  /** Told of each fraud that was kept. */
  readonly onFraud: (fraud: Fraud) => void;
};

/**
 * Cosigns a head only if it continues the newest one it cosigned of that origin (C2SP tlog-witness).
 * An answer is made in one go, so that requests for one origin never meet.
 */
export class Cosigner {
  readonly #parts: CosignerParts;
  readonly #emptyRoot: Uint8Array;

  constructor(parts: CosignerParts) {
    this.#parts = parts;
    this.#emptyRoot = mth(parts.sha256, []);
  }

  /** @throws StorageError; then nothing was cosigned, and nothing may be any more */
  answer(body: Uint8Array): Answer {
    const parsed = parseRequest(body);
    if (!parsed.ok) return { status: 400, why: parsed.why };
    const { oldSize, proof, note } = parsed.request;
    const opened = parseNote(utf8(note));
    if (!opened.ok) return { status: 400, why: opened.why };
    const checkpoint = parseAnyCheckpoint(opened.note.text);
    if (checkpoint === null || checkpoint.size > BigInt(Number.MAX_SAFE_INTEGER)) {
      return { status: 400, why: 'the note is no checkpoint with a size below 2^53' };
    }
    const { origin } = checkpoint;
    const keys = this.#parts.logs.keysOf(origin);
    if (keys.length === 0) return { status: 404, why: `${origin} is not a log that is witnessed here` };
    const own = this.#ownLines(opened.note, keys);
    if (own === null) return { status: 403, why: `no key known of ${origin} has signed this` };
    const later = this.#laterEpoch(origin);
    if (later !== null) return { status: 404, why: `${origin} is over: epoch ${later} has begun` };
    return this.#continue(checkpoint, Number(checkpoint.size), { oldSize, proof, note: own });
  }

  /** The note with the lines alone that a trusted key made; null without any. */
  #ownLines(note: Note, keys: readonly NoteKey[]): string | null {
    const lines = note.lines.filter((line) =>
      keys.some((key) => isLineOf(line, key) && verifyLine(note.text, line, key, this.#parts) !== null),
    );
    return lines.length === 0 ? null : formatNote(note.text, lines);
  }

  #laterEpoch(origin: string): number | null {
    const parsed = parseOrigin(origin);
    if (parsed === null) return null;
    const newest = this.#parts.store.newestEpoch(gatewayOf(parsed));
    return newest !== null && newest > parsed.epoch ? newest : null;
  }

  #continue(
    checkpoint: AnyCheckpoint,
    size: number,
    ask: { readonly oldSize: bigint; readonly proof: readonly Uint8Array[]; readonly note: string },
  ): Answer {
    const { sha256, store } = this.#parts;
    const { origin, root } = checkpoint;
    const { oldSize, proof, note } = ask;
    if (oldSize > BigInt(size)) return { status: 400, why: `old size ${oldSize} is above ${size}` };
    const known = store.head(origin);
    const from = known ?? { size: 0, root: this.#emptyRoot };
    if (oldSize !== BigInt(from.size)) {
      this.#keepFraud(known, note, proof);
      return { status: 409, size: from.size, why: `${origin} was cosigned at size ${from.size}` };
    }
    if (size === from.size && !bytesEqual(root, from.root)) {
      this.#keepFraud(known, note, []);
      return { status: 409, size: from.size, why: `${origin} has another root at size ${size}` };
    }
    if (!verifyConsistency(sha256, from.size, size, from.root, root, proof)) {
      this.#keepFraud(known, note, proof);
      return { status: 422, why: `the proof does not lead from size ${from.size} to size ${size}` };
    }
    if (known === null || size > known.size) {
      const parsed = parseOrigin(origin);
      const gateway = parsed === null ? null : gatewayOf(parsed);
      const to = { origin, gateway, epoch: parsed?.epoch ?? null, size, root, note };
      // If we die here, nothing was cosigned; after it this head is what every other must continue.
      store.advance(to, known?.size ?? null);
    }
    const at = Math.floor(this.#parts.now() / 1000);
    return { status: 200, line: cosign(checkpointOf(note), at, this.#parts.signer), size, origin };
  }

  /** Kept where the two heads contradict each other, whatever was asked. */
  #keepFraud(known: CosignedHead | null, note: string, proof: readonly Uint8Array[]): void {
    const fraud = known === null ? null : findFraud(known.note, note, proof, this.#parts);
    if (fraud === null) return;
    this.#parts.store.keepFraud(fraud);
    this.#parts.onFraud(fraud);
  }
}

/** The text that is signed: all above the blank line. */
function checkpointOf(note: string): string {
  return note.slice(0, note.lastIndexOf('\n\n') + 1);
}
