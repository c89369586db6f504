import { describe, expect, it } from 'vitest';
import { covers, isTopicFilter, TopicTree } from './topic-tree.ts';

describe('topics', () => {
  it('finds exact ones and those with a wildcard', () => {
    const tree = new TopicTree<string>();
    tree.add('a/b', 'exact');
    expect(tree.match('a/b')).toEqual(['exact']);
    tree.add('a/+', 'any b');
    tree.add('+/b/c', 'any a');
    expect(tree.match('a/b')).toEqual(['exact', 'any b']);
    expect(tree.match('x/b/c')).toEqual(['any a']);
    expect(tree.match('$SYS/b/c')).toEqual([]);
    expect(tree.match('a')).toEqual([]);
    expect(tree.match('constructor')).toEqual([]);
  });

  it.each([
    ['#', 'a/b', true],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['a/+', 'a/b', true],
    ['a/+', 'a/b/c', false],
    ['a/+', 'a', false],
    ['+/+', '/x', true],
    ['#', '$SYS/x', false],
    ['a/b', 'a/b/c', false],
  ])('%s covers %s: %s', (filter, topic, expected) => expect(covers(filter, topic)).toBe(expected));

  it.each([
    ['a/+/b', true],
    ['a/#', true],
    ['a/#/b', false],
    ['a/b+', false],
    ['', false],
    ['a\0', false],
  ])('%j is a filter: %s', (text, expected) => expect(isTopicFilter(text)).toBe(expected));
});
