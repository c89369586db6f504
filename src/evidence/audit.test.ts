import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditKeys } from './audit-archive.ts';
import type { AuditReport } from './audit.ts';
import { HOUR, use } from '../../test/evidence/bundles.ts';
import { MINUTE, ORIGIN, SmallLog, T, fourHours } from '../../test/evidence/small-log.ts';
import { seeded } from '../../test/evidence/small-streams.ts';
import { audit } from './audit.ts';
import { encode } from './cbor.ts';
import { noteKey } from './note-key.ts';
import { decodeSegment, encodeSegment } from './segment.ts';

let log: SmallLog;

beforeEach(() => {
  log = fourHours();
  // Something durable and not yet sealed.
  log.record(0, T + 4 * HOUR, 13, [9, null, null, null]);
  log.reading(1, T + 4 * HOUR + 1000, 404);
  log.reading(1, T + 4 * HOUR + MINUTE, 405);
});

function keysOf(of: SmallLog): AuditKeys {
  return {
    origin: ORIGIN,
    log: [{ key: of.logNoteKey, from: 0, to: null }],
    others: of.witnesses.map((w) => w.key),
  };
}

function run(): AuditReport {
  return audit(log, keysOf(log), use);
}

function problems(): string[] {
  return run().problems.map((p) => p.problem);
}

/** Block and slot of every problem found, once each, with the text of the first. */
function places(): string[] {
  return [...new Set(run().problems.map((p) => `${p.block} ${p.slot}`))];
}

describe('the audit of a data directory', () => {
  it('finds an honest one whole and counts what it holds', () => {
    const told: [number, number][] = [];
    const report = audit(log, keysOf(log), use, (done, of) => told.push([done, of]));
    expect(report).toEqual({
      origin: ORIGIN,
      blocks: 24,
      segments: 72,
      leaves: 24 + 2 * 240,
      notes: 24,
      tail: 3,
      erased: { segments: 0, leaves: 0, acts: [] },
      problems: [],
      found: 0,
    });
    expect(told.at(-1)).toEqual([24, 24]);
  });

  it('finds that of a gateway which goes on meanwhile whole, with what it seals', () => {
    let isSealed = false;
    const report = audit(log, keysOf(log), use, () => {
      if (isSealed) return;
      isSealed = true;
      log.seal(T + 4 * HOUR + 10 * MINUTE);
      log.reading(1, T + 4 * HOUR + 11 * MINUTE, 406);
    });
    expect(report).toMatchObject({ blocks: 25, notes: 25, tail: 1, problems: [] });
  });

  it('finds an empty one whole', () => {
    const empty = new SmallLog();
    expect(audit(empty, keysOf(empty), use).problems).toEqual([]);
  });

  it('finds any flipped bit of a block, at that block', () => {
    const block = log.blocks[7]?.block ?? new Uint8Array();
    for (let at = 0; at < block.length; at += 13) {
      block[at] = (block[at] ?? 0) ^ 16;
      expect([at, places()[0]]).toEqual([at, expect.stringMatching(/^7 /)]);
      block[at] = (block[at] ?? 0) ^ 16;
    }
    expect(run().found).toBe(0);
  });

  it('finds any flipped bit of stored leaves, segment and salt key, at their block and slot', () => {
    const stored = log.blocks[7]?.segments[1];
    if (stored === undefined) throw new Error('no segment');
    for (const part of [stored.leaves, stored.segment, stored.key ?? new Uint8Array()])
      for (let at = 0; at < part.length; at += 11) {
        part[at] = (part[at] ?? 0) ^ 1;
        expect([at, places()]).toEqual([at, expect.arrayContaining(['7 1'])]);
        part[at] = (part[at] ?? 0) ^ 1;
      }
    expect(run().found).toBe(0);
  });

  it('finds a segment that sums, counts or covers otherwise although the tree was rebuilt', () => {
    const stored = log.blocks[7]?.segments[1];
    const block = log.blocks[7];
    if (stored === undefined || block === undefined) throw new Error('no segment');
    block.segments[1] = { ...stored, seq0: stored.seq0 + 1 };
    expect(run().problems).toEqual([{ block: 7, slot: 1, problem: 'its stored seq0 and n are not its own' }]);
    block.segments[1] = { ...stored, coveredUntil: 1 };
    expect(places()).toEqual(['7 1']);
    block.segments[1] = {
      ...stored,
      segment: encodeSegment({ ...decodeSegment(stored.segment), max: 9999 }),
    };
    expect(run().problems.map((p) => p.problem)).toEqual([
      'the segments do not rebuild sroot',
      'SUMMARY at leaves: min, max or nbad differ',
    ]);
  });

  it('finds what is missing: block, segment, node, descriptor', () => {
    const [block] = log.blocks.splice(23, 1);
    if (block === undefined) throw new Error('no block');
    expect(run().problems[0]?.problem).toContain('note of size 24 is beyond the 23 blocks kept');
    log.blocks.push(block);
    const node = log.nodes.get('1 3');
    log.nodes.delete('1 3');
    expect(run().problems[0]).toEqual({
      block: 7,
      slot: null,
      problem: 'node 3 of level 1 is not kept as it must be',
    });
    if (node !== undefined) log.nodes.set('1 3', node);
    const last = log.descriptors.pop();
    expect(places()[0]).toBe('0 2');
    if (last !== undefined) log.descriptors.push(last);
    expect(run().found).toBe(0);
  });

  it('finds a note that was changed, exchanged or signed by another key', () => {
    const note = log.notes.get(5) ?? '';
    for (const wrong of [
      note.replace('\n5\n', '\n6\n'),
      log.notes.get(6) ?? '',
      note.replace(/A/, 'B'),
      'x',
    ]) {
      log.notes.set(5, wrong);
      expect(run().problems[0]?.problem).toMatch(/^note of size 5: /);
    }
    log.notes.set(5, note);
    const stranger = noteKey(use.sha256, ORIGIN, 'ed25519', seeded(77).publicKey);
    const report = audit(log, { ...keysOf(log), log: [{ key: stranger, from: 0, to: null }] }, use);
    expect(report.problems[0]?.problem).toBe('note of size 1: no log key that was in force has signed it');
  });

  it('1, 2: finds a tail that was cut off, edited or not signed', () => {
    const whole = log.tail;
    log.tail = whole.slice(0, -1);
    expect(problems()).toEqual(['tail: its leaves end at commit 2 and do not rebuild the chain of row 3']);
    log.tail = whole.map((l, i) => (i === 1 ? { ...l, body: encode([999, 0]) } : l));
    expect(problems()).toEqual(['tail: its leaves end at commit 3 and do not rebuild the chain of row 3']);
    log.tail = whole.slice(1);
    expect(problems()[0]).toContain('tail: its leaves end');
    log.tail = whole;
    const { row } = log;
    log.row = null;
    expect(problems()).toEqual(['tail: the signed row is missing']);
    if (row === null) throw new Error('no row');
    log.row = { ...row, head: log.open.head(T + 5 * HOUR) };
    expect(problems()).toEqual(['tail: its row is not signed by a log key']);
    log.row = row;
    const [firstKey, ...keys] = log.keys;
    log.keys = keys;
    expect(problems()[0]).toContain('its salt key is missing');
    if (firstKey !== undefined) log.keys = [firstKey, ...keys];
    expect(problems()).toEqual([]);
  });
});
