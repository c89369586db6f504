import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfiguration } from './load.ts';
import { checkers } from './site.fixture.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bailee-template-'))));
afterEach(() => rmSync(folder, { recursive: true }));

async function load(template: string) {
  const file = join(folder, 'gateway.yaml');
  writeFileSync(join(folder, 'key'), 'a secret\n', { mode: 0o600 });
  writeFileSync(
    file,
    `gateway: { id: '0123456789abcdef', domain: site.example }
data: data
notify:
  channels:
    - id: hook
      kind: webhook
      url: https://duty.example/in
      secret: file:key
      template: ${template}
`,
  );
  const world = { shippedProfiles: folder, credentials: { checked: false, directory: null } as const };
  const loaded = await loadConfiguration(file, checkers, world);
  if (loaded.ok) return loaded.value.channels;
  return loaded.problems.map(({ path, line, message }) => `${path.join('.')}:${line} ${message}`);
}

it('a template is kept as it is written', async () => {
  expect(
    await load('{ msgtype: text, text: { content: "{text.zh} {link}" }, at: [1, null, "{calls}"] }'),
  ).toMatchObject([
    { template: { msgtype: 'text', text: { content: '{text.zh} {link}' }, at: [1, null, '{calls}'] } },
  ]);
});

it('a field that there is none of is told with its line and what was meant', async () => {
  expect(await load('{ text: { content: "{title.zh} {titel.en}" }, list: ["{vaule}"] }')).toEqual([
    'notify.channels.0.template.text.content:9 {titel.en} is no field of a notice; did you mean "title.en"?',
    'notify.channels.0.template.list.0:9 {vaule} is no field of a notice; did you mean "value"?',
  ]);
});

it.each(['"{text.zh}"', '[1]', 'yes'])('%s is no template', async (template) => {
  expect(await load(template)).toEqual([
    expect.stringMatching(/^notify\.channels\.0\.template:9 must be a map/),
  ]);
});
