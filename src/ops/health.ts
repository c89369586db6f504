import type { Text } from '../domain/alarm.ts';

/** `unknown` is a value of its own: what was not seen is never `ok`. */
export type HealthState = 'ok' | 'degraded' | 'failed' | 'unknown';

export type Finding = {
  readonly state: HealthState;
  /** One line for the person on shift. */
  readonly detail: Text;
};

export type Report = {
  /** The worst of the checks; `unknown` counts as worse than `ok` and better than `failed`. */
  readonly state: HealthState;
  readonly checks: Readonly<Record<string, Finding>>;
};

const RANK: Readonly<Record<HealthState, number>> = { ok: 0, degraded: 1, unknown: 2, failed: 3 };

/** Named checks, asked when someone wants to know. A check that throws is `unknown`, and says why. */
export class Health {
  readonly #checks = new Map<string, () => Finding>();

  add(name: string, check: () => Finding): void {
    if (this.#checks.has(name)) throw new Error(`there is a health check ${name} already`);
    this.#checks.set(name, check);
  }

  report(): Report {
    const checks = Object.fromEntries([...this.#checks].map(([name, check]) => [name, ask(check)]));
    const states = Object.values(checks).map((c) => c.state);
    const worst = states.reduce<HealthState>((a, b) => (RANK[b] > RANK[a] ? b : a), 'ok');
    return { state: states.length === 0 ? 'unknown' : worst, checks };
  }
}

function ask(check: () => Finding): Finding {
  try {
    return check();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { state: 'unknown', detail: { en: `could not be checked: ${why}`, zh: `无法检查：${why}` } };
  }
}

/**
 * Whether records that are due get committed: the one question behind "ready". A gateway whose
 * intake stands still answers no, however well everything else looks.
 *
 * @param oldestMs how long the oldest record not yet committed has waited, ms; null with none waiting
 * @param committedMs how long ago the last commit was, ms; null when there was none yet
 */
export function commitCheck(oldestMs: number | null, committedMs: number | null): Finding {
  if (oldestMs !== null && oldestMs > LONGEST_WAIT_MS) {
    const s = Math.round(oldestMs / 1000);
    return {
      state: 'failed',
      detail: { en: `records wait for ${s} s to be stored`, zh: `记录已等待 ${s} 秒仍未保存` },
    };
  }
  if (committedMs === null) {
    return { state: 'unknown', detail: { en: 'nothing was stored yet', zh: '尚未保存任何记录' } };
  }
  return { state: 'ok', detail: { en: 'records are stored', zh: '记录正常保存' } };
}

/**
 * Whether the process may give a sign of life: no batch waits more than 2 s and the event loop is
 * late by less than 1 s (reliability section 7).
 */
export function isAlive(oldestMs: number | null, lagMs: number): boolean {
  return (oldestMs ?? 0) <= LONGEST_WAIT_MS && lagMs < LONGEST_LAG_MS;
}

const LONGEST_WAIT_MS = 2000;
const LONGEST_LAG_MS = 1000;
