import type { PortfolioRow, Standing } from './standing-types.ts';

/** How receipts stand now; from memory. */
export type Standings = {
  /** null for a receipt that there is none of. */
  standing(receipt: string): Standing | null;
  /** All there are, the worst first. */
  portfolio(): readonly PortfolioRow[];
};
