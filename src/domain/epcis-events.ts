/** Events of EPCIS as they are kept and asked for, whatever made them. */

/** Words of an event that it is found by; a value is canonical, so two spellings of one EPC are one. */
export type EventKey = readonly [name: string, value: string];

export type EventRow = {
  /** eventID: the CBV hash of the event. */
  readonly id: string;
  /** Whether it declares an event of this name wrong. */
  readonly isDeclaration: boolean;
  /** What it was made from, e.g. `presence`. */
  readonly kind: string;
  /** ms since 1970. */
  readonly eventTime: number;
  readonly recordTime: number;
  /** One event in JSON-LD, without context. */
  readonly json: string;
  readonly keys: readonly EventKey[];
};

/** `seq` counts the events of a gateway from 1, in the order in which they became known. */
export type KeptEvent = Omit<EventRow, 'keys'> & { readonly seq: number };

export type EventFilter =
  /** Any of these names has any of these values. */
  | { readonly kind: 'key'; readonly names: readonly string[]; readonly values: readonly string[] }
  /** from ≤ time < before, ms. */
  | {
      readonly kind: 'time';
      readonly field: 'eventTime' | 'recordTime';
      readonly from: number | null;
      readonly before: number | null;
    }
  | { readonly kind: 'declaration' };

/** All filters hold. Events behind `after` in the order of seq. */
export type EventQuery = {
  readonly filters: readonly EventFilter[];
  readonly after: number;
  readonly limit: number;
};

/** `next` is the `after` of the page behind this one, null where there is none. */
export type EventPage = { readonly events: readonly KeptEvent[]; readonly next: number | null };

/** What an event is made from; repositories may be told of some only. */
export const EVENT_KINDS = [
  'presence',
  'goods',
  'aggregation',
  'quantity',
  'release',
  'receipt',
  'count',
  'hand-over',
  'sensor',
  'device',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Business steps of CBV 2.0, as JSON-LD writes them. */
export const BIZ_STEPS = [
  'accepting',
  'arriving',
  'assembling',
  'collecting',
  'commissioning',
  'consigning',
  'creating_class_instance',
  'cycle_counting',
  'decommissioning',
  'departing',
  'destroying',
  'disassembling',
  'dispensing',
  'encoding',
  'entering_exiting',
  'holding',
  'inspecting',
  'installing',
  'killing',
  'loading',
  'other',
  'packing',
  'picking',
  'receiving',
  'removing',
  'repackaging',
  'repairing',
  'replacing',
  'reserving',
  'retail_selling',
  'sampling',
  'sensor_reporting',
  'shipping',
  'staging_outbound',
  'stock_taking',
  'stocking',
  'storing',
  'transporting',
  'unloading',
  'unpacking',
  'void_shipping',
] as const;
