import type { ControlState } from '../../domain/goods/status.ts';
import { StorageError } from '../../domain/errors.ts';
import { parseStrictJson } from '../../domain/strict-json.ts';
import { JsonFault, JsonField } from '../../evidence/json-fields.ts';

/** A change of control that is told: its number, and the file of its signed statement. */
export type KeptChange = {
  readonly seq: number;
  readonly t: number;
  readonly receipt: string;
  readonly file: string;
};

/** What of changes is remembered: numbers go on over restarts. */
export type KeptChanges = {
  /** The next number; the first is 1, and none is left out. */
  readonly next: number;
  readonly states: ReadonlyMap<string, ControlState>;
  readonly changes: readonly KeptChange[];
};

const META = 'control-changes';
/** Changes that can be asked for again. */
export const MOST_CHANGES = 500;
const MOST_BYTES = 8_000_000;
const STATES: readonly ControlState[] = ['in-control', 'degraded', 'unknown', 'breached'];

export function changesNote({ next, states, changes }: KeptChanges): {
  readonly key: string;
  readonly value: string;
} {
  const kept = changes.slice(-MOST_CHANGES);
  return { key: META, value: JSON.stringify({ next, states: Object.fromEntries(states), changes: kept }) };
}

/** @throws StorageError CORRUPT for what we never wrote */
export function changesIn(journal: { meta(key: string): string | null }): KeptChanges {
  const text = journal.meta(META);
  if (text === null) return { next: 1, states: new Map(), changes: [] };
  return read(text, (root) => {
    const f = root.fields('next', 'states', 'changes');
    const states = f('states')
      .entries()
      .map(
        ([receipt, state]) =>
          [receipt, STATES.find((s) => s === state.text()) ?? state.fail('is no state')] as const,
      );
    const changes = f('changes')
      .list(MOST_CHANGES)
      .map((item) => {
        const c = item.fields('seq', 't', 'receipt', 'file');
        return {
          seq: c('seq').integer(1),
          t: c('t').integer(0),
          receipt: c('receipt').text(),
          file: c('file').text(),
        };
      });
    return { next: f('next').integer(1), states: new Map(states), changes };
  });
}

/** How far a channel is told, by the number of the last change that it took. */
export function toldNote(channel: string): string {
  return `control-told/${channel}`;
}

function read<T>(text: string, make: (field: JsonField) => T): T {
  const json = parseStrictJson(Buffer.from(text), MOST_BYTES);
  try {
    if (!json.ok) throw new JsonFault(json.reason);
    return make(new JsonField(json.value, ''));
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new StorageError('CORRUPT', `the changes of control kept: ${error.message}`, { cause: error });
  }
}
