import type { OriginPolicy, Policy } from '../../src/evidence/policy.ts';
import type { StreamChoice } from './small-streams.ts';
import type { Forge } from './forge.ts';
import { ask, range } from './bundles.ts';
import { MINUTE, ORIGIN, SmallLog } from './small-log.ts';

export type SealChange = Parameters<SmallLog['seal']>[1];

/** Four hours of minutes, with something done at the end of one block. */
export function story(
  options: {
    readonly streams?: readonly StreamChoice[];
    readonly owners?: readonly string[];
    readonly minute?: (log: SmallLog, t: number) => void;
    readonly seal?: Readonly<Record<number, SealChange>>;
  } = {},
): SmallLog {
  const log = new SmallLog(options.streams ?? [{}], options.owners);
  for (let no = 0; no < 24; no++) {
    const t0 = log.open.t0;
    for (let m = 0; m < 10; m++) (options.minute ?? ((l, t) => l.reading(1, t, 400)))(log, t0 + m * MINUTE);
    log.seal(t0 + 10 * MINUTE, options.seal?.[no] ?? {});
  }
  return log;
}

export function changed(log: SmallLog, change: Partial<OriginPolicy>): Policy {
  const own = log.policy().get(ORIGIN);
  if (own === undefined) throw new Error('no policy');
  return new Map([[ORIGIN, { ...own, ...change }]]);
}

export const failureOf = (log: SmallLog): string | undefined => ask(log, range()).failure?.code;
export const lying = (forge: Forge): SmallLog => story({ seal: { 8: { forge } } });
