import type { TalkingModel } from '../talker/simulator.ts';
import { encodeScan, LONGEST_SCAN } from './codec.ts';
import type { ScannerPlan } from './plan.ts';

const DAY_MS = 86_400_000;
const FRAME_MS = 50;

/** Medicine of one batch, each box with a serial number of its own. */
const GTIN = '09506000134352';

/**
 * Somebody with a scanner. `scans` is how many codes are scanned in each `every`, `days-left` how long the
 * goods keep; `understood` 0 makes them goods with codes that are not GS1's.
 */
export function scannerModel(plan: ScannerPlan, now: () => number = Date.now): TalkingModel {
  const values = new Map([
    ['scans', 0],
    ['understood', 1],
    ['days-left', 365],
  ]);
  const v = (channel: string): number => values.get(channel) ?? 0;
  let serial = 0;
  let due = 0;
  const next = (isBad: boolean): string => {
    serial++;
    if (v('understood') === 0) return `]C0BOX-${serial}`;
    const expiry = new Date(now() + v('days-left') * DAY_MS);
    const date = [expiry.getFullYear() % 100, expiry.getMonth() + 1, expiry.getDate()];
    const yymmdd = date.map((n) => String(n).padStart(2, '0')).join('');
    const gtin = isBad ? GTIN.replace(/.$/, '3') : GTIN;
    return `]d201${gtin}17${yymmdd}10B-7\x1d21${serial}`;
  };
  let last = '';
  return {
    id: plan.id,
    frameMs: FRAME_MS,
    faults: ['repeat', 'bad-check-digit', 'no-suffix', 'overlong'],
    set: (channel, value) => {
      if (!values.has(channel)) throw new RangeError(`a scanner has no ${channel}`);
      if (!Number.isInteger(value)) throw new RangeError(`${value} is no whole number`);
      values.set(channel, value);
    },
    frame: (fault) => {
      due += (v('scans') * FRAME_MS) / plan.everyMs;
      if (due < 1) return new Uint8Array();
      due = Math.min(due - 1, 1);
      last = fault === 'repeat' && last !== '' ? last : next(fault === 'bad-check-digit');
      if (fault === 'overlong') return encodeScan('9'.repeat(LONGEST_SCAN + 1), plan.format);
      const bytes = encodeScan(last, plan.format);
      return fault === 'no-suffix' ? bytes.slice(0, plan.format.suffix === 'crlf' ? -2 : -1) : bytes;
    },
  };
}
