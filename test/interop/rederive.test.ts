import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { secp256k1Key } from '../../src/anchoring/secp256k1-key.ts';
import { sm2Key } from '../../src/anchoring/sm2-key.ts';
import { fromUtf8, toHex, utf8 } from '../../src/evidence/encodings.ts';
import { mth } from '../../src/evidence/merkle.ts';
import { formatNoteKey, noteKey } from '../../src/evidence/note-key.ts';
import { bundleOf, filesOf, range, use, withFile } from '../evidence/bundles.ts';
import { MINUTE, ORIGIN, SmallLog, T } from '../evidence/small-log.ts';
import { workedExample } from '../evidence/worked-example.ts';

const SCRIPT = join(import.meta.dirname, 'rederive.py');
// What a version manager puts first on the path has not the packages of the system.
const python = ['/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import cbor2, cryptography']).status === 0,
);
const ifPython = python === undefined ? ' (skipped: python3-cbor2, python3-cryptography are missing)' : '';

type Answer =
  | { readonly ok: true; readonly json: Record<string, unknown> }
  | { readonly ok: false; readonly why: string };

function rederive(...args: readonly string[]): Answer {
  const { status, stdout, stderr } = spawnSync(python ?? '', [SCRIPT, ...args], { encoding: 'utf8' });
  if (status === 0) return { ok: true, json: JSON.parse(stdout) };
  if (status === 1) return { ok: false, why: stderr.trim() };
  throw new Error(`python ended with ${status}: ${stderr}`);
}

