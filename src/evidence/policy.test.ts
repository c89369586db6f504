import { describe, expect, it } from 'vitest';
import { ed25519FromSeed, nodePrimitives } from '../../test/evidence/primitives.ts';
import { utf8 } from './encodings.ts';
import { formatNoteKey, noteKey } from './note-key.ts';
import { formatPolicy, parsePolicy, startingPolicy } from './policy.ts';

const { sha256 } = nodePrimitives;
const ORIGIN = 'consortium.example/gw/b0b1b2b3b4b5b6b7/0';
const key = (seed: number) => ed25519FromSeed(new Uint8Array(32).fill(seed)).publicKey;
const logKey = noteKey(sha256, ORIGIN, 'ed25519', key(1));
const banks = [2, 3].map((n) => ({
  key: noteKey(sha256, `witness.example/${n}`, 'cosignature', key(n)),
  owner: `bank-${n}`,
}));
const good = formatPolicy(startingPolicy(ORIGIN, logKey, 2, banks));
const read = (text: string) => parsePolicy(utf8(text), sha256);
/** The policy with one field of its origin written otherwise. */
const changed = (field: string, json: string): string =>
  good.replace(new RegExp(`"${field}": (\\[[^\\]]*\\]|[^,\\n]*)`), `"${field}": ${json}`);

describe('a policy file', () => {
  it('is read as it was written', () => {
    const parsed = read(good);
    expect(parsed).toEqual({ ok: true, policy: startingPolicy(ORIGIN, logKey, 2, banks) });
    if (parsed.ok) expect(formatPolicy(parsed.policy)).toBe(good);
  });

  it('takes a list of descriptors', () => {
    const desc = 'ab'.repeat(32);
    expect(read(changed('descriptors', `["${desc}"]`))).toMatchObject({ ok: true });
  });

  it.each([
    ['{"format":"bailee/policy/v1"}', 'origins is missing'],
    ['[]', 'the document must be an object, found a list'],
    ['{', 'not JSON of one meaning: '],
    [good.replace('policy/v1', 'policy/v2'), 'format must be "bailee/policy/v1", found "bailee/policy/v2"'],
    [good.replace('"k": 2', '"k": 2, "k": 0'), 'not JSON of one meaning: '],
    [good.replace('"k": 2,', '"k": 2, "extra": 1,'), `origins.${ORIGIN}.extra is not a field of this format`],
    [changed('k', '3'), `origins.${ORIGIN}.k must be an integer 0 … 2, found 3`],
    [changed('k', '2.0'), `origins.${ORIGIN}.k must be an integer 0 … 2, found 2.0`],
    [changed('skewMs', 'null'), `origins.${ORIGIN}.skewMs must be an integer 0`],
    [changed('acceptSummary', '"no"'), `origins.${ORIGIN}.acceptSummary must be true or false, found "no"`],
    [changed('descriptors', '"all"'), `origins.${ORIGIN}.descriptors must be "any", found "all"`],
    [changed('descriptors', '["AB"]'), `origins.${ORIGIN}.descriptors[0] must be 64 lower-case hex digits`],
    [changed('owner', '""'), `origins.${ORIGIN}.witnesses[0].owner must not be empty`],
    [changed('to', '0'), `origins.${ORIGIN}.keys[0].to must be an integer 1`],
    [
      good.replaceAll('b7/0', 'b7/x'),
      `origins.consortium.example/gw/b0b1b2b3b4b5b6b7/x has no origin of the form`,
    ],
    [
      good.replace(`"${formatNoteKey(logKey)}"`, `"${formatNoteKey(banks[0]?.key ?? logKey)}"`),
      'keys[0].key is a key of type',
    ],
    [
      good.replace(`${ORIGIN}":`, `${ORIGIN.slice(0, -1)}1":`),
      'keys[0].key must bear the name of its origin',
    ],
    [
      good.replace(formatNoteKey(banks[1]?.key ?? logKey), formatNoteKey(banks[0]?.key ?? logKey)),
      'witnesses must name each key once',
    ],
  ])('is refused with the field named: %#', (text, why) => {
    const parsed = read(text);
    expect(parsed.ok ? 'accepted' : parsed.why).toContain(why);
  });

  it('never enrols a key that anyone can sign for', () => {
    const identity = noteKey(sha256, ORIGIN, 'ed25519', Uint8Array.of(1, ...new Uint8Array(31)));
    const parsed = read(good.replace(formatNoteKey(logKey), formatNoteKey(identity)));
    expect(parsed.ok ? 'accepted' : parsed.why).toContain('is a small-order or non-canonical Ed25519 key');
  });
});
