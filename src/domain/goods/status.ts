import type { Text } from '../alarm.ts';
import type { RecordRef } from '../record.ts';
import type { Amount } from './documents.ts';

/** What is told of a receipt: a statement with an end. Who holds an expired one shows "not proven". Instants: evidence time, ms. */

export type ControlState = 'in-control' | 'degraded' | 'unknown' | 'breached';
export type Lifecycle =
  'draft' | 'bound' | 'pledged' | 'part-released' | 'released' | 'disputed' | 'cancelled';

export type GapCause =
  | 'device-silent'
  | 'power'
  | 'gateway-down'
  | 'clock-unverified'
  | 'tamper'
  | 'maintenance'
  | 'disarmed'
  | 'camera-blind'
  | 'evidence-missing'
  | 'break-glass';

/** [from, to) in which the required sources did not prove control; `to` null while it lasts. */
export type ControlGap = {
  readonly from: number;
  readonly to: number | null;
  readonly cause: GapCause;
  readonly sources: readonly string[];
  readonly refs: readonly RecordRef[];
  readonly filledLate: boolean;
};

/** [from, to) in which control was known to be lost. */
export type Breach = {
  readonly from: number;
  readonly to: number | null;
  /** Rule or event that broke it. */
  readonly by: string;
  readonly refs: readonly RecordRef[];
};

export type ControlPeriod = {
  readonly from: number;
  readonly to: number | null;
  readonly endedBy: string | null;
};

/** Shares in hundredths of a per cent, truncated, so 9989 is 99.89 %; null for an empty span. */
export type Coverage = {
  readonly from: number;
  readonly to: number;
  readonly knownMs: number;
  readonly gapMs: number;
  readonly breachMs: number;
  readonly coverage: number | null;
  readonly controlledShare: number | null;
  /** No gap of any length. */
  readonly isUnbroken: boolean;
};

export type StatusReason = {
  /** Rule id, or a word of the control state's own. */
  readonly code: string;
  readonly text: Text;
  readonly since: number;
  readonly refs: readonly RecordRef[];
};

/** Time outside the receipt's range since it was bound, and the like; null for what is not measured. */
export type Exposure = {
  readonly outsideMs: number;
  readonly allowedMs: number;
  readonly excursions: number;
  readonly isOutside: boolean;
  readonly min: number | null;
  readonly max: number | null;
  /** Mean kinetic temperature, hundredths of a degree Celsius. */
  readonly mkt: number | null;
  readonly missingMs: number;
};

export type ReceiptStatus = {
  readonly receipt: string;
  readonly number: string;
  readonly lot: string;
  readonly zone: string;
  /** When one of its sources was heard last; null for never. */
  readonly observedAt: number | null;
  readonly lifecycle: Lifecycle;
  readonly control: ControlState;
  readonly since: number;
  readonly reasons: readonly StatusReason[];
  readonly asOf: number;
  readonly validUntil: number;
  readonly period: ControlPeriod | null;
  readonly coverage: { readonly day: Coverage; readonly month: Coverage; readonly period: Coverage } | null;
  readonly gaps: readonly ControlGap[];
  readonly breaches: readonly Breach[];
  readonly amount: {
    readonly attested: Amount | null;
    readonly attestedAt: number | null;
    readonly onReceipt: Amount;
    readonly floor: Amount | null;
  };
  readonly lastCount: {
    readonly at: number;
    readonly result: string;
    readonly variance: number | null;
  } | null;
  readonly exposure: Exposure | null;
};
