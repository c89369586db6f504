import { handOverMessage } from '../../domain/goods/hand-over.ts';
import type { DockTerms } from '../../api/types.ts';
import { hexOf, phoneKey, type PhoneKey } from './phone-key.ts';
import { rowsOf, WORDS, wordOf } from './words.ts';

/** The page at which one hand signs a hand-over, with the key of this phone. Both languages stand beside each other. */
const root = document.querySelector('#dock');
const here = location.pathname.replace(/\/$/, '');

function element(name: string, text = '', more: Readonly<Record<string, string>> = {}): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(more)) made.setAttribute(key, value);
  return made;
}

function show(...parts: readonly HTMLElement[]): void {
  root?.replaceChildren(...parts);
}

async function ask(path: string, body?: object): Promise<Response> {
  const answer = await fetch(`${here}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (answer.ok) return answer;
  const problem: { readonly detail?: string } = await answer.json();
  throw new Error(problem.detail ?? String(answer.status));
}

/** What is signed is the digest that the gateway told, and of the very text shown here. */
async function digestOf(terms: DockTerms): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(terms.document);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  if (hexOf(digest) !== terms.handOver.sha256) throw new Error(WORDS.otherText);
  return digest;
}

async function sign(terms: DockTerms, key: PhoneKey): Promise<void> {
  const message = handOverMessage(await digestOf(terms), terms.by);
  await ask('/signature', { key: key.digits, signature: await key.sign(message) });
}

function draw(terms: DockTerms, key: PhoneKey | null, said: string): void {
  const list = element('dl');
  for (const [word, value] of rowsOf(terms)) list.append(element('dt', word), element('dd', value));
  const status = element('p', said, { role: 'status' });
  const isSigned = terms.handOver[terms.by] !== null;
  const signing = element('button', isSigned ? WORDS.signed : WORDS.sign, { id: 'sign' });
  if (key === null || isSigned) signing.setAttribute('disabled', '');
  const note = element('input', '', { id: 'note', maxlength: '200' });
  const objecting = element('button', WORDS.object, { id: 'object', class: 'quiet' });
  const run = (work: () => Promise<void>): void => {
    status.textContent = '…';
    work()
      .then(() => start(WORDS.done))
      .catch((error: unknown) => (status.textContent = wordOf(error)));
  };
  if (key !== null) signing.addEventListener('click', () => run(() => sign(terms, key)));
  objecting.addEventListener('click', () =>
    run(async () => {
      const text = note instanceof HTMLInputElement ? note.value.trim() : '';
      if (text === '') throw new Error(WORDS.sayWhat);
      await ask('/exception', { code: 'at-the-dock', note: text });
    }),
  );
  const fingerprint = element('p', `${WORDS.key}: `);
  fingerprint.append(element('code', key === null ? WORDS.noKey : key.digits, { id: 'key' }));
  const title = element('h1', `${WORDS.title} · ${terms.by === 'giver' ? WORDS.giver : WORDS.taker}`);
  show(
    title,
    list,
    fingerprint,
    signing,
    element('label', WORDS.note, { for: 'note' }),
    note,
    objecting,
    status,
  );
}

async function start(said = ''): Promise<void> {
  try {
    const terms: DockTerms = await (await ask('/terms')).json();
    const key = await phoneKey().catch(() => null);
    draw(terms, key, said);
  } catch (error) {
    show(element('h1', WORDS.title), element('p', wordOf(error), { role: 'status' }));
  }
}

void start();
