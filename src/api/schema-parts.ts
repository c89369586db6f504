import * as z from 'zod';

/** Pieces that the schemas of the API are made of. */

export const list = <T extends z.ZodType>(item: T): z.ZodReadonly<z.ZodArray<T>> => z.array(item).readonly();
export const instant = z.int().meta({ description: 'Evidence time, ms since 1970' });
export const instantOrNull = instant.nullable();
export const count = z.int().nonnegative();

export const Text = z.strictObject({ en: z.string(), zh: z.string() });
export const Zone = z.strictObject({ id: z.string(), title: Text });
