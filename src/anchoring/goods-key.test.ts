import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { goodsKey, registrationKey } from './goods-key.ts';

const COPPER = { location: 'Hall 3', lot: 'Cu-2611', seals: ['A17', 'A18'] };

function sha256Of(text: string): string {
  return `0x${createHash('sha256').update(text).digest('hex')}`;
}

describe('the key of goods', () => {
  it('is SHA-256 of lines that anyone can write down', () => {
    expect(goodsKey(COPPER)).toBe(sha256Of('bailee/goods/v1\nHALL 3\nCU-2611\nA17\nA18\n'));
    expect(goodsKey({ location: '三号库', lot: '一批', seals: [] })).toBe(
      sha256Of('bailee/goods/v1\n三号库\n一批\n'),
    );
    expect(registrationKey(' 0615  01 ')).toBe(sha256Of('bailee/registration/v1\n0615 01\n'));
  });

  it.each([
    ['wide letters', { ...COPPER, lot: 'ＣＵ－２６１１' }],
    ['small letters', { ...COPPER, location: 'hall 3' }],
    ['other spaces', { ...COPPER, location: '\u3000Hall\u00A0 3\n' }],
    ['seals in another order, twice', { ...COPPER, seals: ['a18', 'A17', 'A18'] }],
  ])('is the same with %s', (_, goods) => {
    expect(goodsKey(goods)).toBe(goodsKey(COPPER));
  });

  it.each([
    ['another place', { ...COPPER, location: 'Hall 4' }],
    ['another lot', { ...COPPER, lot: 'Cu-2612' }],
    ['a seal less', { ...COPPER, seals: ['A17'] }],
    ['lot and seal changed places', { location: 'Hall 3', lot: 'A17', seals: ['Cu-2611', 'A18'] }],
  ])('is another with %s', (_, goods) => {
    expect(goodsKey(goods)).not.toBe(goodsKey(COPPER));
  });

  it.each(['', ' \u3000', 'A\u200B17', 'A\u0000', '\uD800'])('refuses %j as a name', (name) => {
    const refused = expect.objectContaining({ name: 'Refused', code: 'INVALID' });
    expect(() => goodsKey({ ...COPPER, lot: name })).toThrow(refused);
  });

  it('does not change when what it writes is written again', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(name, (text) => {
        const lot = text.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toUpperCase();
        fc.pre(lot !== '' && !/\p{C}/u.test(lot));
        expect(goodsKey({ ...COPPER, lot: lot.toUpperCase() })).toBe(goodsKey({ ...COPPER, lot: text }));
      }),
    );
  });
});
