/**
 * What hangs on which topic. Exact topics are one look-up however many there are; only filters with
 * a `+` level are walked, level by level.
 */
export class TopicTree<T> {
  readonly #exact = new Map<string, T[]>();
  readonly #root: Node<T> = { children: new Map(), values: [] };
  #wild = 0;

  /** @param filter a topic, in which `+` stands for any one level */
  add(filter: string, value: T): void {
    const levels = filter.split('/');
    if (!levels.includes('+')) {
      const values = this.#exact.get(filter);
      if (values === undefined) this.#exact.set(filter, [value]);
      else values.push(value);
      return;
    }
    this.#wild++;
    let node = this.#root;
    for (const level of levels) {
      let child = node.children.get(level);
      if (child === undefined) node.children.set(level, (child = { children: new Map(), values: [] }));
      node = child;
    }
    node.values.push(value);
  }

  /** All that hangs on filters which match this topic; empty for an unknown topic. */
  match(topic: string): readonly T[] {
    const exact = this.#exact.get(topic);
    if (this.#wild === 0) return exact ?? NOTHING;
    const found = [...(exact ?? NOTHING)];
    collect(this.#root, topic.split('/'), 0, found);
    return found;
  }
}

type Node<T> = { readonly children: Map<string, Node<T>>; readonly values: T[] };

const NOTHING: readonly never[] = [];

function collect<T>(node: Node<T>, levels: readonly string[], depth: number, found: T[]): void {
  const level = levels[depth];
  if (level === undefined) {
    found.push(...node.values);
    return;
  }
  const same = node.children.get(level);
  if (same !== undefined) collect(same, levels, depth + 1, found);
  const any = level.startsWith('$') && depth === 0 ? undefined : node.children.get('+');
  if (any !== undefined) collect(any, levels, depth + 1, found);
}

/** True when `filter` (with `+` and a last `#`) matches the topic or the narrower filter (MQTT 4.7). */
export function covers(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true;
    if (i >= levels.length || (level !== '+' && level !== levels[i])) return false;
  }
  return wanted.length === levels.length;
}

/** True for a well-formed filter: `+` and `#` stand alone in their level, `#` only at the end. */
export function isTopicFilter(text: string): boolean {
  const levels = text.split('/');
  return (
    text.length > 0 &&
    text.length <= 256 &&
    !text.includes('\0') &&
    levels.every((l, i) => l === '+' || (l === '#' && i === levels.length - 1) || !/[+#]/.test(l))
  );
}
