/**
 * What is said of one level: it raises, it clears, or it lies in the deadband. Only a condition that
 * remembers also says that it does not know, or does not know yet, which nobody is told.
 */
export const Signal = { clear: 0, hold: 1, raise: 2, unknown: 3, notYet: 4 } as const;
export type Signal = (typeof Signal)[keyof typeof Signal];
