import { describe, expect, it } from 'vitest';
import { Area, Entry } from './area.ts';
import type { Places } from './area.ts';

const one = (xMm: number, yMm: number): Places => new Map([[1, { xMm, yMm }]]);
const NOBODY: Places = new Map();
const plan = { name: 'rack', x: [0, 1000], y: [1000, 2000], dwellMs: 300, holdMs: 500 } as const;

/** What an area says to one frame every 100 ms. */
function walk(...frames: readonly Places[]): string[] {
  const area = new Area(plan);
  return frames.map((places, i) => {
    const { present, entry } = area.step(places, i * 100);
    return `${present ? 1 : 0}/${entry}`;
  });
}

describe('an area', () => {
  it('tells of somebody after the dwell, with the side they came in by, until the hold is over', () => {
    const inside = one(100, 1500);
    expect(walk(one(-200, 1500), inside, inside, inside, inside)).toEqual([
      '0/0',
      '0/0',
      '0/0',
      '0/0',
      '1/1',
    ]);
  });

  it.each([
    ['left', one(-100, 1500), Entry.left],
    ['right', one(1100, 1500), Entry.right],
    ['near', one(500, 900), Entry.near],
    ['far', one(500, 2100), Entry.far],
    ['the side they were farther out by, at a corner', one(-300, 900), Entry.left],
    ['nowhere: another person far off before', one(3000, 1500), Entry.appeared],
    ['nowhere: nobody before', NOBODY, Entry.appeared],
  ])('says by which side: %s', (_, before, entry) => {
    const { xMm, yMm } = before.get(1) ?? { xMm: 500, yMm: 1500 };
    const near = one(Math.min(950, Math.max(50, xMm)), Math.min(1950, Math.max(1050, yMm)));
    expect(walk(before, near, near, near, near).at(-1)).toBe(`1/${entry}`);
  });

  it('forgets who only passed through', () => {
    const area = new Area(plan);
    area.step(one(-100, 1500), 0);
    area.step(one(100, 1500), 100);
    area.step(one(-100, 1500), 200);
    area.step(NOBODY, 300);
    for (const t of [400, 500, 600]) area.step(one(500, 1500), t);
    expect(area.step(one(500, 1500), 700)).toEqual({ present: true, entry: Entry.appeared });
  });

  it('counts its borders as inside', () => {
    const corner = one(1000, 2000);
    expect(walk(corner, corner, corner, corner).at(-1)).toBe('1/5');
    const beyond = one(1001, 2000);
    expect(walk(beyond, beyond, beyond, beyond).at(-1)).toBe('0/0');
  });
});
