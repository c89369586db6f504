import type * as z from 'zod';
import { Count, CountOrder, Counts } from './count-schema.ts';
import { Grant, GrantMade, GrantOrder, Grants } from './grant-schema.ts';
import { Portfolio, Standing } from './standing-schema.ts';
import type * as types from './types.ts';

/** Schemas of what parties outside the warehouse see and ask for, by their names in the document. */
export const LENDING_SCHEMAS = {
  Count,
  CountOrder,
  Counts,
  Grant,
  GrantMade,
  GrantOrder,
  Grants,
  Portfolio,
  Standing,
} as const;

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type Sent<N extends keyof typeof LENDING_SCHEMAS> = z.infer<(typeof LENDING_SCHEMAS)[N]>;
({ Count: true, CountOrder: true, GrantMade: true, GrantOrder: true, Standing: true }) satisfies {
  Count: Same<Sent<'Count'>, types.Count>;
  CountOrder: Same<Sent<'CountOrder'>, types.CountOrder>;
  GrantMade: Same<Sent<'GrantMade'>, types.GrantMade>;
  GrantOrder: Same<Sent<'GrantOrder'>, types.GrantOrder>;
  Standing: Same<Sent<'Standing'>, types.Standing>;
};
