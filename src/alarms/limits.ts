/** The figures of an alarm system that ISA-18.2 / IEC 62682 call bad (control rules R34-R36). Times in ms. */

const MINUTE = 60_000;

/** More than `above` alarms within the window are a flood, which is over below `below`. */
export const FLOOD = { windowMs: 10 * MINUTE, above: 10, below: 5 } as const;

/** An alarm that is shown for longer is stale. */
export const STALE_MS = 24 * 60 * MINUTE;

/** So many rises of one alarm within the window are chatter, which is over after the quiet time. */
export const CHATTER = { windowMs: MINUTE, rises: 3, quietMs: 10 * MINUTE } as const;
