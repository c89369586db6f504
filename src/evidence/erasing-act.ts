import type { ActBody } from '../domain/record.ts';

/** Verbs of acts that erase; the second where nobody outside had fixed the records yet. */
export const ERASE = 'erase';
export const ERASE_UNFIXED = 'erase-unanchored';

/** What an erasing act orders: the records of one stream with from ≤ t < to, ms. `id` is unique in its journal. */
export type ErasingOrder = {
  /** `<device>/<channel>`. */
  readonly stream: string;
  readonly from: number;
  readonly to: number;
  readonly id: number;
};

/** The act's new value; the stream is its object. */
export function orderText({ id, from, to }: Pick<ErasingOrder, 'id' | 'from' | 'to'>): string {
  return `${new Date(from).toISOString()}/${new Date(to).toISOString()} #${id}`;
}

/** What an act orders to be erased; null for an act that is done by other means, or was refused. */
export function readOrder(body: ActBody): ErasingOrder | null {
  const [, , verb, stream, , text, , result] = body;
  const [, from, to, id] = /^(\S+)\/(\S+) #(\d+)$/.exec(text ?? '') ?? [];
  if ((verb !== ERASE && verb !== ERASE_UNFIXED) || result !== 0) return null;
  if (from === undefined || to === undefined) return null;
  const order = { stream, from: Date.parse(from), to: Date.parse(to), id: Number(id) };
  return Number.isNaN(order.from) || Number.isNaN(order.to) ? null : order;
}
