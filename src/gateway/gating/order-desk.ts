import type { Order } from '../../api/order-types.ts';
import type { Orders } from '../../api/order-port.ts';
import { Refused } from '../../domain/errors.ts';
import type { OrderFact } from '../../domain/goods/orders.ts';
import { refusalDetail, refusalText } from '../../domain/goods/refusals.ts';
import { suggestion } from '../../domain/nearest.ts';
import { EVENTS_SLOT, RecordType, ReleaseStep, StatementKind, type ActBody } from '../../domain/record.ts';
import { recordText } from '../../domain/text.ts';
import { readDocument } from '../../goods/document-reader.ts';
import type { Goods } from '../../goods/goods.ts';
import { objectionToDocument, type DocumentSite } from '../../goods/objections.ts';
import { SETTLE } from '../../goods/orders.ts';
import type { Input } from '../../intake/input.ts';
import { makeDurable } from '../site/durable.ts';
import { sha256 } from '../site/primitives.ts';
import type { SiteConfiguration } from '../site/site.ts';
import type { Gates } from './gates.ts';

type By = Parameters<Orders['tell']>[1];

export type OrderDeskParts = {
  readonly site: Pick<SiteConfiguration, 'goods' | 'zones'>;
  readonly goods: Goods;
  /** null where no gate is. */
  readonly gates: Gates | null;
  readonly add: (input: Input) => boolean;
  readonly now: () => number;
  readonly over: AbortSignal;
};

/** Orders as people see them and bring them. */
export class OrderDesk implements Orders {
  readonly #parts: OrderDeskParts;

  constructor(parts: OrderDeskParts) {
    this.#parts = parts;
  }

  list(): readonly Order[] {
    return this.#parts.goods.orders.list().map((fact) => this.#shown(fact));
  }

  find(order: string): Order | null {
    const fact = this.#parts.goods.orders.get(order);
    return fact === null ? null : this.#shown(fact);
  }

  async tell(raw: unknown, by: By): Promise<void> {
    const { site, goods, add, now, over } = this.#parts;
    const bytes = Buffer.from(JSON.stringify(raw));
    const read = readDocument(bytes);
    if (!read.ok) {
      const problems = read.problems.map(({ path, message }) => `${path.join('.')} ${message}`);
      throw new Refused('INVALID', problems.slice(0, 10).join('; '));
    }
    const content = read.value;
    if (content.kind !== 'order') throw new Refused('INVALID', `kind is ${content.kind}, not order`);
    const portals = (site.goods?.portals ?? []).map(({ id }) => id);
    if (!portals.includes(content.portal)) {
      const hint = suggestion(content.portal, portals);
      throw new Refused('INVALID', `portal "${content.portal}" is not one of this site${hint}`);
    }
    if (!site.zones.some(({ id }) => id === content.zone)) {
      throw new Refused('INVALID', `zone "${content.zone}" is not one of this site`);
    }
    if (content.until <= content.from) throw new Refused('INVALID', 'until is not after from');
    const known = goods.orders.get(content.order)?.content ?? null;
    const objection = known === null ? objectionToDocument(goods, this.#asks(portals), content) : null;
    if (objection !== null) throw new Refused(objection.code, objection.why);
    if (known !== null) {
      // Told again, word for word, it changes nothing; told otherwise it is another's order under this name.
      if (JSON.stringify(known) === JSON.stringify(content)) return;
      const why = refusalDetail({ word: 'other-goods', with: 'another content is on record' });
      await this.#put(content.order, ReleaseStep.refused, why);
      throw new Refused('CONFLICT', `order ${content.order} is on record with another content`);
    }
    const hash = sha256(bytes);
    const source = recordText(`${by.role} ${by.actor}`);
    const body = [StatementKind.orderContent, content.order, content.amount.value, hash, source];
    const records = [{ slot: EVENTS_SLOT, t: now(), type: RecordType.statement, body }];
    await makeDurable(add, { records, files: [{ sha256: hash, bytes }] }, over);
  }

  async claim(order: string, by: By & { readonly reason: string }): Promise<void> {
    const fact = this.#must(order);
    const portal = fact.content?.portal ?? '';
    const gate = this.#parts.gates?.at(portal);
    if (gate === undefined) throw new Refused('CONFLICT', `no gate here opens portal "${portal}"`);
    await gate.claim(order, `${by.role} ${by.actor}: ${by.reason}`);
  }

  async settle(
    order: string,
    by: By & { readonly moved: number | null; readonly reason: string },
  ): Promise<void> {
    const { content } = this.#must(order);
    const most = content?.amount.value ?? 0;
    const { moved } = by;
    if (moved !== null && moved > most) {
      throw new Refused('INVALID', `moved ${moved} is more than the order's ${most}`);
    }
    const { add, now, over } = this.#parts;
    const told = moved === null ? null : String(moved);
    const who = [by.actor, recordText(by.role), SETTLE] as const;
    const body: ActBody = [...who, order, null, told, recordText(by.reason), 0];
    const records = [{ slot: EVENTS_SLOT, t: now(), type: RecordType.act, body }];
    await makeDurable(add, { records }, over);
    this.#parts.gates?.at(content?.portal ?? '')?.settle(order);
  }

  async #put(order: string, step: ReleaseStep, detail: string): Promise<void> {
    const { add, now, over } = this.#parts;
    const body = [Buffer.from(order, 'hex'), step, 0, recordText(detail)];
    const records = [{ slot: EVENTS_SLOT, t: now(), type: RecordType.release, body }];
    await makeDurable(add, { records }, over);
  }

  /** What this site asks of an order's document, beyond its form. */
  #asks(portals: readonly string[]): DocumentSite {
    const { site } = this.#parts;
    const zones = site.zones.map(({ id }) => id);
    return { zones, portals, sources: [], required: site.goods?.required ?? new Map() };
  }

  #must(order: string): OrderFact {
    const fact = this.#parts.goods.orders.get(order);
    if (fact === null) throw new Refused('NOT_FOUND', `there is no order "${order.slice(0, 70)}"`);
    return fact;
  }

  #shown(fact: OrderFact): Order {
    const { refused, content } = fact;
    const gate = this.#parts.gates?.at(content?.portal ?? '');
    return {
      order: fact.order,
      content,
      state: fact.state,
      since: fact.since,
      openedAt: fact.openedAt,
      endedAt: fact.endedAt,
      passed: fact.passed,
      breaches: fact.breaches,
      isDisputed: fact.isDisputed,
      moved: fact.moved,
      refused:
        refused === null
          ? null
          : { ...refused, text: refusalText(refused.why) ?? { en: refused.why, zh: refused.why } },
      gate: gate === undefined ? null : { busy: gate.busy },
    };
  }
}
