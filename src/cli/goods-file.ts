import type { Text } from '../domain/alarm.ts';

/** A line of a file that is wrong, counted from 1. */
export type LineFault = { readonly line: number; readonly why: Text };

export type GoodsFile =
  | { readonly ok: true; readonly things: number; readonly acts: readonly Placing[] }
  | { readonly ok: false; readonly faults: readonly LineFault[] };

/** Things of one lot that go into one zone, as the API takes them. */
type Placing = {
  readonly verb: 'place';
  readonly lot: string;
  readonly zone: string;
  readonly epcs: readonly string[];
};

const COLUMNS = ['epc', 'lot', 'zone'] as const;
const EPC = /^(?:[0-9a-f]{4}){1,31}$/;

/** Reads a CSV file of things (RFC 4180), or names every line that is wrong. */
export function readGoodsFile(bytes: Uint8Array): GoodsFile {
  const text = new TextDecoder().decode(bytes).replace(/^\uFEFF/, '');
  const [head = '', ...lines] = text.split(/\r?\n/);
  const names = cells(head).map((name) => name.trim().toLowerCase());
  const lacking = COLUMNS.filter((name) => !names.includes(name));
  if (lacking.length > 0) {
    const [list, known] = [lacking.join(', '), COLUMNS.join(',')];
    const why = {
      en: `has no column ${list}; it must name ${known}`,
      zh: `缺少列 ${list}；首行须为 ${known}`,
    };
    return { ok: false, faults: [{ line: 1, why }] };
  }
  const faults: LineFault[] = [];
  const placings = new Map<string, { lot: string; zone: string; epcs: string[] }>();
  const lineOf = new Map<string, number>();
  for (const [i, row] of lines.entries()) {
    const line = i + 2;
    if (row.trim() === '') continue;
    const values = cells(row).map((value) => value.trim());
    const of = (name: string): string => values[names.indexOf(name)] ?? '';
    const [epc, lot, zone] = [of('epc').toLowerCase(), of('lot'), of('zone')];
    const why = values.length === names.length ? faultOf(epc, lot, zone) : width(values.length, names.length);
    const before = lineOf.get(epc);
    if (why !== null) faults.push({ line, why });
    else if (before !== undefined)
      faults.push({
        line,
        why: { en: `${epc} stands in line ${before} too`, zh: `${epc} 在第 ${before} 行已出现` },
      });
    else {
      lineOf.set(epc, line);
      const key = JSON.stringify([lot, zone]);
      const placing = placings.get(key) ?? { lot, zone, epcs: [] };
      placing.epcs.push(epc);
      placings.set(key, placing);
    }
  }
  if (lineOf.size === 0 && faults.length === 0)
    faults.push({ line: 2, why: { en: 'there are no things in it', zh: '文件中没有货物' } });
  if (faults.length > 0) return { ok: false, faults };
  const acts = [...placings.values()].map((placing): Placing => ({ verb: 'place', ...placing }));
  return { ok: true, things: lineOf.size, acts };
}

function faultOf(epc: string, lot: string, zone: string): Text | null {
  if (!EPC.test(epc))
    return {
      en: `"${epc.slice(0, 130)}" is no EPC: whole words of hexadecimal digits, 4 to 124 of them`,
      zh: `“${epc.slice(0, 130)}”不是 EPC：须为 4 至 124 位十六进制数字，且为 4 的倍数`,
    };
  if (lot === '') return { en: 'the lot is missing', zh: '缺少批次' };
  return zone === '' ? { en: 'the zone is missing', zh: '缺少区域' } : null;
}

function width(found: number, wanted: number): Text {
  return { en: `has ${found} values, the first line ${wanted}`, zh: `有 ${found} 个值，首行为 ${wanted} 列` };
}

/** Values of one line; a value in quotes may hold commas, and a quote by two. */
function cells(line: string): string[] {
  return Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  );
}
