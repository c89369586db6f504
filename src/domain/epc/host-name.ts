import type { BitReader, BitWriter } from './bits.ts';

/** What one septet stands for beside itself (TDS 2.3 section 14.5.16, optimisation table A). */
const SHORT = new Map<number, string>([
  [0b0011110, 'qr.'],
  [0b0011111, 'www.'],
  [0b0100000, 'id.'],
  [0b1011011, '.com'],
  [0b1011100, '.org'],
  [0b1011101, '.net'],
  [0b1011110, '.int'],
  [0b1100000, '.edu'],
  [0b1111011, '.gov'],
  [0b1111100, '.mil'],
  [0b1111101, '.biz'],
  [0b1111110, '.eco'],
  [0b1111111, '.med'],
]);
const HOST = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/;
const MOST = 63;

/** The host name behind a '++' EPC: a bit 1, the number of septets in six bits, septets. */
export function readHostName(reader: BitReader): string {
  if (reader.read(1) !== 1) reader.fail('bailee does not read host names in URN Code 40');
  const count = reader.read(6);
  let name = '';
  for (let i = 0; i < count && reader.fault === null; i++) {
    const septet = reader.read(7);
    if (septet < 4) reader.fail('bailee does not read host names with country codes from table B');
    name += SHORT.get(septet) ?? String.fromCharCode(septet);
  }
  if (reader.fault === null && !HOST.test(name)) reader.fail(`${JSON.stringify(name)} is not a host name`);
  return name;
}

export function writeHostName(name: string, writer: BitWriter): string | null {
  if (!HOST.test(name)) return `"${name}" is not a host name in small letters`;
  const septets: number[] = [];
  for (let at = 0; at < name.length;) {
    const [septet, text] = [...SHORT].find(([, short]) => name.startsWith(short, at)) ?? [
      name.charCodeAt(at),
      name.charAt(at),
    ];
    septets.push(septet);
    at += text.length;
  }
  if (septets.length > MOST)
    return `host name "${name}" takes ${septets.length} septets, at most ${MOST} fit`;
  writer.write(1, 1);
  writer.write(septets.length, 6);
  for (const septet of septets) writer.write(septet, 7);
  return null;
}
