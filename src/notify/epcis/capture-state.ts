import * as z from 'zod';

/** How far a repository was told; kept before and after everything that is sent. */
export type CaptureState = {
  /** Everything up to this seq is settled: stored there, or refused by it. */
  readonly after: number;
  /** What was or may have been sent: events up to `to`, and its capture job once that is known. */
  readonly flight: { readonly to: number; readonly job: string | null; readonly since: number } | null;
  readonly storedAt: number | null;
  /** The newest last. */
  readonly refused: readonly { readonly event: string; readonly at: number; readonly why: string }[];
};

export const NOTHING_SENT: CaptureState = { after: 0, flight: null, storedAt: null, refused: [] };
const MOST_REFUSED = 100;

const shape = z.strictObject({
  after: z.int(),
  flight: z.strictObject({ to: z.int(), job: z.string().nullable(), since: z.int() }).nullable(),
  storedAt: z.int().nullable(),
  refused: z.array(z.strictObject({ event: z.string(), at: z.int(), why: z.string() })),
});

/** @throws Error for a text that this did not write */
export function readCaptureState(text: string | null): CaptureState {
  return text === null ? NOTHING_SENT : shape.parse(JSON.parse(text));
}

export function captureStateText(state: CaptureState): string {
  return JSON.stringify(state);
}

/** Of what was refused the newest is kept. */
export function withRefusal(
  state: CaptureState,
  event: string,
  at: number,
  why: string,
): CaptureState['refused'] {
  return [...state.refused, { event, at, why }].slice(-MOST_REFUSED);
}
