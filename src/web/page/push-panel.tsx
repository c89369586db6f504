import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { PushState, Session, Text } from '../../api/types.ts';
import { act, CallFailed, get } from './calls.ts';
import { useLanguage } from './language.tsx';
import { isPushPossible, subscribedEndpoint, subscribeBrowser, unsubscribeBrowser } from './push.ts';

const WORDS = {
  title: { en: 'Notices on this device', zh: '本设备通知' },
  off: { en: 'This browser is not told of alarms.', zh: '此浏览器不接收报警通知。' },
  on: { en: 'This browser is told of your alarms.', zh: '此浏览器接收您的报警通知。' },
  subscribe: { en: 'Tell this browser', zh: '在此浏览器接收通知' },
  unsubscribe: { en: 'Tell it no more', zh: '不再接收' },
  denied: { en: 'The browser does not allow notices of this page.', zh: '浏览器不允许本页面发送通知。' },
  failed: {
    en: 'The browser’s push service does not answer; it needs the internet.',
    zh: '浏览器的推送服务无应答；该服务需要互联网。',
  },
} as const satisfies Readonly<Record<string, Text>>;

/** Lets who is called by the page subscribe this browser, or take it away; shows nothing to others. */
export function PushPanel({ session }: { session: Session }): JSX.Element | null {
  const { of, say } = useLanguage();
  const [state, setState] = useState<PushState | null>(null);
  const [endpoint, setEndpoint] = useState<string | null>(null);
  const [failure, setFailure] = useState('');
  useEffect(() => {
    if (!isPushPossible()) return;
    const look = async (): Promise<void> => {
      setState(await get('push'));
      setEndpoint(await subscribedEndpoint());
    };
    void look().catch((error: unknown) => {
      // An extra: without it the page is as it is.
      if (!(error instanceof CallFailed)) throw error;
    });
  }, []);
  const key = state?.key ?? null;
  if (key === null) return null;
  const press = async (): Promise<void> => {
    setFailure('');
    try {
      if (endpoint === null) {
        const made = await subscribeBrowser(key);
        if (typeof made === 'string') {
          setFailure(of(WORDS[made]));
          return;
        }
        await act('push', made, session.csrf);
        setEndpoint(made.endpoint);
      } else {
        await act('push/remove', { endpoint }, session.csrf);
        await unsubscribeBrowser();
        setEndpoint(null);
      }
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      setFailure(error.status === 0 ? say('unreachable') : error.message);
    }
  };
  return (
    <section class="panel push" aria-labelledby="push-title">
      <h2 id="push-title">{of(WORDS.title)}</h2>
      <p>{of(endpoint === null ? WORDS.off : WORDS.on)}</p>
      <button type="button" data-push={endpoint === null ? 'off' : 'on'} onClick={() => void press()}>
        {of(endpoint === null ? WORDS.subscribe : WORDS.unsubscribe)}
      </button>
      {failure !== '' && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </section>
  );
}
