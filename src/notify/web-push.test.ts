import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  verify,
} from 'node:crypto';
import { expect, it } from 'vitest';
import { AT, MESSAGE } from './announcement.fixture.ts';
import { openReceiver } from './receiver.fixture.ts';
import { encryptPush, publicPoint, webPushChannel } from './web-push.ts';

const b64 = (text: string): Buffer => Buffer.from(text, 'base64url');

it('encrypts as RFC 8291 appendix A', () => {
  const own = createECDH('prime256v1');
  own.setPrivateKey(b64('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'));
  const to = {
    p256dh: b64('BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4'),
    auth: b64('BTBZMqHH6r4Tts7J_aSIgg'),
  };
  const text = Buffer.from('When I grow up, I want to be a watermelon');
  const body = encryptPush(text, to, own, b64('DGv6ra1nlYgDCS1FRnbzlw'));
  expect(Buffer.from(body).toString('base64url')).toBe(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  );
});

it('reaches one browser, which alone can read it, by a service that knows who sends', async () => {
  const browser = createECDH('prime256v1');
  browser.generateKeys();
  const auth = randomBytes(16);
  const vapidKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await using receiver = await openReceiver(() => ({ status: 201 }));
  const subscription = {
    endpoint: `${receiver.url}push/1`,
    keys: { p256dh: browser.getPublicKey('base64url'), auth: auth.toString('base64url') },
  };
  const wang = {
    id: 'wang',
    language: 'zh' as const,
    phone: null,
    mail: null,
    push: { reveal: () => JSON.stringify(subscription) },
  };
  const channel = webPushChannel({
    id: 'push',
    lan: true,
    key: { reveal: () => vapidKey.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
    contact: 'mailto:ops@site.example',
    people: new Map([['wang', wang]]),
    timeZone: () => 'Asia/Shanghai',
  });
  await channel.send({ ...MESSAGE, role: 'duty/wang' }, new AbortController().signal);
  const [call] = receiver.calls;
  expect(call?.headers).toMatchObject({ 'content-encoding': 'aes128gcm', ttl: '60' });
  const [, t = '', k = ''] = /^vapid t=(.+), k=(.+)$/.exec(call?.headers.authorization ?? '') ?? [];
  expect(k).toBe(publicPoint(vapidKey.privateKey));
  const [head = '', claims = '', signature = ''] = t.split('.');
  const key = { key: createPublicKey(vapidKey.privateKey), dsaEncoding: 'ieee-p1363' as const };
  expect(verify('sha256', Buffer.from(`${head}.${claims}`), key, b64(signature))).toBe(true);
  expect(JSON.parse(b64(claims).toString())).toEqual({
    aud: new URL(receiver.url).origin,
    exp: Math.floor(AT / 1000) + 43_200,
    sub: 'mailto:ops@site.example',
  });
  const told = JSON.parse(decrypted(call?.bytes ?? Buffer.alloc(0), browser, auth).toString()) as {
    text: string;
  };
  expect(told.text).toMatch(/^【高】冷库超温/);
});

/** The browser's half, written from the RFC. */
function decrypted(body: Uint8Array, browser: ReturnType<typeof createECDH>, auth: Uint8Array): Buffer {
  const salt = body.subarray(0, 16);
  const sender = body.subarray(21, 86);
  const sealed = body.subarray(86);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), browser.getPublicKey(), sender]);
  const ikm = Buffer.from(hkdfSync('sha256', browser.computeSecret(sender), auth, info, 32));
  const key = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: aes128gcm\0', 16));
  const nonce = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: nonce\0', 12));
  const cipher = createDecipheriv('aes-128-gcm', key, nonce);
  cipher.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
  expect(padded.at(-1)).toBe(2);
  return padded.subarray(0, -1);
}

it('reaches every browser of a person, and forgets those that the push service knows no more', async () => {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const p256dh = createECDH('prime256v1').generateKeys('base64url');
  await using receiver = await openReceiver((call) => ({ status: call.path === '/gone' ? 410 : 201 }));
  const at = (name: string) => ({
    endpoint: `${receiver.url}${name}`,
    keys: { p256dh, auth: randomBytes(16).toString('base64url') },
  });
  let browsers = [at('gone'), at('desk'), at('phone')];
  const forgotten: string[] = [];
  const wang = { id: 'wang', language: 'en' as const, phone: null, mail: null };
  const channel = webPushChannel({
    id: 'push',
    lan: true,
    key: { reveal: () => key.export({ type: 'pkcs8', format: 'pem' }).toString() },
    contact: 'mailto:ops@site.example',
    people: new Map([['wang', { ...wang, push: { reveal: () => JSON.stringify(browsers) } }]]),
    onGone: (person, endpoint) => forgotten.push(`${person} ${endpoint}`),
    timeZone: () => 'UTC',
  });
  const { signal } = new AbortController();
  await channel.send({ ...MESSAGE, role: 'duty/wang' }, signal);
  expect(receiver.calls.map((call) => call.path).toSorted()).toEqual(['/desk', '/gone', '/phone']);
  expect(forgotten).toEqual([`wang ${receiver.url}gone`]);
  browsers = [at('gone')];
  await expect(channel.send({ ...MESSAGE, role: 'duty/wang' }, signal)).rejects.toThrow('status 410');
  browsers = [];
  await expect(channel.send({ ...MESSAGE, role: 'duty/wang' }, signal)).rejects.toThrow(
    'no browser of wang is subscribed',
  );
});
