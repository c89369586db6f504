import type { UniquenessSettings } from './uniqueness.ts';

/** What is kept of goods. */
export type GoodsSettings = {
  /** By kind of document: fields that may be null in general and must be there at this site. */
  readonly required: ReadonlyMap<string, readonly string[]>;
  readonly portals: readonly PortalSettings[];
  /** How long what is stated of a receipt may be shown, ms. */
  readonly statementValidMs: number;
  /** Ids of the webhooks that are told of each change of control. */
  readonly push: readonly string[];
  /** null: nothing is compared across sites. */
  readonly index: UniquenessSettings | null;
};

/** A way out whose goods are told by tags, and the gate that opens it. */
export type PortalSettings = {
  readonly id: string;
  /** Stream of the read point. */
  readonly point: string;
  readonly inside: readonly number[];
  readonly outside: readonly number[];
  readonly withinMs: number;
  readonly zone: string;
  /** null where this gateway opens nothing for orders. */
  readonly gate: GateSettings | null;
};

export type GateSettings = {
  /** Reference of the key of the account that orders name as their gate. */
  readonly accountKey: string;
  readonly barrier: BarrierSettings | null;
  /** Longest time that it stands open for one order, ms. */
  readonly openForMs: number;
};
export type BarrierSettings = { readonly device: string; readonly open: string; readonly close: string };
