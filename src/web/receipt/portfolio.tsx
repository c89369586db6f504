import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { PortfolioRow } from '../../api/types.ts';
import { CallFailed } from '../page/calls.ts';
import { getPortfolio } from './calls.ts';
import { instantText, lengthText, shareText } from './format.ts';
import { useSay } from './say.ts';
import { useSeconds } from './validity.ts';
import { CONTROL } from './words.ts';

const EVERY_MS = 30_000;

type List = { readonly rows: readonly PortfolioRow[]; readonly wallMs: number };

/** The receipts that this token opens, the worst first; one whose statement is over is not proven. */
export function PortfolioList(props: { signedOut: () => void }): JSX.Element {
  const { say, language } = useSay();
  const [list, setList] = useState<List | null>(null);
  useSeconds();
  useEffect(() => {
    const look = (): void =>
      void getPortfolio().then(
        (rows) => setList({ rows, wallMs: Date.now() }),
        (error: unknown) => {
          if (!(error instanceof CallFailed)) throw error;
          if (error.status === 401) props.signedOut();
        },
      );
    look();
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const rows = list?.rows ?? [];
  const passed = list === null ? 0 : Math.max(0, Date.now() - list.wallMs);
  return (
    <main>
      <h1>
        {say('receipts')} <small>{say('worstFirst')}</small>
      </h1>
      {list !== null && rows.length === 0 && <p>{say('noReceipts')}</p>}
      <ul class="portfolio">
        {rows.map((row) => {
          const control = row.asOf + passed >= row.validUntil ? 'unknown' : row.control;
          return (
            <li key={row.receipt} data-receipt={row.receipt} data-control={control}>
              <a href={`#receipt=${row.receipt}`}>
                <strong>{row.number}</strong> {row.name} · {row.zone}
              </a>
              <span class={`state ${control}`}>{CONTROL[control][language]}</span>
              <span>
                {say('since')} {instantText(row.since, language)}
              </span>
              <span>
                {say('month')}: {shareText(row.coverage)} · {say('gapOf')} {lengthText(row.gapMs, language)}
              </span>
            </li>
          );
        })}
      </ul>
    </main>
  );
}
