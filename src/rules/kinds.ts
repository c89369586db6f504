import type { Kind } from './kinds/kind.ts';
import { limit } from './kinds/limit.ts';
import { silent } from './kinds/silent.ts';
import { state } from './kinds/state.ts';

/** The closed set of kinds; a further one is a file and a line here. */
export const KINDS = { limit, silent, state } satisfies Readonly<Record<string, Kind>>;
