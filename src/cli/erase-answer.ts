import * as z from 'zod';

/** What the command reads of the erasures under way. */
const erasures = z.array(
  z.looseObject({ stream: z.string(), from: z.number(), to: z.number(), blocksLeft: z.number() }),
);

/** @throws z.ZodError for what is no answer of this API */
export function readErasures(raw: unknown): z.output<typeof erasures> {
  return erasures.parse(raw);
}
