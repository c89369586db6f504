import { describe, expect, it } from 'vitest';
import { isAllowed, pin, type Pinned } from './address.ts';

const of = (address: string): Pinned => ({ address, family: address.includes(':') ? 6 : 4 });

const PUBLIC = ['1.1.1.1', '8.8.8.8', '223.5.5.5', '172.32.0.1', '100.63.255.255', '2606:4700:4700::1111'];

const words = (text: string): string[] => text.trim().split(/\s+/);

const PRIVATE = words(`
  10.0.0.1 10.255.255.255 127.0.0.1 127.1.2.3 172.16.0.1 172.31.255.254 192.168.1.1
  100.64.0.1 100.127.255.255 198.18.0.1 192.0.2.1 198.51.100.7 203.0.113.9 192.0.0.8
  ::1 fc00::1 fd12:3456::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:7f00:1 ::127.0.0.1
  64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: 2001:0:7f00:1::1 2001:db8::1 100::1 fec0::1`);

const NEVER = words(`
  169.254.169.254 169.254.0.1 0.0.0.0 0.1.2.3 224.0.0.1 239.255.255.250 255.255.255.255
  fe80::1 ff02::1 :: ::ffff:169.254.169.254`);

const unasked = (): never => {
  throw new Error('must not be looked up');
};
const mixed = async (): Promise<Pinned[]> => [of('1.1.1.1'), of('10.0.0.7')];

describe('where a channel may connect to', () => {
  it.each(PUBLIC)('%s is public', (a) => expect(isAllowed(of(a), false)).toBe(true));
  it.each(PRIVATE)('%s only on the local network', (a) => expect(isAllowed(of(a), false)).toBe(false));
  it.each(NEVER)('%s never', (a) => {
    expect([isAllowed(of(a), false), isAllowed(of(a), true)]).toEqual([false, false]);
  });
  it.each(['10.0.0.1', '127.0.0.1', '192.168.1.1', 'fd12:3456::1', '::1'])('%s with lan: true', (a) => {
    expect(isAllowed(of(a), true)).toBe(true);
  });

  // Every way to write an inside address in a URL that the URL parser makes one of.
  it.each([
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://0x7f.1/',
    'http://127.0.0.1./',
    'http://１２７.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[0:0:0:0:0:ffff:7f00:1]/',
    'http://10.1/',
    'http://169.254.43518/',
    'http://0/',
    'http://⑯⑨。②⑤④。⑯⑨｡②⑤④/',
  ])('%s is refused however it is written', async (url) => {
    await expect(pin(new URL(url).hostname, false, unasked)).rejects.toThrow(/not allowed/);
  });

  it('refuses a name with one inside address among public ones', async () => {
    await expect(pin('hook.example', false, mixed)).rejects.toThrow('hook.example has the address 10.0.0.7');
  });

  it('looks a name up once, so that a second answer cannot lead elsewhere', async () => {
    const answers = [[of('1.1.1.1')], [of('127.0.0.1')]];
    const resolve = async (): Promise<Pinned[]> => answers.shift() ?? [];
    expect(await pin('rebinding.example', false, resolve)).toEqual(of('1.1.1.1'));
    expect(answers).toHaveLength(1);
  });
});
