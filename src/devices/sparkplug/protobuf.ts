/** What a field of a message is on the wire (Protocol Buffers encoding, "Message structure"). */
export type Field =
  | { readonly no: number; readonly wire: 'varint'; readonly v: bigint }
  | { readonly no: number; readonly wire: 'fixed32' | 'fixed64' | 'bytes'; readonly bytes: Uint8Array };

/** Why bytes are no message. */
export class NoMessage extends Error {}

const LONGEST_VARINT = 10;
const MOST_BITS = 64n;

/**
 * The fields of a message in their order. Fields that nobody knows are passed over by whoever reads
 * them, as the standard asks; groups, which it gave up, are refused. @throws NoMessage
 */
export function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let i = 0; i < LONGEST_VARINT; i++) {
      if (at >= bytes.length) throw new NoMessage('a number is cut short');
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) {
        if (value >> MOST_BITS !== 0n) throw new NoMessage('a number of more than 64 bits');
        return value;
      }
    }
    throw new NoMessage(`a number of more than ${LONGEST_VARINT} bytes`);
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at)
      throw new NoMessage(`${length} bytes are said to follow, ${bytes.length - at} do`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const no = Number(tag >> 3n);
    if (no === 0 || no > 0x1fff_ffff) throw new NoMessage(`field number ${no}`);
    switch (Number(tag & 7n)) {
      case 0:
        yield { no, wire: 'varint', v: varint() };
        break;
      case 1:
        yield { no, wire: 'fixed64', bytes: take(8) };
        break;
      case 2: {
        const length = varint();
        if (length > BigInt(bytes.length)) throw new NoMessage(`${length} bytes are said to follow`);
        yield { no, wire: 'bytes', bytes: take(Number(length)) };
        break;
      }
      case 5:
        yield { no, wire: 'fixed32', bytes: take(4) };
        break;
      default:
        throw new NoMessage(`wire type ${Number(tag & 7n)} of field ${no}`);
    }
  }
}

/** A message while it is written. */
export class MessageWriter {
  readonly #bytes: number[] = [];

  varint(no: number, v: bigint): this {
    this.#number(BigInt(no << 3));
    this.#number(BigInt.asUintN(64, v));
    return this;
  }

  fixed(no: number, bytes: Uint8Array): this {
    this.#number(BigInt((no << 3) | (bytes.length === 4 ? 5 : 1)));
    this.#append(bytes);
    return this;
  }

  bytes(no: number, bytes: Uint8Array): this {
    this.#number(BigInt((no << 3) | 2));
    this.#number(BigInt(bytes.length));
    this.#append(bytes);
    return this;
  }

  end(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #append(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }

  #number(value: bigint): void {
    let rest = value;
    while (rest > 0x7fn) {
      this.#bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#bytes.push(Number(rest));
  }
}
