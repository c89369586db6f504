import { fill, placeholdersOf, type Profile } from './profile.ts';

/** The messages of a map that come on a sample's topic, and what stands for its placeholders. */
export type OnTopic = {
  readonly topic: string;
  readonly messages: readonly number[];
  readonly words: { readonly topic: string; readonly address?: string };
};

export type TopicAnswer =
  | { readonly kind: 'on'; readonly on: OnTopic }
  | { readonly kind: 'none'; readonly message: string }
  | { readonly kind: 'ask'; readonly question: string };

/**
 * Finds the messages that a topic is for; without a topic the one message that brings values. A topic may fit
 * several templates: the one with the most letters of its own is meant.
 */
export function messagesOn(profile: Profile, topic: string | null, address: string | null): TopicAnswer {
  const templates = profile.messages.map((m) => m.topic);
  if (topic === null) return withoutTopic(profile, address);
  const fits = templates.flatMap((template, i) => {
    const words = wordsIn(template, topic, address);
    return words === null ? [] : [{ i, template, words }];
  });
  const best = fits.toSorted((a, b) => lettersOf(b.template) - lettersOf(a.template))[0];
  if (best === undefined) {
    const known = [...new Set(templates)].join(', ');
    return { kind: 'none', message: `no message of this map comes on ${topic}; it knows ${known}` };
  }
  const messages = fits.filter((f) => f.template === best.template).map((f) => f.i);
  return complete(profile, { topic, messages, words: best.words });
}

function withoutTopic(profile: Profile, address: string | null): TopicAnswer {
  const withValues = profile.messages.flatMap((m, i) => (m.values.length > 0 ? [{ i, topic: m.topic }] : []));
  const [first] = withValues;
  if (first === undefined || new Set(withValues.map((m) => m.topic)).size > 1) {
    const known = [...new Set(profile.messages.map((m) => m.topic))].join(', ');
    return { kind: 'ask', question: `say with --topic on which topic it came; the map knows ${known}` };
  }
  const words = address === null ? { topic: 'topic' } : { topic: 'topic', address };
  const topic = fill(first.topic, words);
  return complete(profile, { topic, messages: withValues.map((m) => m.i), words });
}

/** The address may stand in the body alone: then somebody must say it. */
function complete(profile: Profile, on: OnTopic): TopicAnswer {
  if (placeholdersOf(profile).has('address') && on.words.address === undefined) {
    const question = 'say with --address which device it is: the map has {address} in it';
    return { kind: 'ask', question };
  }
  return { kind: 'on', on };
}

/** What `{topic}` and `{address}` stand for; null when the topic does not fit or names another address. */
function wordsIn(template: string, topic: string, address: string | null): OnTopic['words'] | null {
  const pattern = template
    .replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace('{topic}', '(?<topic>.+)')
    .replace('{address}', '(?<address>[^/]+)');
  const found = new RegExp(`^${pattern}$`).exec(topic)?.groups;
  const fits = found ?? (template === topic ? {} : null);
  if (fits === null) return null;
  const inTopic = fits['address'];
  if (inTopic !== undefined && address !== null && inTopic !== address) return null;
  const known = inTopic ?? address;
  return { topic: fits['topic'] ?? 'topic', ...(known === null ? {} : { address: known }) };
}

function lettersOf(template: string): number {
  return template.replaceAll(/\{(topic|address)\}/g, '').length;
}
