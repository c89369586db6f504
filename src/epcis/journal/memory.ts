/**
 * What is remembered from record to record, as text by key: lots and places of goods, which stays are open,
 * what is measured in the window under way. It is committed together with the events.
 */
export type Memory = {
  get(key: string): string | null;
  /** null forgets. */
  set(key: string, value: string | null): void;
  /** All keys with this beginning, with their values. */
  under(prefix: string): Iterable<readonly [key: string, value: string]>;
};

/** Texts of records have no control characters, so a tab parts them. */
const TAB = '\t';

export function joined(fields: readonly (string | number)[]): string {
  return fields.join(TAB);
}

export function parted(value: string): readonly string[] {
  return value.split(TAB);
}
