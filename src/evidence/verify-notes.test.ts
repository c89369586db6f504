import { expect, it } from 'vitest';
import { bundleOf, range, use, withFile } from '../../test/evidence/bundles.ts';
import { fourHours } from '../../test/evidence/small-log.ts';
import { fromUtf8, utf8 } from './encodings.ts';
import { verify } from './verify.ts';

it('a signature line that is repeated is checked once', () => {
  const log = fourHours();
  const bundle = bundleOf(log, range());
  const repeated = withFile(bundle, 'checkpoint', (note) => {
    const text = fromUtf8(note) ?? '';
    const line = text.split('\n').at(4) ?? '';
    return utf8(text + `${line}\n`.repeat(29));
  });
  const checks = (of: Uint8Array): number => {
    let n = 0;
    const verifyEd25519 = (...args: Parameters<typeof use.verifyEd25519>): boolean => {
      n++;
      return use.verifyEd25519(...args);
    };
    expect(verify(of, log.policy(), null, { ...use, verifyEd25519 })).toMatchObject({ evidence: 'valid' });
    return n;
  };
  expect(checks(repeated)).toBe(checks(bundle));
});
