import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { seedSigner } from '../../anchoring/signer.ts';
import { openJournal, type SqliteJournal } from '../../buffer/journal.ts';
import type { LogRecord } from '../../domain/record.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import { audit } from '../../evidence/audit.ts';
import { BlockFlag, decodeBlock } from '../../evidence/block.ts';
import { noteKey } from '../../evidence/note-key.ts';
import { startingPolicy } from '../../evidence/policy.ts';
import { checkRules } from '../../rules/check.ts';
import type { Rule } from '../../rules/rule.ts';
import { Blocks } from './blocks.ts';
import { startCore, type Core } from './core.ts';
import { nodePrimitives, sha256 } from '../site/primitives.ts';
import { recordsOfSegment } from './record-walk.ts';
import type { TailLeaf } from '../../domain/commit.ts';
import { editTail } from '../../../test/fixtures/buffer/packed-tail.ts';

const origin = 'consortium.example/gw/b0b1b2b3b4b5b6b7/0';
const gw = Buffer.from('b0b1b2b3b4b5b6b7', 'hex');
const identity = { gw, origin };
const logSigner = seedSigner(Uint8Array.from({ length: 32 }, (_, i) => i));
const zeros = new Uint8Array(32);

function stream(dev: string, maxGapMs = 60_000): StreamSpec {
  const id = `${dev}/temperature` as const;
  const rest = { ch: 'temperature', kind: 1, quantity: 'temperature', unit: 'Cel', exp: -1 } as const;
  return { id, dev, ...rest, cadenceMs: 10_000, maxGapMs, place: 'cold-1', src: 1, urgent: false };
}

