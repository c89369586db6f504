import type { Count, Standing, Text, UniquenessSignal } from '../../api/types.ts';

/** Words of the API that the page has a text for. */
export type Language = keyof Text;
export type Status = Standing['status'];
export type ControlState = Status['control'];
export type Lifecycle = Status['lifecycle'];
export type Gap = Status['gaps'][number];
export type GapCause = Gap['cause'];
export type Amount = Status['amount']['onReceipt'];
export type Coverage = NonNullable<Status['coverage']>['day'];
export type UniquenessKind = UniquenessSignal['kind'];
export type CountKind = Count['kind'];
