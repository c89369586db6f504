/**
 * The name of an outbox entry among those of all gateways and epochs: its key under the origin of its
 * log. Keys alone name a record by slot and seq, which a second gateway with the same configuration has
 * too, and so has the next epoch, which counts anew. An entry that an earlier epoch of the same log
 * handed on bears its name already.
 */
export function nameInLog(origin: string, key: string): string {
  const log = origin.slice(0, origin.lastIndexOf('/') + 1);
  const isNamed = key.startsWith(log) && /^\d+ /.test(key.slice(log.length));
  return isNamed ? key : `${origin} ${key}`;
}
