import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bundleOf, range, use, withFile } from '../../test/evidence/bundles.ts';
import { ORIGIN, type SmallLog, fourHours } from '../../test/evidence/small-log.ts';
import { changed } from '../../test/evidence/stories.ts';
import { sm2Key } from '../anchoring/sm2-key.ts';
import { audit } from './audit.ts';
import { fromUtf8, utf8 } from './encodings.ts';
import { formatNoteKey, noteKey, parseNoteKey } from './note-key.ts';
import type { NoteSigner } from './note.ts';
import { formatPolicy, parsePolicy, type PolicyKey } from './policy.ts';
import { verify } from './verify.ts';

function signerOf(secret: number, name = ORIGIN): NoteSigner {
  const key = sm2Key(new Uint8Array(32).fill(secret));
  return { key: noteKey(use.sha256, name, 'sm2', key.publicKey), sign: (text) => key.sign(text) };
}
const gm = signerOf(3);

/** Four hours whose heads bear this line too. */
function signedBy(signer: NoteSigner): SmallLog {
  const log = fourHours();
  log.otherSigners = [signer];
  for (let size = 1; size <= log.size(); size++) log.sign(size, 5000);
  return log;
}

function failure(log: SmallLog, bundle: Uint8Array, ...sm2: PolicyKey[]): string | null {
  const keys = [{ key: log.logNoteKey, from: 0, to: null }, ...sm2];
  const { failure: failed } = verify(bundle, changed(log, { keys }), null, use);
  return failed === null ? null : `${failed.code} ${failed.where}`;
}

function auditOf(log: SmallLog): readonly string[] {
  const keys = [{ key: log.logNoteKey, from: 0, to: null }, always];
  return audit(log, { origin: ORIGIN, log: keys, others: [] }, use).problems.map((p) => p.problem);
}

const always = { key: gm.key, from: 0, to: null };

describe('28: the SM2 line of a head', () => {
  it('is asked for by a policy that names its key', () => {
    const log = signedBy(gm);
    expect(failure(log, bundleOf(log, range()), always)).toBeNull();
    const without = fourHours();
    const bundle = bundleOf(without, range());
    expect(failure(without, bundle)).toBeNull();
    expect(failure(without, bundle, always)).toMatch(/^LOG_SIGNATURE .*no line of the SM2 key in force/);
    // From the size on at which it came into use, up to the one at which it went.
    expect(failure(without, bundle, { ...always, from: without.size() })).toBeNull();
    expect(failure(without, bundle, { ...always, to: 1 })).toBeNull();
    expect(failure(without, bundle, { ...always, from: without.size() - 1 })).toMatch(/^LOG_SIGNATURE/);
  });

  it('is no unknown line then: any changed byte of it is found', () => {
    const log = signedBy(gm);
    const bundle = bundleOf(log, range());
    for (const digit of [10, 50, 88]) {
      const bent = withFile(bundle, 'checkpoint', (note) => {
        const lines = (fromUtf8(note) ?? '').split('\n');
        const at = `— ${ORIGIN} `.length + digit;
        const was = lines[5]?.[at];
        lines[5] = `${lines[5]?.slice(0, at)}${was === 'A' ? 'B' : 'A'}${lines[5]?.slice(at + 1)}`;
        return utf8(lines.join('\n'));
      });
      expect(failure(log, bent, always)).toMatch(/^LOG_SIGNATURE checkpoint: sm2 line/);
    }
  });

  it("is not what node:crypto signs, nor another key's, nor a text's of another name", () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'SM2' });
    const point = Uint8Array.from(pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-65));
    const key = noteKey(use.sha256, ORIGIN, 'sm2', point);
    const plain = (text: Uint8Array): Uint8Array =>
      sign('sm3', text, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' });
    const log = signedBy({ key, sign: plain });
    expect(failure(log, bundleOf(log, range()), { key, from: 0, to: null })).toMatch(/^LOG_SIGNATURE/);
    const other = signedBy({ key: gm.key, sign: (text) => signerOf(4).sign(text) });
    expect(failure(other, bundleOf(other, range()), always)).toMatch(/^LOG_SIGNATURE/);
    const longer = signedBy({ key: gm.key, sign: (text) => gm.sign(utf8(`${fromUtf8(text)}\n`)) });
    expect(failure(longer, bundleOf(longer, range()), always)).toMatch(/^LOG_SIGNATURE/);
  });

  it('does not stand in for the line of the log key', () => {
    const log = signedBy(gm);
    const bundle = withFile(bundleOf(log, range()), 'checkpoint', (note) =>
      utf8((fromUtf8(note) ?? '').split('\n').toSpliced(4, 1).join('\n')),
    );
    expect(failure(log, bundle, always)).toMatch(/^LOG_SIGNATURE .*no line of a log key/);
  });

  it('is audited as well', () => {
    expect(auditOf(signedBy(gm))).toEqual([]);
    expect(auditOf(fourHours())[0]).toContain('no line of the SM2 key');
  });
});

describe('an SM2 key', () => {
  it('is enrolled as it is printed, when it is a point of the curve', () => {
    const text = formatNoteKey(gm.key);
    expect(parseNoteKey(use.sha256, text)).toEqual({ ok: true, key: gm.key });
    const off = gm.key.publicKey.slice();
    off[64] = (off[64] ?? 0) ^ 1;
    const bent = formatNoteKey(noteKey(use.sha256, ORIGIN, 'sm2', off));
    expect(parseNoteKey(use.sha256, bent)).toEqual({ ok: false, why: 'is no point of the SM2 curve' });
  });

  it('stands in a policy beside an Ed25519 key, never alone', () => {
    const log = signedBy(gm);
    const [first] = [...log.policy().values()];
    if (first === undefined) throw new Error('no policy');
    const both = formatPolicy(new Map([[ORIGIN, { ...first, keys: [...first.keys, always] }]]));
    expect(parsePolicy(utf8(both), use.sha256)).toMatchObject({ ok: true });
    const alone = formatPolicy(new Map([[ORIGIN, { ...first, keys: [always] }]]));
    expect(parsePolicy(utf8(alone), use.sha256)).toMatchObject({
      ok: false,
      why: expect.stringContaining('keys must name an Ed25519 key'),
    });
    const stranger = { ...always, key: signerOf(3, 'elsewhere.example').key };
    const named = formatPolicy(new Map([[ORIGIN, { ...first, keys: [...first.keys, stranger] }]]));
    expect(parsePolicy(utf8(named), use.sha256)).toMatchObject({ ok: false });
  });
});
