import * as z from 'zod';
import { identifier, list, section, text, title, word } from './fields.ts';
import { isReference } from './secret.ts';

/** The people of a site, when they are on duty, and the routes that call them. */

/** Personal data: it may stand in configuration, and better stands in a file that evidence does not keep. */
const address = (form: RegExp, what: string) => {
  const error = `must be ${what}, or a reference, "file:/path" or "credential:NAME"`;
  return z.string({ error }).refine((value) => isReference(value) || form.test(value), { error });
};

/** What stands for the subscriptions that a person's browsers gave on the page. */
export const BY_PAGE = 'page';
const BY_PAGE_ONLY = /^page$/;

const person = section({
  id: identifier,
  name: title.optional(),
  language: word('zh', 'en').default('zh'),
  phone: address(/^\+[1-9][0-9]{6,14}$/, 'a phone number with its country, e.g. "+8613800000000"').optional(),
  mail: address(/^[^\s@<>,;"]{1,64}@[^\s@<>,;"]{1,190}$/, 'an e-mail address').optional(),
  push: address(BY_PAGE_ONLY, 'page, for what their browser gives on the page').optional(),
});

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const DAY_LIST = 'must be days such as mon-fri, sat-sun or [mon, wed]';

/** `mon-fri` or a list of such; becomes numbers, 0 for Monday. */
const days = z
  .union([z.string(), z.array(z.string())], { error: DAY_LIST })
  .transform((raw, ctx): number[] => {
    const found = [raw].flat().flatMap((part) => {
      const [first, last = first] = part.split('-').map((name) => DAYS.findIndex((d) => d === name));
      if (first === undefined || last === undefined || first < 0 || last < 0 || part.split('-').length > 2)
        return [-1];
      return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, i) => (first + i) % 7);
    });
    if (found.length === 0 || found.includes(-1)) ctx.addIssue({ code: 'custom', message: DAY_LIST });
    return [...new Set(found)].sort((a, b) => a - b);
  });

/** `08:00` to `24:00`; becomes minutes of the day. */
const timeOfDay = text(/^(?:[01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$/, 'a time of day such as 08:00').transform(
  (value) => Number(value.slice(0, 2)) * 60 + Number(value.slice(3)),
);

const shift = section({
  id: identifier,
  days: days.default([0, 1, 2, 3, 4, 5, 6]),
  from: timeOfDay,
  to: timeOfDay,
});

const people = list(identifier, 1, 50);

const role = section({
  id: identifier,
  people: people.optional(),
  shifts: z.record(z.string(), people, { error: 'must be a map of shifts to people' }).optional(),
});

const after = text(/^[0-9]+(?:\.[0-9]+)?(?:ms|s|m|min|h)$/, 'a time after the call, e.g. 0s, 3m or 1h');
const PRIORITIES = ['urgent', 'high', 'medium', 'low'] as const;

/** One time for all priorities, or one for each that climbs so far. */
const afters = z.union([after, section(Object.fromEntries(PRIORITIES.map((p) => [p, after.optional()])))], {
  error: 'must be a time such as 3m, or a map such as { urgent: 3m, high: 15m }',
});

const channels = list(identifier, 1, 20);

const step = section({ role: identifier, channels, after: afters.optional() });

const route = section({
  id: identifier,
  role: identifier.optional(),
  channels: channels.optional(),
  steps: list(step, 1, 10).optional(),
});

export { person, shift, role, route, PRIORITIES };
