/** What a PUBLISH says; the payload is a view of the frame. */
export type Publish = {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
  readonly qos: number;
  /** 0 where the QoS has none. */
  readonly messageId: number;
};

const PUBLISH = 3;

/**
 * Reads the PUBLISH that nearly every packet is, at a tenth of the general parser's cost. Null for
 * any other packet, for one with MQTT 5 properties and for a malformed one: the general parser
 * takes them, and says what is wrong.
 */
export function readPublish(frame: Buffer, version: 4 | 5): Publish | null {
  const first = frame[0] ?? 0;
  const qos = (first >> 1) & 3;
  if (first >> 4 !== PUBLISH || qos === 3) return null;
  let at = 2;
  while ((frame[at - 1] ?? 0) > 127) at++;
  const topicEnd = at + 2 + uint16(frame, at);
  const numberEnd = topicEnd + (qos > 0 ? 2 : 0);
  const messageId = qos > 0 ? uint16(frame, topicEnd) : 0;
  const start = numberEnd + (version === 5 ? 1 : 0);
  const isPlain = version === 4 || frame[numberEnd] === 0;
  if (!isPlain || topicEnd === at + 2 || start > frame.length || (qos > 0 && messageId === 0)) return null;
  return {
    topic: frame.toString('utf8', at + 2, topicEnd),
    payload: frame.subarray(start),
    retain: (first & 1) !== 0,
    qos,
    messageId,
  };
}

function uint16(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
