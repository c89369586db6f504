import type { GuardOutcomes } from './instance.ts';
import { Health } from './instance-state.ts';

/** True, false, or null for unknown: the device has not said how it is and the answer hangs on it. */
export function guardOf(guard: GuardOutcomes | null, health: Health): boolean | null {
  if (guard === null) return true;
  if (health === Health.well || guard.well === guard.ill) return guard.well;
  return health === Health.ill ? guard.ill : null;
}
