import type { PortfolioRow, ProofAge, Standing, Uniqueness } from '../../api/standing-types.ts';
import type { Standings } from '../../api/standing-port.ts';
import type { ControlState, ReceiptStatus } from '../../domain/goods/status.ts';
import type { OpenStream } from '../../domain/stream.ts';
import type { Goods } from '../../goods/goods.ts';

export type StandingDeskParts = {
  /** null where no goods are kept. */
  readonly goods: Pick<Goods, 'receipts'> | null;
  readonly streams: readonly OpenStream[];
  readonly status: (receipt: string) => ReceiptStatus | null;
  readonly proof: () => ProofAge;
  readonly uniqueness: (receipt: string) => Uniqueness;
};

const WORST: readonly ControlState[] = ['breached', 'unknown', 'degraded', 'in-control'];

/** How receipts stand now, derived from what is known of goods at the moment they are asked for. */
export class StandingDesk implements Standings {
  readonly #parts: StandingDeskParts;

  constructor(parts: StandingDeskParts) {
    this.#parts = parts;
  }

  standing(receipt: string): Standing | null {
    const { goods, streams, proof, uniqueness } = this.#parts;
    const row = goods?.receipts.get(receipt) ?? null;
    const status = this.#parts.status(receipt);
    if (row === null || status === null) return null;
    const { zone, binding, boundAt } = row;
    const there = streams.filter(({ kind, place }) => kind === 1 && place === zone);
    return {
      status,
      goods: { name: binding.goods.name, lot: binding.goods.lot, zone },
      range: binding.range,
      streams: there.map(({ id, quantity, unit }) => ({ id, quantity, unit })),
      since: boundAt,
      proof: proof(),
      uniqueness: uniqueness(receipt),
    };
  }

  portfolio(): readonly PortfolioRow[] {
    const rows = (this.#parts.goods?.receipts.list() ?? []).flatMap((row): PortfolioRow[] => {
      const { receipt, goods } = row.binding;
      const status = this.#parts.status(receipt);
      if (status === null) return [];
      const { number, control, since, asOf, validUntil, coverage } = status;
      const month = coverage?.month ?? null;
      return [
        {
          receipt,
          number,
          name: goods.name,
          zone: row.zone,
          control,
          since,
          asOf,
          validUntil,
          coverage: month?.coverage ?? null,
          gapMs: month?.gapMs ?? 0,
        },
      ];
    });
    return rows.sort((a, b) => rank(a) - rank(b) || b.gapMs - a.gapMs || (a.number < b.number ? -1 : 1));
  }
}

function rank({ control }: PortfolioRow): number {
  return WORST.indexOf(control);
}
