import { Refused } from '../domain/errors.ts';
import type { Order } from './order-types.ts';
import type { Orders } from './order-port.ts';

export const ORDER_ID = 'ab'.repeat(32);

/** One order that was refused, and what people ask for of it. */
export class MemoryOrders implements Orders {
  readonly asked: object[] = [];
  readonly order: Order = {
    order: ORDER_ID,
    content: {
      kind: 'order',
      order: ORDER_ID,
      direction: 'out',
      receipt: 'cd'.repeat(32),
      lot: 'copper',
      epcs: ['3034a1'],
      amount: { value: 1, exp: 0, unit: '1' },
      portal: 'dock-2',
      zone: 'yard-1',
      from: 1000,
      until: 9000,
      vehicle: null,
    },
    state: 'authorised',
    since: 2000,
    openedAt: null,
    endedAt: null,
    passed: [],
    breaches: [],
    isDisputed: false,
    moved: 0,
    refused: {
      at: 2500,
      why: 'frozen: the receipt is frozen',
      text: { en: 'the receipt is frozen', zh: '仓单已冻结' },
    },
    gate: { busy: null },
  };

  list(): readonly Order[] {
    return [this.order];
  }

  find(order: string): Order | null {
    return order === ORDER_ID ? this.order : null;
  }

  tell(content: unknown, by: object): Promise<void> {
    return this.#ask({ content, ...by });
  }

  claim(order: string, by: object): Promise<void> {
    if (order !== ORDER_ID) return Promise.reject(new Refused('NOT_FOUND', `there is no order "${order}"`));
    return this.#ask({ claim: order, ...by });
  }

  settle(order: string, by: object): Promise<void> {
    return this.#ask({ settle: order, ...by });
  }

  #ask(what: object): Promise<void> {
    this.asked.push(what);
    return Promise.resolve();
  }
}
