import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openArchive } from '../../src/buffer/archive.ts';
import { Place } from '../../src/gateway/data-directory.fixture.ts';
import { openReadOnly } from '../../src/gateway/archive/open-read-only.ts';

const STREAMS = ['probe-1/temperature', 'probe-1/humidity'];
const BLOCKS = 80;

let place: Place;
beforeAll(async () => {
  place = new Place();
  using life = await place.boot();
  for (let no = 0; no < BLOCKS; no++) {
    for (const stream of STREAMS) life.read(stream, 50 + no);
    life.blocks.seal();
  }
}, 60_000);
afterAll(() => place[Symbol.dispose]());

/** Runs the erasing process and kills it `ms` after it began to erase; whether it was done before. */
async function erase(streams: readonly string[], ms: number | null): Promise<boolean> {
  const script = join(import.meta.dirname, '../fixtures/gateway/erase-process.ts');
  const child = spawn(process.execPath, [script, place.file, ...streams], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  const ended = once(child, 'exit');
  while (!said.includes('erasing') && child.exitCode === null) await delay(1);
  if (ms !== null) {
    await delay(ms);
    child.kill('SIGKILL');
  }
  await ended;
  return said.includes('done');
}

function erasedBlocks(): number {
  using archive = openArchive(place.data);
  const all = Array.from({ length: BLOCKS }, (_, no) => [1, 2].filter((slot) => archive.isErased(no, slot)));
  return all.flat().length;
}

it('an erasure whose process is killed again and again ends whole, and the journal is sound each time', async () => {
  const seen: number[] = [];
  let isDone = await erase(STREAMS, 0);
  for (let kill = 0; kill < 12 && !isDone; kill++) {
    seen.push(erasedBlocks());
    const audit = await openReadOnly(place.data).audit({ policyFile: null });
    expect(audit).toMatchObject({ ok: true, value: { found: 0, erased: { segments: seen.at(-1) } } });
    isDone = await erase([], kill);
  }
  if (!isDone) await erase([], null);
  expect(seen).toEqual(seen.toSorted((x, y) => x - y));
  expect(erasedBlocks()).toBe(2 * BLOCKS);
  const audit = await openReadOnly(place.data).audit({ policyFile: null });
  expect(audit).toMatchObject({ ok: true, value: { found: 0, erased: { segments: 2 * BLOCKS } } });
}, 120_000);
