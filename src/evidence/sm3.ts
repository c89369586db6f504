/** SM3 (GB/T 32905-2016): the hash under an SM2 signature. 32 bytes, of messages below 2^29 bytes. */
export function sm3(message: Uint8Array): Uint8Array {
  const view = new DataView(padded(message));
  const state = Uint32Array.from(START);
  for (let at = 0; at < view.byteLength; at += BLOCK) compress(state, expand(view, at));
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, i) => digest.setUint32(i * 4, word));
  return new Uint8Array(digest.buffer);
}

const BLOCK = 64;
const START = [
  0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
];

/** Section 5.2: a bit 1, zeros, and the length in bits in the last 8 bytes. */
function padded(message: Uint8Array): ArrayBuffer {
  const blocks = Math.ceil((message.length + 9) / BLOCK);
  const bytes = new Uint8Array(blocks * BLOCK);
  bytes.set(message);
  bytes[message.length] = 0x80;
  new DataView(bytes.buffer).setUint32(bytes.length - 4, message.length * 8);
  return bytes.buffer;
}

const rotl = (x: number, n: number): number => (x << n) | (x >>> (32 - n));
const p0 = (x: number): number => x ^ rotl(x, 9) ^ rotl(x, 17);
const p1 = (x: number): number => x ^ rotl(x, 15) ^ rotl(x, 23);

/** Section 5.3.2: the words W0…W67 of one block. */
function expand(view: DataView, at: number): Uint32Array {
  const w = new Uint32Array(68);
  for (let j = 0; j < 16; j++) w[j] = view.getUint32(at + j * 4);
  const back = (j: number, n: number): number => w[j - n] ?? 0;
  for (let j = 16; j < 68; j++) {
    const x = back(j, 16) ^ back(j, 9) ^ rotl(back(j, 3), 15);
    w[j] = p1(x) ^ rotl(back(j, 13), 7) ^ back(j, 6);
  }
  return w;
}

/** Section 5.3.3: one block's words into the state. */
function compress(state: Uint32Array, w: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let j = 0; j < 64; j++) {
    const early = j < 16;
    const ss1 = rotl((rotl(a, 12) + e + rotl(early ? 0x79cc4519 : 0x7a879d8a, j % 32)) | 0, 7);
    const ss2 = ss1 ^ rotl(a, 12);
    const ff = early ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = early ? e ^ f ^ g : (e & f) | (~e & g);
    const word = w[j] ?? 0;
    const tt1 = (ff + d + ss2 + (word ^ (w[j + 4] ?? 0))) | 0;
    const tt2 = (gg + h + ss1 + word) | 0;
    [a, b, c, d] = [tt1, a, rotl(b, 9), c];
    [e, f, g, h] = [p0(tt2), e, rotl(f, 19), g];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i] ?? 0) ^ word));
}
