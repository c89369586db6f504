import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openArchive } from '../../src/buffer/archive.ts';
import { RecordType } from '../../src/domain/record.ts';
import { decodeSequence, encode } from '../../src/evidence/cbor.ts';
import { parseCheckpoint } from '../../src/evidence/checkpoint.ts';
import { inclusionProof } from '../../src/evidence/log-tree.ts';
import { isLineOf, parseNote } from '../../src/evidence/note.ts';
import { parsePolicy } from '../../src/evidence/policy.ts';
import { readZip } from '../../src/evidence/zip.ts';
import { nodePrimitives, sha256 } from '../../src/gateway/site/primitives.ts';
import { nodesOf } from '../../src/gateway/recording/recovery.ts';
import { bailee } from '../daemon.ts';
import type { Site } from '../gateway-site.ts';
import { hasOpenssl, opensslVerifies, requireIncluded } from '../interop/foreign.ts';
import { journalRecords } from '../journal-records.ts';

/** Runs a command that must end well, and gives what it printed. */
async function done(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await bailee(...args);
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}:\n${out}${err}`);
  return out;
}

/**
 * Hands a stranger the bundle of all that a stream recorded, as the manual says, and has it checked:
 * by our verifier, its signature by OpenSSL, each block's inclusion by sigstore.
 */
export async function expectProvable(site: Site, stream: string): Promise<{ readonly blocks: number }> {
  const [policyFile, bundleFile] = [join(site.folder, 'policy.json'), join(site.folder, 'bundle.zip')];
  writeFileSync(policyFile, await done('policy', '--data', site.data));
  const { from, to } = windowOf(site.data, stream);
  // While the process was dead nothing was measured, and the verifier counts that as a gap.
  const wanted = ['--min', '2', '--max', '10', '--allow-gap', '1d'];
  const where = ['--data', site.data, '--stream', stream, '--from', from, '--to', to];
  await done('export', ...where, ...wanted, '--out', bundleFile);
  const verdict = JSON.parse(await done('verify', bundleFile, '--policy', policyFile, '--json')) as {
    readonly evidence: string;
    readonly answer: string;
  };
  if (verdict.evidence !== 'valid' || verdict.answer !== 'yes') throw new Error(JSON.stringify(verdict));
  await expectTamperingFound(bundleFile, policyFile);
  return { blocks: foreigners(site.data, readFileSync(bundleFile), readFileSync(policyFile)) };
}

/** From the first to the last reading of the stream, as instants. */
function windowOf(data: string, stream: string): { from: string; to: string } {
  using archive = openArchive(data);
  const slot = archive.streams().find(({ dev, ch }) => `${dev}/${ch}` === stream)?.slot;
  const times = journalRecords(data, RecordType.reading).filter((r) => r.slot === slot);
  const at = (i: number): string => new Date(times.at(i)?.t ?? 0).toISOString();
  return { from: at(0), to: at(-1) };
}

/** One byte of what the bundle says is another: it proves nothing any more. */
async function expectTamperingFound(bundleFile: string, policyFile: string): Promise<void> {
  const bytes = readFileSync(bundleFile);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  const file = `${bundleFile}.tampered`;
  writeFileSync(file, bytes);
  const { code, out } = await bailee('verify', file, '--policy', policyFile);
  if (code !== 2) throw new Error(`a tampered bundle gave ${code}: ${out}`);
}

/** The blocks whose inclusion sigstore accepted. */
function foreigners(data: string, bundle: Uint8Array, policyFile: Uint8Array): number {
  const zip = readZip(bundle, nodePrimitives.inflate);
  if (!zip.ok) throw new Error(zip.why);
  const part = (name: string): Uint8Array => zip.files.get(name) ?? new Uint8Array();
  const note = parseNote(part('checkpoint'));
  if (!note.ok) throw new Error(note.why);
  const checkpoint = parseCheckpoint(note.note.text);
  const policy = parsePolicy(policyFile, sha256);
  if (checkpoint === null || !policy.ok) throw new Error(`no checkpoint: ${note.note.text}`);
  const key = policy.policy.get(checkpoint.origin)?.keys[0]?.key;
  const line = key === undefined ? undefined : note.note.lines.find((l) => isLineOf(l, key));
  if (key === undefined || line === undefined) throw new Error('the checkpoint has no line of the log key');
  const signature = line.decoded.subarray(4);
  if (hasOpenssl) {
    const isRight = opensslVerifies(key.publicKey, note.note.text, signature);
    const isWrong = opensslVerifies(key.publicKey, note.note.text.replace(/\n\d+\n/, '\n1\n'), signature);
    if (!isRight || isWrong) throw new Error('OpenSSL does not agree about the checkpoint');
  }
  using archive = openArchive(data);
  const [head, ...blocks] = decodeSequence(part('log.cbor'));
  const first = Array.isArray(head) ? Number(head[0]) : Number.NaN;
  for (const [i, block] of blocks.entries()) {
    const path = inclusionProof(sha256, first + i, checkpoint.size, nodesOf(archive));
    requireIncluded(encode(block), first + i, path, checkpoint);
  }
  return blocks.length;
}
