import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openJournal } from '../src/buffer/journal.ts';
import { RecordType } from '../src/domain/record.ts';
import { Blocks } from '../src/gateway/recording/blocks.ts';
import type { Core } from '../src/gateway/recording/core.ts';
import { coreOfStreams } from './core-of-streams.ts';
import { quantile, type Figure, type PartResult } from './figures.ts';

const RECORDS_PER_COMMIT = 200;

/** Sealing a block of open leaves into history, beside one bare transaction that writes as much. */
export function benchSeal(quick: boolean): PartResult {
  const runs = quick ? 3 : 9;
  const sizes = [
    [50, 60],
    [200, 300],
  ] as const;
  const figures = sizes.map(([streams, readings]): Figure => {
    const folder = mkdtempSync(join(tmpdir(), 'bailee-seal-'));
    try {
      const { ms, blobs } = sealing(join(folder, 'data'), streams, readings, runs);
      const beside = { name: 'a bare transaction', value: writing(join(folder, 'bare.db'), blobs, runs) };
      return { name: `seal ${streams} × ${readings} readings`, value: ms, unit: 'ms', beside, target: null };
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  return {
    part: 'seal',
    figures,
    notes: [`median of ${runs} blocks; this long the writer does nothing else`],
  };
}

/** Median of sealing, and the leaves of the last block as they were stored. */
function sealing(data: string, streams: number, readings: number, runs: number) {
  using journal = openJournal(data);
  const core = coreOfStreams(journal, streams);
  const { identity } = core.settings;
  const blocks = new Blocks({
    identity,
    core,
    maxLeaves: 60_000,
    flush: () => undefined,
    onSealed: () => undefined,
  });
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    fill(core, streams, readings);
    const begun = performance.now();
    blocks.seal();
    times.push(performance.now() - begun);
  }
  const no = journal.size() - 1;
  const blobs = Array.from({ length: streams + 1 }, (_, slot) => journal.segment(no, slot)?.leaves);
  return {
    ms: quantile(
      times.sort((a, b) => a - b),
      0.5,
    ),
    blobs: blobs.filter((b) => b !== undefined),
  };
}

function fill({ intake, clock }: Core, streams: number, readings: number): void {
  const all = Array.from({ length: streams * readings }, (_, i) => ({ slot: 1 + (i % streams), v: i % 997 }));
  for (let at = 0; at < all.length; at += RECORDS_PER_COMMIT) {
    const t = clock.now();
    const records = all
      .slice(at, at + RECORDS_PER_COMMIT)
      .map(({ slot, v }) => ({ slot, t, type: RecordType.reading, body: [v, 0] }));
    intake.accept([{ records }]);
  }
}

function writing(file: string, blobs: readonly Uint8Array[], runs: number): number {
  using db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE bare (leaves BLOB) STRICT');
  const insert = db.prepare('INSERT INTO bare (leaves) VALUES (?)');
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const begun = performance.now();
    db.exec('BEGIN IMMEDIATE');
    for (const blob of blobs) insert.run(blob);
    db.exec('COMMIT');
    times.push(performance.now() - begun);
  }
  return quantile(
    times.sort((a, b) => a - b),
    0.5,
  );
}
