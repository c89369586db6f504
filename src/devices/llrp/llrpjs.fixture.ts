import { createRequire } from 'node:module';

/** A message as llrpjs gives it: fields under their own names, one parameter or a list of them. */
export type ForeignMessage = {
  readonly id: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
};

type Foreign = {
  LLRPMessage: new (of: Uint8Array | ForeignMessage) => {
    encode(): { getBuffer(): Buffer };
    decode(): { toLLRPData(): ForeignMessage };
  };
};

// Its types are its sources, which our compiler does not take.
const { LLRPMessage }: Foreign = createRequire(import.meta.url)('llrpjs');

/** Reads one message with the npm package llrpjs, an implementation of others. */
export function foreignDecode(message: Buffer): ForeignMessage {
  return new LLRPMessage(message).decode().toLLRPData();
}

export function foreignEncode(message: ForeignMessage): Buffer {
  return new LLRPMessage(message).encode().getBuffer();
}
