import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AT, MESSAGE } from './announcement.fixture.ts';
import { openReceiver, type Reply } from './receiver.fixture.ts';
import { dingtalkSign, feishuSign, robotChannel, type RobotSettings } from './robot.ts';

const never = new AbortController().signal;
const SECRET = 'SEC0123456789';

const robot = (kind: RobotSettings['kind'], url: string, lan = true) =>
  robotChannel({
    id: kind,
    kind,
    url: { reveal: () => url },
    secret: kind === 'wecom' ? null : { reveal: () => SECRET },
    lan,
    timeZone: () => 'Asia/Shanghai',
  });

describe('a group robot', () => {
  it('of WeCom is told in both languages', async () => {
    await using receiver = await openReceiver(() => ({ body: '{"errcode":0,"errmsg":"ok"}' }));
    await robot('wecom', `${receiver.url}cgi-bin/webhook/send?key=k`).send(MESSAGE, never);
    const [call] = receiver.calls;
    expect(call?.path).toBe('/cgi-bin/webhook/send?key=k');
    const { text } = JSON.parse(call?.body ?? '') as { text: { content: string } };
    expect(text.content).toMatch(/^【高】冷库超温[^]*确认：http[^]*\[HIGH\] Cold room above 8 °C/);
  });

  it('of DingTalk is signed in its address', async () => {
    await using receiver = await openReceiver(({ path }) => {
      const { searchParams } = new URL(path, 'http://x');
      const expected = createHmac('sha256', SECRET)
        .update(`${searchParams.get('timestamp')}\n${SECRET}`)
        .digest('base64');
      const right = searchParams.get('sign') === expected && searchParams.get('access_token') === 't';
      return { body: right ? '{"errcode":0}' : '{"errcode":310000,"errmsg":"sign not match"}' };
    });
    await robot('dingtalk', `${receiver.url}robot/send?access_token=t`).send(MESSAGE, never);
    expect(new URL(receiver.calls[0]?.path ?? '', 'http://x').searchParams.get('timestamp')).toBe(String(AT));
  });

  it('of Feishu is signed in its body', async () => {
    await using receiver = await openReceiver(({ body }) => {
      const { timestamp, sign, msg_type } = JSON.parse(body) as Record<string, string>;
      const expected = createHmac('sha256', `${timestamp}\n${SECRET}`).update('').digest('base64');
      return {
        body:
          sign === expected && msg_type === 'text' ? '{"code":0}' : '{"code":19021,"msg":"sign match fail"}',
      };
    });
    await robot('feishu', receiver.url).send(MESSAGE, never);
    expect(receiver.calls).toHaveLength(1);
  });

  it('signs as other programs do', () => {
    // Python: base64.b64encode(hmac.new(key, msg, hashlib.sha256).digest())
    expect(dingtalkSign('SECabc', 1_767_225_600_000)).toBe('Tns+q9xy3ZrHUPnf0YouCf2mHINUhrfNLY8ohhAIgfw=');
    expect(feishuSign('demo', 1_599_360_473)).toBe('l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=');
  });

  it.each<[string, Reply, string]>([
    [
      'an error code in a 200',
      { body: '{"errcode":45009,"errmsg":"api freq out of limit"}' },
      'code 45009: api freq',
    ],
    ['a code of Feishu', { body: '{"code":9499,"msg":"Bad Request"}' }, 'code 9499'],
    ['no code', { body: '{}' }, 'code undefined'],
    ['a page of a portal', { body: '<html>Sign in</html>' }, 'not JSON'],
    ['a failure of the server', { status: 502, body: '{"errcode":0}' }, 'status 502'],
  ])('was not told when the answer is %s', async (_, reply, said) => {
    await using receiver = await openReceiver(() => reply);
    await expect(robot('wecom', receiver.url).send(MESSAGE, never)).rejects.toThrow(said);
  });

  it('is never called over plain http, nor inside, unless it is declared lan', async () => {
    await expect(robot('wecom', 'http://qyapi.weixin.example/', false).send(MESSAGE, never)).rejects.toThrow(
      'must be https',
    );
    await expect(robot('wecom', 'https://127.0.0.1/', false).send(MESSAGE, never)).rejects.toThrow(
      'not allowed',
    );
  });
});
