import { writeFileSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/**
 * Loaded into the measured process before it (`node --import`): notes when COMMIT returned for each
 * entry that went into the outbox in that transaction, on the machine's monotonic clock, which the
 * load generator reads too. The program itself is not changed, and is not asked anything.
 */

/** What the probe leaves behind when the process ends: [key of the outbox entry, ms]. */
export type CommittedEntry = readonly [key: string, atMs: number];

const committed: CommittedEntry[] = [];
let waiting: string[] = [];

// eslint-disable-next-line typescript/unbound-method -- called with its own `this` below
const prepare = DatabaseSync.prototype.prepare;

DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string): StatementSync {
  const statement = prepare.call(this, sql);
  const run = statement.run.bind(statement) as (...values: unknown[]) => ReturnType<StatementSync['run']>;
  if (sql.startsWith('INSERT INTO outbox')) {
    statement.run = (...values: unknown[]) => {
      waiting.push(String(values[0]));
      return run(...values);
    };
  } else if (sql === 'COMMIT') {
    statement.run = (...values: unknown[]) => {
      const result = run(...values);
      if (waiting.length > 0) {
        const at = Number(process.hrtime.bigint()) / 1e6;
        for (const key of waiting) committed.push([key, at]);
        waiting = [];
      }
      return result;
    };
  }
  return statement;
};

process.on('exit', () => {
  const file = process.env['BAILEE_BENCH_COMMITS'];
  if (file !== undefined) writeFileSync(file, JSON.stringify(committed));
});
