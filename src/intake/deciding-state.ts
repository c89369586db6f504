import type { Value } from '../domain/record.ts';
import { earlierParts } from './earlier-state.ts';

/** The parts of deciding that remember something. A new one gets a new name, at the end. */
const PARTS = ['rules', 'alarms', 'calls', 'fires', 'goods', 'tags'] as const;
export type PartName = (typeof PARTS)[number];

/** What each part says of itself; one that is not there has nothing to remember. */
export type StateParts = { readonly [name in PartName]?: Value };

/**
 * The third form: [3, [name, part]*], in the order of PARTS, without those that have nothing to
 * remember. A part whose rows change their shape makes a fourth; `earlier-state.ts` reads the first two.
 */
const VERSION = 3;

/** A stored state of deciding that this build does not understand; the message says why. */
export class UnreadableState extends Error {
  override readonly name = 'UnreadableState';
}

/** Whether a stored state is of the form that this build writes: then it is equal byte by byte, too. */
export function isOfThisForm(state: Value): boolean {
  return Array.isArray(state) && state[0] === VERSION;
}

export function encodeParts(parts: StateParts): Value {
  const named = PARTS.flatMap((name): Value[] => {
    const part = parts[name] ?? [];
    return Array.isArray(part) && part.length === 0 ? [] : [[name, part]];
  });
  return [VERSION, ...named];
}

/**
 * @param isLatching whether a rule of this id latches
 * @throws UnreadableState for what no build up to this one wrote
 */
export function partsOf(state: Value, isLatching: (rule: string) => boolean): StateParts {
  if (!Array.isArray(state)) throw new UnreadableState('the state of deciding is no list');
  const [version, ...named] = state as readonly Value[];
  if (typeof version !== 'number') {
    const parts = earlierParts(state as readonly Value[], isLatching);
    if (parts === null) throw new UnreadableState('the state of deciding has none of the forms known here');
    return parts;
  }
  if (version !== VERSION) {
    throw new UnreadableState(`the state of deciding has form ${version}; this build reads up to ${VERSION}`);
  }
  const parts: Partial<Record<PartName, Value>> = {};
  for (const row of named) {
    const [name, part] = Array.isArray(row) ? (row as readonly Value[]) : [];
    const known = PARTS.find((one) => one === name);
    if (known === undefined || part === undefined) {
      throw new UnreadableState(
        `the state of deciding has a part ${String(name)} that this build does not know`,
      );
    }
    parts[known] = part;
  }
  return parts;
}
