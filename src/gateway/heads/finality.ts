import type { Finality } from '../../anchoring/port.ts';
import type { LedgerSettings } from '../../config/configuration.ts';

/** When a block is final, as a ledger is told. */
export function finalityOf(finality: LedgerSettings['finality']): Finality {
  if (typeof finality === 'object') return { kind: 'depth', depth: finality.depth };
  return { kind: finality };
}
