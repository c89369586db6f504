import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openDutyPhone } from './duty-phone.ts';

const SUBJECT = { en: 'too warm', zh: '过热' };
const BODY = JSON.stringify({ format: 'bailee/notice/v1', subject: SUBJECT });

async function call(url: string, secret: string, body = BODY): Promise<number> {
  const v1 = createHmac('sha256', secret).update(`1700000000.${BODY}`).digest('hex');
  const headers = { 'bailee-signature': `t=1700000000,v1=${v1}` };
  return (await fetch(url, { method: 'POST', body, headers })).status;
}

describe('the duty phone', () => {
  it('rings for what the gateway signed, and for nothing else', async () => {
    const rung: unknown[] = [];
    await using phone = await openDutyPhone('ours', (message) => rung.push(message));
    expect(await call(phone.url, 'theirs')).toBe(401);
    expect(await call(phone.url, 'ours', BODY.replace('warm', 'cold'))).toBe(401);
    expect((await fetch(phone.url, { method: 'POST', body: BODY })).status).toBe(401);
    expect(rung).toEqual([]);
    expect(await call(phone.url, 'ours')).toBe(204);
    expect(rung).toEqual([SUBJECT]);
  });
});
