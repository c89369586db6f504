import { describe, expect, it } from 'vitest';
import { MESSAGE } from './announcement.fixture.ts';
import { openReceiver } from './receiver.fixture.ts';
import { smsHttpChannel } from './sms-http.ts';

const never = new AbortController().signal;
const secret = (text: string) => ({ reveal: () => text });
const people = new Map([
  ['wang', { id: 'wang', language: 'zh' as const, phone: secret('+8613800000001'), mail: null, push: null }],
  ['li', { id: 'li', language: 'en' as const, phone: secret('+8613800000002'), mail: null, push: null }],
]);
const to = (person: string) => ({ ...MESSAGE, role: `duty/${person}` });

function channelAt(url: string, over: { body?: string; format?: 'json' | 'form' } = {}) {
  return smsHttpChannel({
    id: 'sms',
    url,
    body: '{"mobile":"{number}","content":"{text}","out_id":"{id}"}',
    format: 'json',
    authorization: secret('Bearer key'),
    success: '"code":0',
    lan: true,
    people,
    timeZone: () => 'Asia/Shanghai',
    ...over,
  });
}

describe('SMS by a provider', () => {
  it('tells one person, in their language, by the template of the provider', async () => {
    await using receiver = await openReceiver(() => ({ body: '{"code":0}' }));
    const channel = channelAt(receiver.url);
    await channel.send(to('wang'), never);
    await channel.send(to('li'), never);
    const [zh, en] = receiver.calls.map((c) => JSON.parse(c.body) as Record<string, string>);
    expect(zh).toMatchObject({ mobile: '8613800000001', out_id: MESSAGE.id });
    expect(zh?.['content']).toContain('冷库超温');
    expect(en?.['content']).toMatch(/^\[HIGH\] Cold room above 8 °C - Cold room 1, Cold store 3\n/);
    expect(receiver.calls[0]?.headers.authorization).toBe('Bearer key');
  });

  it('writes values so that no text breaks out of a form', async () => {
    await using receiver = await openReceiver(() => ({ body: '"code":0' }));
    await channelAt(receiver.url, { body: 'to={phone}&text={text}', format: 'form' }).send(to('li'), never);
    const form = new URLSearchParams(receiver.calls[0]?.body);
    expect([...form.keys()]).toEqual(['to', 'text']);
    expect(form.get('to')).toBe('+8613800000002');
  });

  it('takes no 200 for a yes that does not say so, and tells nobody the number', async () => {
    await using receiver = await openReceiver(() => ({ body: '{"code":15,"mobile":"+8613800000001"}' }));
    const sent = channelAt(receiver.url).send(to('wang'), never);
    await expect(sent).rejects.toThrow('answered without "code":0: {"code":15,"mobile":"[phone]"}');
  });

  it('tells nobody who is gone, and no role as a whole', async () => {
    const channel = channelAt('http://127.0.0.1:9/');
    await expect(channel.send(to('zhao'), never)).rejects.toThrow('no zhao in notify.people');
    await expect(channel.send(MESSAGE, never)).rejects.toThrow('calls people by name');
  });
});
