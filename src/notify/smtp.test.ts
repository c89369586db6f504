import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTransport } from 'nodemailer';
import { MESSAGE } from './announcement.fixture.ts';
import { certificateFor, openssl, without } from './certificate.fixture.ts';
import { recipientsOf, smtpChannel, transportOptions } from './smtp.ts';
import { SmtpServer } from './smtp-server.fixture.ts';

let server: SmtpServer;
let port: number;
beforeEach(async () => {
  server = new SmtpServer();
  port = await server.listen();
});
afterEach(() => server.close());

const toHere = async () => [{ address: '127.0.0.1', family: 4 as const }];
const never = new AbortController().signal;

const channel = (over: { lan?: boolean; to?: string[] } = {}) =>
  smtpChannel({
    id: 'duty-mail',
    server: `smtp://127.0.0.1:${port}`,
    login: null,
    from: 'gateway@store.example',
    to: over.to ?? ['wang@store.example', 'li@store.example'],
    lan: over.lan ?? true,
    domain: 'consortium.example',
    timeZone: () => 'UTC',
    people: new Map(),
  });

/** Header lines unfolded, and the body decoded from base64 or quoted-printable. */
function parse(data: string): { header: (name: string) => string; body: string } {
  const [head = '', ...rest] = data.split('\r\n\r\n');
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const header = (name: string): string =>
    lines.find((l) => l.toLowerCase().startsWith(`${name.toLowerCase()}: `))?.slice(name.length + 2) ?? '';
  const text = rest.join('\r\n\r\n');
  const body = header('Content-Transfer-Encoding') === 'base64' ? Buffer.from(text, 'base64') : quoted(text);
  return { header, body: body.toString('utf8') };
}

function quoted(text: string): Buffer {
  const joined = text.replaceAll('=\r\n', '');
  return Buffer.from(
    joined.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

describe('an e-mail', () => {
  it('reaches every recipient once, in both languages, with an id for repeats', async () => {
    await channel().send(MESSAGE, never);
    expect(server.mails).toHaveLength(1);
    const [mail] = server.mails;
    expect(mail).toMatchObject({
      from: 'gateway@store.example',
      to: ['wang@store.example', 'li@store.example'],
    });
    const { header, body } = parse(mail?.data ?? '');
    expect(header('Message-ID')).toBe(`<${MESSAGE.id}@consortium.example>`);
    expect(header('Bailee-Notices')).toBe(MESSAGE.id);
    expect(header('Auto-Submitted')).toBe('auto-generated');
    expect(body).toContain('冷库超温');
    expect(body).toContain('Value: 8.4 °C (should be at most 8.0 °C)');
    expect(body).toContain(MESSAGE.about.link);
  });

  it('never leaves without TLS unless the server is on the local network', async () => {
    const settings = { id: 'm', server: `smtp://mail.example:${port}`, login: null, from: 'a@b.example' };
    const rest = {
      to: ['c@d.example'],
      domain: 'consortium.example',
      timeZone: () => 'UTC',
      people: new Map(),
      lan: false,
    };
    await expect(smtpChannel({ ...settings, ...rest }, toHere).send(MESSAGE, never)).rejects.toThrow(
      'not allowed',
    );
    expect(server.connections).toBe(0);
  });

  it('is not handed to a server that offers no TLS, unless that is on the local network', async () => {
    const settings = {
      id: 'm',
      server: `smtp://127.0.0.1:${port}`,
      from: 'a@b.example',
      to: ['c@d.example'],
      domain: 'consortium.example',
      timeZone: () => 'UTC',
      people: new Map(),
      login: { user: 'u', password: { reveal: () => 'canary' } },
    };
    const mail = { from: 'a@b.example', to: 'c@d.example', text: 'x' };
    const far = createTransport(transportOptions({ ...settings, lan: false }));
    await expect(far.sendMail(mail)).rejects.toThrow(/STARTTLS/);
    expect(server.mails).toEqual([]);
    const near = createTransport(transportOptions({ ...settings, login: null, lan: true }));
    await near.sendMail(mail);
    expect(server.mails).toHaveLength(1);
  });

  it.skipIf(!openssl)(`goes over TLS to the server it was meant for and no other${without}`, async () => {
    const tls = certificateFor('mail.invalid');
    const secure = new SmtpServer(tls);
    try {
      const at = await secure.listen();
      const rest = {
        id: 'm',
        login: null,
        from: 'a@b.example',
        to: ['c@d.example'],
        lan: true,
        ca: tls.cert,
      };
      const settings = { ...rest, domain: 'consortium.example', timeZone: () => 'UTC', people: new Map() };
      await smtpChannel({ ...settings, server: `smtps://mail.invalid:${at}` }, toHere).send(MESSAGE, never);
      expect(secure.mails).toHaveLength(1);
      const wrong = smtpChannel({ ...settings, server: `smtps://other.invalid:${at}` }, toHere);
      await expect(wrong.send(MESSAGE, never)).rejects.toThrow(/altnames|Hostname/i);
      expect(secure.mails).toHaveLength(1);
    } finally {
      secure.close();
    }
  });

  it('is repeated only to those whom the server refused', async () => {
    const mail = channel();
    server.refused.add('li@store.example');
    await expect(mail.send(MESSAGE, never)).rejects.toThrow('refused 1 of 2 recipients');
    server.refused.clear();
    await mail.send({ ...MESSAGE, attempt: 2 }, never);
    expect(server.mails.map((m) => m.to)).toEqual([['wang@store.example'], ['li@store.example']]);
  });

  it('was not delivered when every recipient is refused, the server is busy, or it cuts the line', async () => {
    server.refused.add('li@store.example');
    await expect(channel({ to: ['li@store.example'] }).send(MESSAGE, never)).rejects.toThrow(/550/);
    server.fault = 'busy';
    await expect(channel().send(MESSAGE, never)).rejects.toThrow(/421/);
    server.fault = 'cut-after-data';
    await expect(channel().send(MESSAGE, never)).rejects.toThrow();
  });

  it.each(['silent', 'drip'] as const)('leaves a server that is %s when told to stop', async (fault) => {
    server.fault = fault;
    await expect(channel().send(MESSAGE, AbortSignal.timeout(150))).rejects.toThrow();
    await wait(50);
    expect(server.open).toBe(0);
  });
});

it('calls a person by name where it has no addresses of its own', () => {
  const wang = {
    id: 'wang',
    language: 'zh' as const,
    phone: null,
    mail: { reveal: () => 'wang@d.example' },
    push: null,
  };
  const people = new Map([['wang', wang]]);
  expect(recipientsOf({ to: [], people }, 'duty/wang')).toEqual(['wang@d.example']);
  expect(recipientsOf({ to: ['all@d.example'], people }, 'duty/wang')).toEqual(['all@d.example']);
  expect(() => recipientsOf({ to: [], people }, 'duty')).toThrow('calls people by name');
});