let directory: string;
let seen: LogRecord[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bailee-core-'));
  seen = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function start(journal: SqliteJournal, streams: readonly StreamSpec[], rules: readonly Rule[] = []): Core {
  const key = noteKey(sha256, origin, 'ed25519', logSigner.publicKey);
  return startCore(journal, {
    identity: { gw, origin },
    streams,
    rules,
    zones: new Map([['cold-1', {}]]),
    clockClaim: { src: 2, err: 100 },
    rulesHash: zeros,
    configHash: zeros,
    files: [],
    keys: { tailSigner: () => logSigner, noteSigners: () => [{ key, sign: (m) => logSigner.sign(m) }] },
    maySign: () => true,
    onCommit: ({ records }) => seen.push(...records),
  });
}

function problemsOf(journal: SqliteJournal): unknown {
  const key = noteKey(sha256, origin, 'ed25519', logSigner.publicKey);
  const log = startingPolicy(origin, key, 0, []).get(origin)?.keys ?? [];
  return audit(journal, { origin, log, others: [] }, nodePrimitives).problems;
}

function read(core: Core, slot: number, ...values: number[]): void {
  const t = core.clock.now();
  core.intake.accept(values.map((v) => ({ records: [{ slot, t, type: 1, body: [v, 0] }] })));
}

function is({ slot, seq }: TailLeaf, ...seqs: number[]): boolean {
  return slot === 1 && seqs.includes(seq);
}

describe('a start', () => {
  it('seals what the last process left and says it was recovered', () => {
    {
      using journal = openJournal(directory);
      const core = start(journal, [stream('a'), stream('b')]);
      expect(core.found).toBeNull();
      read(core, 1, 40, 41);
      read(core, 2, -180);
    }
    using journal = openJournal(directory);
    const core = start(journal, [stream('a'), stream('b')]);
    expect(core.found).toMatchObject({ flags: BlockFlag.recovered, lost: 0 });
    expect(journal.size()).toBe(1);
    const block = decodeBlock(journal.block(0)?.block ?? zeros);
    expect(block.flags).toBe(BlockFlag.restart | BlockFlag.recovered);
    expect(journal.segment(0, 1)).toMatchObject({ seq0: 0, n: 2 });
    expect(core.intake.open.seqOf(1)).toBe(2);
    expect(journal.latestNote()?.note).toContain(`${origin}\n1\n`);
    expect(core.clock.now()).toBeGreaterThanOrEqual(block.t1);
  });

  it('gives a new stream a new slot, closes one that is gone, and knows it again later', () => {
    const slots: number[][] = [];
    for (const devices of [
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'c', 'b'],
    ]) {
      using journal = openJournal(directory);
      const core = start(
        journal,
        devices.map((d) => stream(d)),
      );
      slots.push(core.streams.map((s) => s.slot));
      for (const { slot } of core.streams) read(core, slot, 1);
    }
    expect(slots).toEqual([
      [1, 2],
      [2, 3],
      [1, 3, 2],
    ]);
    const opened = seen
      .filter((r) => r.type === 12)
      .map((r) => [r.body[0], r.body[1] === null ? 'closed' : 'open']);
    expect(opened).toEqual([
      [1, 'open'],
      [2, 'open'],
      [3, 'open'],
      [1, 'closed'],
      [1, 'open'],
    ]);
  });

  it.each<{ done: string; edit: (db: DatabaseSync) => void; kept: number[]; lost: number }>([
    {
      done: 'a row was taken out',
      edit: (db) => editTail(db, (l) => (is(l, 1) ? null : l)),
      kept: [40, 42, 43],
      lost: 1,
    },
    {
      done: 'the last rows were taken out',
      edit: (db) => editTail(db, (l) => (is(l, 2, 3) ? null : l)),
      kept: [40, 41],
      lost: 2,
    },
    {
      done: 'a body is damaged',
      edit: (db) => editTail(db, (l) => (is(l, 1) ? { ...l, body: Uint8Array.of(0xff) } : l)),
      kept: [40, 42, 43],
      lost: 1,
    },
    {
      done: 'one is damaged and one taken out',
      edit: (db) =>
        editTail(db, (l) => (is(l, 0) ? { ...l, body: Uint8Array.of(0xff) } : is(l, 2) ? null : l)),
      kept: [41, 43],
      lost: 2,
    },
    {
      done: 'a commit is cut short',
      edit: (db) => db.exec('UPDATE tail SET leaves = substr(leaves, 1, 20) WHERE k = 3'),
      kept: [40, 42, 43],
      lost: 1,
    },
    {
      done: 'the last commit is cut short',
      edit: (db) => db.exec('UPDATE tail SET leaves = substr(leaves, 1, 20) WHERE k = 5'),
      kept: [40, 41, 42],
      lost: 1,
    },
    {
      done: 'a row names a slot that is not there',
      edit: (db) => editTail(db, (l) => (is(l, 3) ? { ...l, slot: 9 } : l)),
      kept: [40, 41, 42],
      lost: 1,
    },
    {
      done: 'a salt key is lost',
      edit: (db) => db.exec('DELETE FROM tail_key WHERE slot = 1'),
      kept: [40, 41, 42, 43],
      lost: 0,
    },
    {
      done: 'the signed row is lost with a row',
      edit: (db) => {
        db.exec('DELETE FROM tail_row');
        editTail(db, (l) => (is(l, 1) ? null : l));
      },
      kept: [40, 42, 43],
      lost: 1,
    },
  ])('1, 2: says a tail is broken when $done, and keeps the rest', ({ edit, kept, lost }) => {
    {
      using journal = openJournal(directory);
      const core = start(journal, [stream('a')]);
      for (const v of [40, 41, 42, 43]) read(core, 1, v);
    }
    const db = new DatabaseSync(join(directory, 'journal.db'));
    edit(db);
    db.close();
    using journal = openJournal(directory);
    const core = start(journal, [stream('a')]);
    expect(core.found).toMatchObject({ flags: BlockFlag.tailBroken, lost });
    const block = decodeBlock(journal.block(0)?.block ?? zeros);
    expect(block.flags & BlockFlag.tailBroken).toBe(BlockFlag.tailBroken);
    expect(block.clock).toMatchObject({ src: 0, err: null });
    const segment = journal.segment(0, 1);
    if (segment === null) throw new Error('no segment');
    const readings = [...recordsOfSegment(1, segment)].map((r) => [r.seq, r.body[0]]);
    expect(readings).toEqual(kept.map((v, seq) => [seq, v]));
    expect(seen.filter((r) => r.type === 13 && r.body[0] === 4).map((r) => r.body[1])).toEqual([lost]);
    expect(problemsOf(journal)).toEqual([]);
  });

  it('records a clock step that was sealed but not on record when we died', () => {
    const step = -3_600_000;
    {
      using journal = openJournal(directory);
      const core = start(journal, [stream('a')]);
      read(core, 1, 40);
      // Dies between the seal and the first commit of the next block.
      vi.spyOn(journal, 'append').mockImplementation(() => {
        throw new Error('power cut');
      });
      const blocks = new Blocks({
        identity,
        core,
        maxLeaves: 60_000,
        flush: () => undefined,
        onSealed: () => undefined,
      });
      expect(() => blocks.step(step)).toThrow('power');
    }
    using journal = openJournal(directory);
    const core = start(journal, [stream('a')]);
    expect(core.found).toMatchObject({ owedStep: step });
    expect(seen.filter((r) => r.type === 13 && r.body[0] === 3).map((r) => r.body[1])).toEqual([step]);
    expect(decodeBlock(journal.block(1)?.block ?? zeros).flags).toBe(BlockFlag.step | BlockFlag.recovered);
    expect(journal.segment(1, 0)).toMatchObject({ n: 1 });
  });

  it('lets a reading that waits for its commit speak before the timer of its silence', () => {
    using journal = openJournal(directory);
    const core = start(journal, [stream('a')], [silent('a/temperature', '50ms')]);
    read(core, 1, 40);
    const late = core.clock.now() + 60;
    vi.spyOn(core.clock, 'now').mockReturnValue(late);
    const waiting = { slot: 1, t: late - 20, type: 1, body: [41, 0] } as const;
    const flush = vi.fn(() => core.intake.accept([{ records: [waiting] }]));
    const blocks = new Blocks({ identity, core, maxLeaves: 60_000, flush, onSealed: () => undefined });
    blocks.fireDueTimers();
    expect(flush).toHaveBeenCalledOnce();
    expect(seen.filter((r) => r.type === 4 || (r.type === 13 && r.body[0] === 9))).toEqual([]);
  });
});

function silent(id: string, span: string): Rule {
  const title = { en: 'silent', zh: '静默' };
  const raw = [
    {
      id: 'quiet',
      title,
      basis: 'test',
      kind: 'silent',
      on: { stream: id },
      for: span,
      'clear-after': '0s',
      priority: 'low',
    },
  ];
  const checked = checkRules(raw, {
    streams: [stream('a')],
    zones: new Map([['cold-1', {}]]),
    routes: new Map(),
    complete: true,
    isPending: () => false,
    actuators: new Map(),
  });
  const [rule] = checked.ok ? checked.value : [];
  if (rule === undefined) throw new Error(JSON.stringify(checked));
  return rule;
}
