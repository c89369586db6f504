import { useEffect, useState } from 'preact/hooks';
import type { ControlState, Status } from './terms.ts';

/** A statement, and when it came here by both of this browser's clocks: it ends by whichever is further. */
export type Held = { readonly status: Status; readonly wallMs: number; readonly steadyMs: number };

export function hold(status: Status): Held {
  return { status, wallMs: Date.now(), steadyMs: performance.now() };
}

/** Evidence time now, as far as this browser can tell. */
export function nowOf({ status, wallMs, steadyMs }: Held): number {
  // A computer that slept has a steady clock that stood still; one whose wall clock was set back has the other.
  const passed = Math.max(Date.now() - wallMs, performance.now() - steadyMs);
  return status.asOf + Math.max(0, passed);
}

/** An expired statement is not proven, whatever it said. */
export function shownState(held: Held): { readonly control: ControlState; readonly isExpired: boolean } {
  const isExpired = nowOf(held) >= held.status.validUntil;
  return { control: isExpired ? 'unknown' : held.status.control, isExpired };
}

/** Draws anew every second: time alone turns a statement into none. */
export function useSeconds(): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, []);
}
