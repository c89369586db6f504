import { leafHash, nodeHash } from '../src/evidence/merkle.ts';
import { checkpointText } from '../src/evidence/checkpoint.ts';
import { utf8 } from '../src/evidence/encodings.ts';
import { consistencyProof, rootAt } from '../src/evidence/log-tree.ts';
import { noteKey } from '../src/evidence/note-key.ts';
import { signNote, type NoteSigner } from '../src/evidence/note.ts';
import { hexOf } from '../src/anchoring/hex.ts';
import { sha256 } from '../src/anchoring/key-possession.ts';
import type { AnchorRequest, Hex32 } from '../src/anchoring/port.ts';
import { type Secp256k1Key, secp256k1Key } from '../src/anchoring/secp256k1-key.ts';
import { seedSigner } from '../src/anchoring/signer.ts';

export const LOG_KEY = seedSigner(sha256(utf8('a log key')));

export function keyNamed(name: string): Secp256k1Key {
  return secp256k1Key(sha256(utf8(name)));
}

/** Blocks of a chunk: a perfect subtree of level 10. */
const CHUNK_LEVEL = 10;

export type LogOptions = {
  /** Entries it shares with another log of the same origin; all by default. */
  readonly forkAt?: number;
  /** Chunks whose blocks are there; of the others only a root is, so that a million entries cost little. */
  readonly chunks?: readonly number[];
};

/** A gateway's log as sealing leaves it: roots, proofs and signed notes of any size. */
export class AnchoredLog {
  readonly origin: string;
  readonly logId: Hex32;
  readonly #options: LogOptions;
  readonly #nodes = new Map<string, Uint8Array>();

  constructor(origin: string, options: LogOptions = {}) {
    this.origin = origin;
    this.logId = hexOf(sha256(utf8(origin)));
    this.#options = options;
  }

  rootAt(size: number): Uint8Array {
    return rootAt(sha256, size, this.#node);
  }

  consistency(oldSize: number, newSize: number): Uint8Array[] {
    return consistencyProof(sha256, oldSize, newSize, this.#node);
  }

  note(size: number, ...ledgerKeys: readonly Secp256k1Key[]): string {
    return noteOf(this.origin, size, this.rootAt(size), ledgerKeys);
  }

  request(oldSize: number, newSize: number, ...ledgerKeys: readonly Secp256k1Key[]): AnchorRequest {
    const proof = this.consistency(oldSize, newSize);
    return { oldSize: BigInt(oldSize), proof, note: this.note(newSize, ...ledgerKeys) };
  }

  readonly #node = (level: number, index: number): Uint8Array => {
    const name = `${level}/${index}`;
    const known = this.#nodes.get(name);
    if (known !== undefined) return known;
    const made = this.#make(level, index);
    this.#nodes.set(name, made);
    return made;
  };

  #make(level: number, index: number): Uint8Array {
    const { forkAt = Infinity, chunks } = this.#options;
    const history = (index + 1) * 2 ** level > forkAt ? ', told otherwise' : '';
    if (level === 0) return leafHash(sha256, utf8(`block ${index}${history}`));
    if (level === CHUNK_LEVEL && chunks?.includes(index) === false)
      return sha256(utf8(`subtree ${index}${history}`));
    return nodeHash(sha256, this.#node(level - 1, 2 * index), this.#node(level - 1, 2 * index + 1));
  }
}

export function noteOf(
  origin: string,
  size: number,
  root: Uint8Array,
  ledgerKeys: readonly Secp256k1Key[],
): string {
  const signers: NoteSigner[] = [
    { key: noteKey(sha256, origin, 'ed25519', LOG_KEY.publicKey), sign: (m) => LOG_KEY.sign(m) },
    ...ledgerKeys.map((k) => ({
      key: noteKey(sha256, origin, 'ledger', k.publicKey),
      sign: (digest: Uint8Array) => k.sign(digest),
    })),
  ];
  return signNote(checkpointText(origin, size, root), signers, sha256);
}
