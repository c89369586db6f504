import { Refused } from '../../domain/errors.ts';
import type { GoodsDocument } from '../../domain/goods/documents.ts';
import { readDocument } from '../../goods/document-reader.ts';

/** So many faults are told at once. */
const MOST_TOLD = 8;

/** A document as somebody sent it. @throws Refused naming every field that is wrong, with what was found and what would be right */
export function toldDocument(raw: unknown): GoodsDocument {
  const read = readDocument(new TextEncoder().encode(JSON.stringify(raw)));
  if (read.ok) return read.value;
  const wrong = read.problems.map(({ path, message, found }) => {
    const where = path.length === 0 ? 'the document' : path.join('.');
    return `${where}: ${message}${found === undefined ? '' : `, not "${found}"`}`;
  });
  const rest = wrong.length > MOST_TOLD ? `; and ${wrong.length - MOST_TOLD} more` : '';
  throw new Refused('INVALID', wrong.slice(0, MOST_TOLD).join('; ') + rest);
}
