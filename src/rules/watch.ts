import type { GoodsFacts } from '../domain/goods/facts.ts';
import type { LogRecord, RecordType } from '../domain/record.ts';
import type { OpenStream } from '../domain/stream.ts';
import type { Signal } from './signal.ts';
import type { Zones } from './site.ts';

/** One cell of a memory: an integer or a text, so that it can stand in a snapshot; null is not known. */
export type Cell = number | string | null;

/** What a condition is told, in the order of the journal. `t` is evidence time, ms. */
export type Happening =
  /** `v` is null when the value is not usable or its device is ill; `at` is the device's own time. */
  | {
      readonly is: 'reading';
      readonly t: number;
      readonly input: number;
      readonly v: number | null;
      readonly at: number | null;
      /** As of the record before; null where the site keeps no goods. */
      readonly goods: GoodsFacts | null;
    }
  /** A reading that came late: it says what was at `at`, not what is. */
  | {
      readonly is: 'late';
      readonly t: number;
      readonly input: number;
      readonly v: number;
      readonly at: number;
    }
  /** The gateway starts: what happened while it was down is not known. */
  | { readonly is: 'start'; readonly t: number }
  /** The time that `due` asked for has come. */
  | { readonly is: 'time'; readonly t: number }
  /** One of the other records it asked for. */
  | {
      readonly is: 'record';
      readonly t: number;
      readonly record: LogRecord;
      /** What is known of goods after this record; null where the site keeps none. */
      readonly goods: GoodsFacts | null;
    }
  /** Another rule it looks at found something, or what it knows changed. */
  | {
      readonly is: 'member';
      readonly t: number;
      readonly member: number;
      readonly open: boolean;
      readonly truth: 'not yet' | 'known' | 'unknown';
    };

/**
 * A condition that remembers, or looks at more than one value of one stream. All that it knows is
 * in its cells, which are copied, stored and compared by the cell: it must hold nothing else.
 */
export type Watch = {
  readonly inputs: readonly OpenStream[];
  /** Readings as they come and starts; or late ones, which say what was; or both. */
  readonly hears: 'live' | 'late' | 'all';
  readonly records: readonly RecordType[];
  /** Verbs of acts on its stream that it waits for. */
  readonly acts: readonly string[];
  /** Instances of other rules that it looks at, by index. */
  readonly members: readonly number[];
  /** What the cells mean. Cells of a rule that was changed are kept as long as this is the same. */
  readonly meaning: string;
  readonly fresh: () => Cell[];
  /** What is the case now; null when this says nothing about it. */
  readonly take: (cells: Cell[], happening: Happening) => Signal | null;
  /** When it wants to be told that time has passed; Infinity for never. Later than the last such call. */
  readonly due: (cells: readonly Cell[]) => number;
  /** A clock step moves every stored instant. */
  readonly shift: (cells: Cell[], a: number) => void;
};

/** The cells of one level with the last record that they were told of. */
export type Memory = { cells: Cell[]; slot: number; seq: number; v: number | null };

/** What a condition is bound to beside its own stream. */
export type World = {
  readonly streams: readonly OpenStream[];
  readonly zones: Zones;
  /** Instances, by index, of a rule that stands before this one. */
  readonly instancesOf: (rule: string) => readonly { readonly index: number; readonly stream: OpenStream }[];
};

/** The number in a cell; null where there is none. */
export function numberIn(cells: readonly Cell[], i: number): number | null {
  const cell = cells[i];
  return typeof cell === 'number' ? cell : null;
}

/** Moves the instants in the cells at these places. */
export function shiftAt(cells: Cell[], a: number, ...places: readonly number[]): void {
  for (const i of places) {
    const cell = cells[i];
    if (typeof cell === 'number') cells[i] = cell + a;
  }
}
