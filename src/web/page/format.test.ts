import { describe, expect, it } from 'vitest';
import { limitText, unitText, valueText } from './format.ts';

describe('values on the page', () => {
  it.each([
    ['1', '1', 'door', 'open', '开'],
    ['0', '1', 'siren', 'off', '否'],
    ['1', '1', 'tags', '1', '1'],
    ['0', '1', 'tag-conflicts', '0', '0'],
    ['4.50', 'Cel', 'temperature', '4.50', '4.50'],
  ])('%s in %s of %s is %s, in Chinese %s', (text, unit, quantity, en, zh) => {
    expect([valueText(text, unit, quantity, 'en'), valueText(text, unit, quantity, 'zh')]).toEqual([en, zh]);
  });

  it('have their units as people write them, limits too', () => {
    expect([unitText('[lb_av]', 'en'), unitText('[lb_av]', 'zh'), unitText('1', 'en')]).toEqual([
      'lb',
      '磅',
      '',
    ]);
    expect([limitText('> 8 Cel', 'en'), limitText('< 20 [lb_av]', 'zh')]).toEqual(['> 8 °C', '< 20 磅']);
  });
});
