import type { Order } from './order-types.ts';

/** Who asks, by number and role. */
type By = { readonly actor: number; readonly role: string };

/** Orders, and the gates that serve them. What people ask for is on record when these resolve. */
export type Orders = {
  list(): readonly Order[];
  find(order: string): Order | null;
  /** @throws Refused INVALID for what is no content of an order here, CONFLICT where another one is on record */
  tell(content: unknown, by: By): Promise<void>;
  /** @throws Refused NOT_FOUND, CONFLICT while the gate serves another order, or where none is */
  claim(order: string, by: By & { readonly reason: string }): Promise<void>;
  /** @throws Refused NOT_FOUND, INVALID for more than the order's amount */
  settle(order: string, by: By & { readonly moved: number | null; readonly reason: string }): Promise<void>;
};
