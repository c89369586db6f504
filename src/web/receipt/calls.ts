import type { Count, CountKind, PortfolioRow, ReadingsPage, Standing } from '../../api/types.ts';
import { send } from '../page/calls.ts';

/** @throws CallFailed */
export async function getPortfolio(): Promise<readonly PortfolioRow[]> {
  const rows: readonly PortfolioRow[] = await (await send('GET', 'portfolio')).json();
  return rows;
}

/** @throws CallFailed */
export async function getStanding(receipt: string): Promise<Standing> {
  const standing: Standing = await (await send('GET', `receipts/${receipt}/standing`)).json();
  return standing;
}

/** @throws CallFailed */
export async function getCounts(receipt: string): Promise<readonly Count[]> {
  const counts: readonly Count[] = await (await send('GET', `receipts/${receipt}/counts`)).json();
  return counts;
}

/** Of [from, to), ms. @throws CallFailed */
export async function getCurve(
  receipt: string,
  stream: string,
  from: number,
  to: number,
): Promise<ReadingsPage> {
  const query = new URLSearchParams({ stream, from: String(from), to: String(to) });
  const page: ReadingsPage = await (
    await send('GET', `receipts/${receipt}/readings?${query.toString()}`)
  ).json();
  return page;
}

/** The challenge is the browser's own: nobody at the warehouse could have made the reply beforehand. @throws CallFailed */
export async function askCount(
  receipt: string,
  kind: CountKind,
  deadline: number,
  csrf: string,
): Promise<Count> {
  const nonce = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((b) => b.toString(16).padStart(2, '0'))
    .join('');
  const order = { challengeId: `page-${nonce.slice(0, 12)}`, nonce, kind, deadline };
  const count: Count = await (await send('POST', `receipts/${receipt}/count`, order, csrf)).json();
  return count;
}

/** Where the bundle of a window is. */
export function bundleAddress(receipt: string, from: number, to: number): string {
  const query = new URLSearchParams({ receipt, from: String(from), to: String(to) });
  return `/api/v1/bundles?${query.toString()}`;
}

/** @throws CallFailed */
export async function getBundle(receipt: string, from: number, to: number): Promise<Uint8Array> {
  const answer = await send('GET', bundleAddress(receipt, from, to).replace('/api/v1/', ''));
  return new Uint8Array(await answer.arrayBuffer());
}
