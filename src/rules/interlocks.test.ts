import { describe, expect, it } from 'vitest';
import { STREAMS } from '../../test/rules/cold-store.ts';
import type { OpenStream } from '../domain/stream.ts';
import { interlocksOf, objectionTo, type Guarded } from './interlocks.ts';

const [PROBE] = STREAMS;
if (PROBE === undefined) throw new Error('no stream');
const input = (slot: number, dev: string, ch: string, quantity: string): OpenStream => ({
  ...PROBE,
  slot,
  dev,
  ch,
  id: `${dev}/${ch}`,
  quantity,
});
const fire = input(11, 'panel', 'fire', 'fire');
const loop = input(12, 'gate', 'loop', 'vehicle-loop');
const curtain = input(13, 'gate', 'curtain', 'light-curtain');
const photo = input(14, 'board', 'in-3', 'contact');

const guarded: Guarded = {
  actuators: new Map([
    ['gate', ['barrier-open', 'barrier-close']],
    ['dock-lock', ['lock', 'unlock']],
    ['siren', ['siren-on', 'siren-off']],
    ['chiller', ['on', 'off']],
  ]),
  profile: 'none',
  climate: ['chiller'],
  clear: new Map([['dock-lock', ['board/in-3']]]),
};
const locks = interlocksOf([...STREAMS, fire, loop, curtain, photo], guarded);

const CLEAR = { [fire.id]: 0, [loop.id]: 0, [curtain.id]: 0, [photo.id]: 0 };
const ask = (
  device: string,
  verb: string,
  values: Readonly<Record<string, number | null>> = {},
  by = locks,
) => objectionTo(by, { device, verb }, ({ id }) => ({ ...CLEAR, ...values })[id] ?? null);

describe('interlocks', () => {
  it('let go what is clear', () => {
    for (const [device, verb] of [
      ['gate', 'barrier-close'],
      ['dock-lock', 'lock'],
      ['chiller', 'on'],
    ] as const) {
      expect(ask(device, verb)).toBeNull();
    }
  });

  it('a fire stops every closing, and an input that is not known counts as one', () => {
    for (const v of [1, 2, null]) {
      expect(ask('gate', 'barrier-close', { [fire.id]: v })).toMatch(/^fire input panel\/fire/);
      expect(ask('dock-lock', 'lock', { [fire.id]: v })).toMatch(/^fire input panel\/fire/);
      expect(ask('gate', 'barrier-open', { [fire.id]: v })).toBeNull();
      expect(ask('siren', 'siren-on', { [fire.id]: v })).toBeNull();
    }
  });

  it('opens all that can be closed when there is a fire; a site cannot leave one out', () => {
    expect(locks.exits).toEqual([
      { device: 'gate', open: 'barrier-open' },
      { device: 'dock-lock', open: 'unlock' },
    ]);
  });

  it.each([loop.id, curtain.id])('a barrier does not close on %s, nor while that is not known', (id) => {
    for (const v of [1, null]) expect(ask('gate', 'barrier-close', { [id]: v })).toContain(id);
    expect(ask('gate', 'barrier-open', { [id]: 1 })).toBeNull();
  });

  it('nor on what its site names besides', () => {
    expect(ask('dock-lock', 'lock', { [photo.id]: 1 })).toContain('board/in-3');
  });

  it.each(['gsp', 'en12830'] as const)('nothing drives temperature under %s', (profile) => {
    const apart = interlocksOf([], { ...guarded, profile });
    for (const verb of ['on', 'off']) expect(ask('chiller', verb, {}, apart)).toContain('drives temperature');
    expect(ask('siren', 'siren-on', {}, apart)).toBeNull();
  });
});
