import { expect, it } from 'vitest';
import { MESSAGE, WARM } from './announcement.fixture.ts';
import { ntfyChannel } from './ntfy.ts';
import { openReceiver } from './receiver.fixture.ts';

const never = new AbortController().signal;
const channel = (url: string) =>
  ntfyChannel({
    id: 'n',
    url,
    lan: true,
    topic: { reveal: () => 'cold-store-x7' },
    token: { reveal: () => 'tk_1' },
    timeZone: () => 'Asia/Shanghai',
  });

it('tells a topic, louder for what is worse, and quietly that it is over', async () => {
  await using receiver = await openReceiver(() => ({ body: '{"id":"a"}' }));
  await channel(receiver.url).send(MESSAGE, never);
  await channel(receiver.url).send({ ...MESSAGE, about: { ...WARM, calls: false } }, never);
  const [loud, over] = receiver.calls.map((c) => JSON.parse(c.body) as Record<string, unknown>);
  expect(loud).toMatchObject({ topic: 'cold-store-x7', priority: 4, click: WARM.link });
  expect(loud?.['title']).toContain('冷库超温');
  expect(over?.['priority']).toBe(2);
  expect(receiver.calls[0]?.headers.authorization).toBe('Bearer tk_1');
});

it('is not told when the server says so', async () => {
  await using receiver = await openReceiver(() => ({ status: 429, body: '{"code":42901}' }));
  await expect(channel(receiver.url).send(MESSAGE, never)).rejects.toThrow('status 429');
});
