import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { openArchive, type SqliteArchive } from '../../buffer/archive.ts';
import { epochsOf } from '../../buffer/epochs.ts';
import type { EventKey, EventRow } from '../../domain/epcis-events.ts';
import { readDocument } from '../../epcis/event-reader.ts';
import { documentOf } from '../../epcis/event-writer.ts';
import type { Naming } from '../../epcis/journal/naming.ts';
import type { Had } from '../keys/policy.ts';
import type { Progress } from './audit.ts';
import { guardedWrite } from './bundle-file.ts';
import { EventWalk } from './epcis-walk.ts';

export type EventExportArgs = {
  readonly directory: string;
  readonly naming: Naming;
  /** from ≤ eventTime < to, ms. */
  readonly from: number;
  readonly to: number;
  /** All of these; empty for every event. */
  readonly keys: readonly EventKey[];
  readonly out: string;
};

export type ExportedEvents = {
  readonly file: string;
  readonly events: number;
  readonly bytes: number;
  /** End of the sealed history, ms: what is later is not in it. */
  readonly sealedUntil: number;
};

/** Of one file: what a checker opens is at most 32 MiB, and an event is about 1 kB. */
const MOST_EVENTS = 20_000;

/**
 * Writes the events of a window as an EPCISDocument, made from the sealed journal alone, so the same journal gives the same
 * bytes. The document is read back and checked before it gets its name. @throws StorageError
 */
export function exportEvents(
  _newest: SqliteArchive,
  { directory, naming, from, to, keys, out }: EventExportArgs,
  progress: (value: Progress) => void,
): Had<ExportedEvents> {
  const found: string[] = [];
  const memory = new WholeMemory();
  let namespaces: Readonly<Record<string, string>> = {};
  let sealedUntil = 0;
  const take = (row: EventRow): void => {
    if (row.eventTime < from || row.eventTime >= to || !keys.every((key) => hasKey(row, key))) return;
    memory.note(row);
    found.push(row.json);
  };
  for (const [i, epoch] of epochsOf(directory).entries()) {
    using archive = openArchive(directory, epoch);
    const walk = new EventWalk(naming, memory, archive, directory);
    ({ namespaces } = walk);
    const size = archive.size();
    for (let no = 0; no < size; no++) {
      const block = archive.block(no);
      if (block === null) break;
      if (i > 0 && no === 0) walk.begin(block.t0).forEach(take);
      for (const row of walk.ofBlock(no)) take(row);
      sealedUntil = block.t1;
      progress({ done: no + 1, of: size });
      if (found.length > MOST_EVENTS)
        return {
          ok: false,
          why: `more than ${MOST_EVENTS} events; ask for a shorter time or for one lot or EPC`,
        };
    }
    walk.keep();
  }
  const createdAt = Math.min(to, sealedUntil);
  const bytes = new TextEncoder().encode(documentOf(found, { createdAt, namespaces }));
  const checked = readDocument(bytes);
  if (!checked.ok)
    return { ok: false, why: `the document is not sound: ${JSON.stringify(checked.faults[0])}` };
  return { ok: true, value: { file: out, events: found.length, bytes: writeWhole(out, bytes), sealedUntil } };
}

function hasKey({ keys }: EventRow, [name, value]: EventKey): boolean {
  return keys.some((key) => key[0] === name && key[1] === value);
}

/** A file that is there is whole. */
function writeWhole(out: string, bytes: Uint8Array): number {
  const part = `${out}.part`;
  return guardedWrite(out, () => {
    const fd = openSync(part, 'w', 0o600);
    try {
      writeSync(fd, bytes);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    if (!Buffer.from(bytes).equals(readFileSync(part))) {
      rmSync(part);
      throw new Error(`${part} does not hold what was written`);
    }
    renameSync(part, out);
    return bytes.length;
  });
}

/** What an export remembers: nothing of it outlasts it. */
class WholeMemory {
  readonly #values = new Map<string, string>();
  readonly #events = new Map<string, { readonly kind: string; readonly json: string }>();

  note({ id, kind, json, isDeclaration }: EventRow): void {
    if (!isDeclaration) this.#events.set(id, { kind, json });
  }

  event(id: string): { readonly kind: string; readonly json: string } | null {
    return this.#events.get(id) ?? null;
  }

  get(key: string): string | null {
    return this.#values.get(key) ?? null;
  }

  set(key: string, value: string | null): void {
    if (value === null) this.#values.delete(key);
    else this.#values.set(key, value);
  }

  under(prefix: string): (readonly [string, string])[] {
    return [...this.#values].filter(([key]) => key.startsWith(prefix));
  }
}
