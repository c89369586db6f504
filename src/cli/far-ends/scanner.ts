import { planScanner } from '../../devices/scanner/plan.ts';
import { scannerModel } from '../../devices/scanner/simulator.ts';
import type { OpenFarEnd } from './port.ts';
import { openTalkerEnd } from './talker.ts';

/** Codes that somebody scans in each `every` on a quiet day. */
const QUIET_SCANS = 2;

export const farScanner: OpenFarEnd = async (order) => {
  const end = await openTalkerEnd(order, planScanner, (plan) => scannerModel(plan));
  end.simulator.set(order.id, 'scans', QUIET_SCANS);
  return end;
};
