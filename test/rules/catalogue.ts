import type { Story } from './depot.ts';

type Telling = (story: Story) => unknown;

/** What shows that a shipped rule fires, does not fire just inside its limit, and says that it does not know. */
export type Case = {
  readonly rule: string;
  readonly quiet: Telling;
  /** A text says what it waits for. */
  readonly fires: Telling | string;
  /** A text says why it always knows; or another rule tells of the same input. */
  readonly unknown: Telling | string | { readonly told: string; readonly by: Telling };
};
