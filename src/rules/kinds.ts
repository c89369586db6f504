import { clock } from './kinds/clock.ts';
import { differs } from './kinds/differs.ts';
import { due } from './kinds/due.ts';
import { exposure } from './kinds/exposure.ts';
import { expression } from './kinds/expression.ts';
import { feedback } from './kinds/feedback.ts';
import { integrity } from './kinds/integrity.ts';
import type { Kind } from './kinds/kind.ts';
import { limit } from './kinds/limit.ts';
import { passage } from './kinds/passage.ts';
import { presence } from './kinds/presence.ts';
import { rate } from './kinds/rate.ts';
import { release } from './kinds/release.ts';
import { route } from './kinds/route.ts';
import { silent } from './kinds/silent.ts';
import { state } from './kinds/state.ts';
import { stock } from './kinds/stock.ts';
import { stuck } from './kinds/stuck.ts';
import { together } from './kinds/together.ts';
import { weight } from './kinds/weight.ts';

/** The closed set of kinds; a further one is a file and a line here. */
export const KINDS = {
  limit,
  rate,
  silent,
  stuck,
  exposure,
  state,
  presence,
  passage,
  weight,
  route,
  together,
  clock,
  feedback,
  differs,
  due,
  integrity,
  release,
  stock,
  expression,
} satisfies Readonly<Record<string, Kind>>;
