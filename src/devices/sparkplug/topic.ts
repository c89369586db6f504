const KINDS = ['NBIRTH', 'NDEATH', 'DBIRTH', 'DDEATH', 'NDATA', 'DDATA'] as const;
export type Kind = (typeof KINDS)[number];

/** `device` is null for a message of the edge node itself. */
export type SparkplugTopic = {
  readonly group: string;
  readonly kind: Kind;
  readonly node: string;
  readonly device: string | null;
};

/** Reads `spBv1.0/group/KIND/node[/device]`; null for orders, STATE, and what is no such topic. */
export function readTopic(topic: string): SparkplugTopic | null {
  const [space, group = '', word = '', node = '', device = null, ...more] = topic.split('/');
  const kind = KINDS.find((k) => k === word);
  if (space !== 'spBv1.0' || kind === undefined || group === '' || node === '' || more.length > 0)
    return null;
  return (kind[0] === 'D') === (device !== null) && device !== '' ? { group, kind, node, device } : null;
}

export function topicOf({ group, kind, node, device }: SparkplugTopic): string {
  return `spBv1.0/${group}/${kind}/${node}${device === null ? '' : `/${device}`}`;
}

/** Where an edge node hears orders: those to itself, or to a device of its own. */
export function orderTopic(group: string, node: string, device: string | null): string {
  return device === null ? `spBv1.0/${group}/NCMD/${node}` : `spBv1.0/${group}/DCMD/${node}/${device}`;
}

/** All that an edge node and its devices say, and what is said to them. */
export function filterOf(group: string, node: string): string {
  return `spBv1.0/${group}/+/${node}/#`;
}

/** Where a host says that it is there. */
export function stateTopic(host: string): string {
  return `spBv1.0/STATE/${host}`;
}

/** JSON, unlike all else; its timestamp is the same in the will and in the birth (Sparkplug 3.0, 6.4.26). @param t ms */
export function stateOf(online: boolean, t: number): string {
  return JSON.stringify({ online, timestamp: t });
}
