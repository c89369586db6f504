import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Software of others that checks our bytes. */

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
export const ifOpenssl = hasOpenssl ? '' : ' (skipped: openssl is not installed)';

/** Asks OpenSSL's command line about an Ed25519 signature over a text. */
export function opensslVerifies(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'bailee-openssl-'));
  const at = (name: string): string => join(folder, name);
  try {
    // SubjectPublicKeyInfo of an Ed25519 key (RFC 8410).
    const prefix = Buffer.from('302a300506032b6570032100', 'hex');
    writeFileSync(at('key.der'), Buffer.concat([prefix, publicKey]));
    writeFileSync(at('sig'), signature);
    writeFileSync(at('text'), text);
    const key = ['-pubin', '-keyform', 'DER', '-inkey', at('key.der')];
    const what = ['-rawin', '-in', at('text'), '-sigfile', at('sig')];
    return spawnSync('openssl', ['pkeyutl', '-verify', ...key, ...what]).status === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type MerkleCheck = (
  entry: {
    canonicalizedBody: Buffer;
    inclusionProof: { logIndex: string; hashes: readonly Buffer[] };
  },
  checkpoint: { logSize: bigint; logHash: Buffer },
) => void;

// Its package exports no Merkle check of its own; the file is the one its verifier runs.
const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('@sigstore/verify'));
const { verifyMerkleInclusion }: { verifyMerkleInclusion: MerkleCheck } = require(
  join(folder, 'tlog/merkle.js'),
);

/** Runs sigstore's check that a leaf stands at this place of a log. @throws its error when it does not */
export function requireIncluded(
  leaf: Uint8Array,
  index: number,
  path: readonly Uint8Array[],
  head: { readonly size: number; readonly root: Uint8Array },
): void {
  const hashes = path.map((hash) => Buffer.from(hash));
  verifyMerkleInclusion(
    { canonicalizedBody: Buffer.from(leaf), inclusionProof: { logIndex: String(index), hashes } },
    { logSize: BigInt(head.size), logHash: Buffer.from(head.root) },
  );
}
