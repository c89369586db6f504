import * as z from 'zod';
import { count } from './schema-parts.ts';

const endpoint = z.url({ protocol: /^https?$/ }).max(1024);
const base64url = z.string().regex(/^[\w-]{1,200}={0,2}$/);
export const PushOrder = z.strictObject({
  endpoint,
  keys: z.strictObject({ p256dh: base64url, auth: base64url }),
});
export const PushRemoval = z.strictObject({ endpoint });
export const PUSH_SCHEMAS = {
  PushState: z.strictObject({
    key: z.string().nullable().meta({
      description: 'Public key (VAPID) to subscribe with, base64url; null: nothing to subscribe to',
    }),
    browsers: count,
  }),
  PushOrder,
  PushRemoval,
} as const;
