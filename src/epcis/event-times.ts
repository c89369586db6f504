import { canonicalTime } from './canonical-time.ts';
import { EVENT_ORDER, TIMES, type Order } from './field-order.ts';
import type { Field } from './field.ts';

/** What is wrong with the times of an event, or null: a hash over a time nobody can read would name nothing. */
export function checkTimes(fields: readonly Field[]): string | null {
  if (!fields.some((f) => f.name === 'eventTime')) return 'eventTime: an event has a time; this one has not';
  return checkWithin(fields, EVENT_ORDER, '');
}

function checkWithin(fields: readonly Field[], order: Order, way: string): string | null {
  for (const [name, inner] of order) {
    for (const field of fields.filter((f) => f.name === name)) {
      const text = field.value.trim();
      const isBad = TIMES.has(name) && canonicalTime(text) === null;
      if (isBad)
        return `${way}${name}: "${text}" is no time with its zone, such as 2026-01-31T08:00:00.000+08:00`;
      const why = checkWithin(field.fields, inner, `${way}${name}/`);
      if (why !== null) return why;
    }
  }
  return null;
}
