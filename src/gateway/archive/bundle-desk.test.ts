import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BundleWish } from '../../domain/bundle-wish.ts';
import { readZip } from '../../evidence/zip.ts';
import { BundleDesk } from './bundle-desk.ts';
import { Place, writeStory } from '../data-directory.fixture.ts';
import { openReadOnly } from './open-read-only.ts';
import { nodePrimitives } from '../site/primitives.ts';

let place: Place;
let spool: string;
beforeEach(async () => {
  place = new Place();
  await writeStory(place);
  spool = join(place.data, 'spool');
});
afterEach(() => place[Symbol.dispose]());

const QUERY: BundleWish = {
  select: { kind: 'zone', zone: 'cold-1' },
  ask: {
    kind: 'range',
    unit: 'Cel',
    min: null,
    max: { digits: 8, exp: 0 },
    maxGapMs: null,
    allowOutMs: 0,
    allowGapMs: 0,
  },
  from: 0,
  to: Date.now() + 3_600_000,
  mode: 'full',
  times: [],
  events: false,
};
const here = (): AbortSignal => new AbortController().signal;

function names(bytes: Buffer | undefined): string[] {
  const zip = readZip(bytes ?? Buffer.alloc(0), nodePrimitives.inflate);
  return zip.ok ? [...zip.files.keys()] : [];
}

describe('bundles over the API', () => {
  it('are made of what the journal holds and leave no file behind', async () => {
    const desk = new BundleDesk(openReadOnly(place.data), spool);
    const answers = await Promise.all([
      desk.make(QUERY, here()),
      desk.make({ ...QUERY, mode: 'summary' }, here()),
    ]);
    expect(answers.map((a) => a.until)).toEqual([QUERY.to, QUERY.to]);
    const [full, summary] = await Promise.all(answers.map((a) => buffer(a.content)));
    expect(full?.length).toBe(answers[0]?.bytes);
    expect(names(full).filter((name) => name.endsWith('full.cbor')).length).toBeGreaterThan(1);
    expect(names(summary).filter((name) => name.endsWith('segments.cbor')).length).toBeGreaterThan(1);
    expect(names(summary).filter((name) => name.endsWith('full.cbor'))).toEqual([]);
    expect(readdirSync(spool)).toEqual([]);
  });

  it('that cannot be had are refused, and those nobody waits for are not made', async () => {
    const desk = new BundleDesk(openReadOnly(place.data), spool);
    const nowhere = desk.make({ ...QUERY, select: { kind: 'zone', zone: 'cold-9' } }, here());
    await expect(nowhere).rejects.toMatchObject({ name: 'Refused', code: 'INVALID' });
    const gone = AbortSignal.abort(new Error('the asker went away'));
    await expect(desk.make(QUERY, gone)).rejects.toThrow('the asker went away');
    expect(readdirSync(spool)).toEqual([]);
  });

  it('wait in a line that has an end', async () => {
    const desk = new BundleDesk(openReadOnly(place.data), spool);
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => desk.make(QUERY, here())));
    const refused = all.filter((a) => a.status === 'rejected');
    expect(refused.map((a) => a.reason)).toMatchObject([{ status: 503, code: 'TOO_MANY' }]);
    for (const made of all) if (made.status === 'fulfilled') made.value.content.destroy();
  });

  it('find an empty folder after a process that was killed', () => {
    mkdirSync(spool);
    writeFileSync(join(spool, 'left.zip'), 'x');
    expect(new BundleDesk(openReadOnly(place.data), spool)).toBeDefined();
    expect(existsSync(join(spool, 'left.zip'))).toBe(false);
  });
});
