import { afterEach, beforeEach, expect, it } from 'vitest';
import { seedSigner } from '../../anchoring/signer.ts';
import { sm2Key } from '../../anchoring/sm2-key.ts';
import { openJournal } from '../../buffer/journal.ts';
import { ConfigError } from '../../domain/errors.ts';
import { SystemCode } from '../../domain/record.ts';
import { Place } from '../data-directory.fixture.ts';
import { placeEnding, type EndCode } from './epoch-end.ts';
import { turnIfOver } from '../heads/epoch-turn.ts';
import { requireFreshKeys } from './fresh-keys.ts';
import { loadLogKey } from './keys.ts';
import { keepSm2Key } from './sm2-line.ts';

let place: Place;
beforeEach(() => (place = new Place()));
afterEach(() => place[Symbol.dispose]());

const ORIGIN = 'consortium.example/gw/b0b1b2b3b4b5b6b7/0';
const GM = sm2Key(new Uint8Array(32).fill(3));
const OTHER = seedSigner(new Uint8Array(32).fill(4));

/** What a start with these keys is told, in the epoch that follows one that ended so. */
async function told(code: EndCode, names: 'those of before' | 'a new log key'): Promise<readonly string[]> {
  {
    using life = await place.boot();
    keepSm2Key(life.journal, ORIGIN, GM);
    life.read('probe-1/temperature', 50);
    life.blocks.seal();
  }
  const used = loadLogKey(place.data, false);
  placeEnding(place.data, { code, size: 1, at: null, next: 1, reason: 'it was stolen' });
  const site = await place.site();
  using journal = openJournal(site.data, () => turnIfOver(site));
  const log = names === 'a new log key' ? OTHER : used;
  try {
    requireFreshKeys(site, journal, { log, ledger: null, sm2: GM });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((p) => `${p.path.join('.')} ${p.message}`);
  }
}

it('keys of a log that was voided are refused in the next epoch, by the field that names them', async () => {
  expect(await told(SystemCode.epochContinues, 'those of before')).toEqual([
    expect.stringMatching(
      new RegExp(
        `^keys\\.log-key is a key of ${ORIGIN}, which was ended at size 1: .*openssl rand -base64 32`,
      ),
    ),
    expect.stringMatching(/^keys\.sm2-key is a key of .*openssl rand -hex 32/),
  ]);
});

it('a new key is taken, beside an old one that is still refused', async () => {
  expect(await told(SystemCode.epochContinues, 'a new log key')).toEqual([
    expect.stringMatching(/^keys\.sm2-key/),
  ]);
});

it('keys of a log that was put back from a copy are nobody else’s', async () => {
  expect(await told(SystemCode.rollbackFound, 'those of before')).toEqual([]);
});

it('the first epoch is asked for nothing', async () => {
  using life = await place.boot();
  const log = loadLogKey(place.data, false);
  expect(() =>
    requireFreshKeys({ data: place.data, ledger: null }, life.journal, { log, ledger: null, sm2: null }),
  ).not.toThrow();
});
