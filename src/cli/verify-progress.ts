import { STEPS } from '../evidence/verify-steps.ts';
import type { Watch } from '../evidence/verify-watch.ts';
import type { Context } from './context.ts';

/** Who waits longer than this is told how far it is, ms. */
const PATIENCE_MS = 1000;
const EVERY_LEAVES = 20_000;

/** Tells a terminal how far a verification is. */
export function verifyProgress(context: Context): Watch {
  const begun = performance.now();
  let leaves = 0;
  let toCome = 0;
  let step = 0;
  const tell = (): void => {
    if (performance.now() - begun < PATIENCE_MS) return;
    const percent = toCome === 0 ? '' : ` ${Math.floor((100 * leaves) / toCome)} %`;
    context.progress(
      context.say({
        en: `checking, step ${step} of ${STEPS.length}${percent}`,
        zh: `核验中，第 ${step}/${STEPS.length} 步${percent}`,
      }),
    );
  };
  return {
    step: (name, count) => {
      step = STEPS.indexOf(name) + 1;
      toCome = count ?? 0;
      tell();
    },
    leaf: () => {
      leaves += 1;
      if (leaves % EVERY_LEAVES === 0) tell();
    },
  };
}
