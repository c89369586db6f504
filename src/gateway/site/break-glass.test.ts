import { expect, it } from 'vitest';
import { BreakGlass } from './break-glass.ts';

const LI = { actor: 7, role: 'supervisor' } as const;
const WANG = { actor: 8, role: 'supervisor' } as const;

it('asks for a second person, another one, within two minutes, for the same device', () => {
  const glass = new BreakGlass(2);
  const waits = 'opens when a second person says the same within 2 minutes';
  expect(() => glass.first('gate-1', LI, 1000)).toThrow(waits);
  expect(() => glass.first('gate-1', LI, 2000), 'the same person again').toThrow(waits);
  expect(() => glass.first('gate-2', WANG, 2000), 'another device').toThrow(waits);
  expect(() => glass.first('gate-1', WANG, 122_001), 'too late: now this one waits').toThrow(waits);
  expect(glass.first('gate-1', LI, 242_001)).toBe(8);
  expect(() => glass.first('gate-1', WANG, 242_002), 'opened once').toThrow(waits);
});

it('opens for one where only one is named', () => {
  expect(new BreakGlass(1).first('gate-1', LI, 1000)).toBeNull();
});