function rederiveBundle(bundle: Uint8Array, keys: readonly string[]): Answer {
  const folder = mkdtempSync(join(tmpdir(), 'bailee-rederive-'));
  try {
    writeFileSync(join(folder, 'b'), bundle);
    return rederive('bundle', join(folder, 'b'), ...keys);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A generator of numbers in [0, 1) that a seed repeats (xorshift). */
function randomOf(seed: number): () => number {
  let x = seed | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

const ledger = secp256k1Key(new Uint8Array(32).fill(1));
/** The key of GB/T 32918.5-2017 Annex A. */
const sm2 = sm2Key(Buffer.from('3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8', 'hex'));
const ledgerKey = noteKey(use.sha256, ORIGIN, 'ledger', ledger.publicKey);

/** Two hours with values, failed polls, flags, silences and clock steps as they fall. */
function randomLog(seed: number): SmallLog {
  const random = randomOf(seed);
  const log = new SmallLog([{}, { unit: '1', exp: 0, maxGapMs: MINUTE }]);
  log.otherSigners = [{ key: ledgerKey, sign: (digest) => ledger.sign(digest) }];
  let t0 = T;
  for (let no = 0; no < 12; no++) {
    const t1 = t0 + 10 * MINUTE;
    if (random() < 0.5) log.record(0, t0, 13, [9, null, null, null]);
    for (let t = t0; t < t1; t += Math.ceil(random() * 3 * MINUTE)) {
      const v = random() < 0.2 ? null : Math.floor((random() - 0.5) * 2 ** 40);
      const q = random() < 0.2 ? [1, 2, 4, 8, 16][Math.floor(random() * 5)] : 0;
      log.reading(random() < 0.7 ? 1 : 2, t, v, q);
    }
    const stepMs = random() < 0.2 ? Math.ceil(random() * MINUTE) : 0;
    log.seal(t1, { stepMs });
    t0 = t1 + stepMs;
  }
  return log;
}

function keysOf(log: SmallLog): string[] {
  return [log.logNoteKey, ledgerKey, ...log.witnesses.map((w) => w.key)].map(formatNoteKey);
}

describe.skipIf(python === undefined)(`Python, from the specification alone${ifPython}`, () => {
  it('derives the worked example byte for byte', () => {
    const { commits, block0, block1 } = workedExample();
    const answer = rederive('example');
    expect(answer).toMatchObject({
      json: {
        leaf: '8550b5034116a461ae347ac88384b365683e001b0000019b76daabe8018219019c00',
        leafHash: '69278e2f892d2a7ba5fef9c992c229634ddf9f78fe66689e30977a82fbee1355',
        segment: toHex(block0.segments[1]?.segment ?? new Uint8Array()),
        block0: toHex(block0.block),
        block1: toHex(block1.block),
        blockHash0: toHex(block0.leafHash),
        blockHash1: toHex(block1.leafHash),
        root2: toHex(mth(use.sha256, [block0.leafHash, block1.leafHash])),
        tail: toHex(commits[0]?.chain ?? new Uint8Array()),
        tailSig:
          '30ff23ee89a6c6e6b2bfcd1e388fee071a605693922e0597cd82ceea13ec5e014100f8bb03b382a9a402c1a1d6362f20ea3fcfa11d3eb633edae6ae7ec0a1f06',
        text: `${ORIGIN}\n1\nsEHZ9dO96asZAU9El7AhJg8sTthgMbs1Wl9BOWXIF+g=\n`,
        logLine: `— ${ORIGIN} 2roQtVfm2sQonjKaOi4nZbcdMHoeUSG4uwgF8TTVjhS9FE2BuAbqYJOl50gBeb9m97SI3pg1BA+ouHOkZR+qTlHKHwE=\n`,
        cosignature:
          '— witness.example/bank bfLbeAAAAABpVbtdTVCN9aL8hw4PgsZJ9ft4LFDGsBQGGcBPCgFxUCn0k+oYv7SoQr1ibJqCdEF6QkJYZo6n3cBNxb0z5JoHcmXEAQ==\n',
        ledgerKey: formatNoteKey(ledgerKey),
        sm2Key: formatNoteKey(noteKey(use.sha256, ORIGIN, 'sm2', sm2.publicKey)),
      },
    });
  });

  it('derives what a bundle of random readings proves, and finds what was changed in it', () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const log = randomLog(seed);
    const question = range({ from: T, to: T + 100 * MINUTE, slots: [1, 2] });
    const bundle = bundleOf(log, question, { events: true });
    const answer = rederiveBundle(bundle, keysOf(log));
    const head = { origin: ORIGIN, size: 12, root: toHex(log.rootAt(12)), lines: 4 };
    expect([seed, answer]).toMatchObject([seed, { ok: true, json: head }]);
    const shown = log.blocks.slice(0, Number(answer.ok && answer.json['blocks']));
    const leaves = shown.reduce((sum, b) => sum + b.segments.reduce((n, s) => n + s.n, 0), 0);
    expect([seed, answer]).toMatchObject([seed, { json: { leaves } }]);

    for (const name of filesOf(bundle).keys()) {
      if (name === 'bundle.json') continue;
      const bent = withFile(bundle, name, (bytes) => {
        const at = Math.floor(bytes.length / 3);
        return bytes.with(at, (bytes[at] ?? 0) ^ 1);
      });
      expect([seed, name, rederiveBundle(bent, keysOf(log)).ok]).toEqual([seed, name, false]);
    }
  });

  it('derives a later window too, under the cover of what it does not show', () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const log = randomLog(seed);
    const question = range({ from: T + 65 * MINUTE, to: T + 85 * MINUTE, slots: [1] });
    const answer = rederiveBundle(bundleOf(log, question), keysOf(log));
    expect([seed, answer]).toMatchObject([seed, { ok: true, json: { size: 12, lines: 4 } }]);
    expect(answer.ok && Number(answer.json['blocks'])).toBeLessThan(12);
  });

  it("does not take another log's signature", () => {
    const log = randomLog(1);
    const bundle = withFile(bundleOf(log, range()), 'checkpoint', (note) =>
      utf8((fromUtf8(note) ?? '').replace('\n12\n', '\n13\n')),
    );
    expect(rederiveBundle(bundle, keysOf(log))).toEqual({ ok: false, why: 'InvalidSignature:' });
  });
});
