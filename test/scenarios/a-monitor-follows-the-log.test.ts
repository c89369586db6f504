import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { decodeBlock } from '../../src/evidence/block.ts';
import { parseCheckpoint } from '../../src/evidence/checkpoint.ts';
import { bytesEqual, utf8 } from '../../src/evidence/encodings.ts';
import { leafHash, mth } from '../../src/evidence/merkle.ts';
import { parseNote } from '../../src/evidence/note.ts';
import { sha256 } from '../../src/gateway/site/primitives.ts';
import { Daemon } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';

/** Nobody answers on this port: failed polls are readings too. */
const DEVICES = `
  - id: line-1
    driver: modbus-tcp
    host: 127.0.0.1
    port: 1
    slaves:
      - { id: probe-1, unit: 1, profile: rs-ws-n01, every: 500ms, max-gap: 5s, zone: cold-1 }
`;

/** Two bytes of length before each entry. */
function entriesOf(bundle: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length;) {
    const length = ((bundle[at] ?? 0) << 8) | (bundle[at + 1] ?? 0);
    entries.push(bundle.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return entries;
}

it('a monitor without a token follows the log of a gateway that says it is public, and nothing else', async () => {
  using site = writeSite({ devices: DEVICES, block: '1s' });
  site.edit((text) => text.replace('port: 0 }', 'port: 0, tlog: public }'));
  await using daemon = await Daemon.start(site.file);
  const get = async (path: string): Promise<Uint8Array | null> => {
    const answer = await fetch(`${daemon.url}/${path}`);
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
  };
  const head = async () => {
    const note = parseNote((await get('tlog/checkpoint')) ?? utf8(''));
    return note.ok ? parseCheckpoint(note.note.text) : null;
  };
  let seen = await head();
  for (const wanted of [2, 4]) {
    while ((seen?.size ?? 0) < wanted) {
      await delay(200);
      seen = await head();
    }
    const size = seen?.size ?? 0;
    const entries = entriesOf((await get(`tlog/tile/entries/000.p/${size}`)) ?? new Uint8Array());
    expect(entries.map((entry) => decodeBlock(entry).no)).toEqual(
      Array.from({ length: size }, (_, no) => no),
    );
    const hashes = entries.map((entry) => leafHash(sha256, entry));
    expect(bytesEqual(mth(sha256, hashes), seen?.root ?? new Uint8Array())).toBe(true);
    const tile = await get(`tlog/tile/0/000.p/${size}`);
    expect(bytesEqual(tile ?? new Uint8Array(), Buffer.concat(hashes))).toBe(true);
  }
  expect(await get('tlog/tile/0/000')).toBeNull();
  expect(await get('api/v1/streams')).toBeNull();
}, 60_000);
