/**
 * Shows notices of the gateway while no page of it is open. What comes is encrypted for this browser
 * alone; the service in between sees neither text nor link.
 */

/** What of a service worker's world is used here. */
type WorkerWorld = {
  addEventListener(type: 'push', listener: (event: PushEvent) => void): void;
  addEventListener(type: 'notificationclick', listener: (event: ClickEvent) => void): void;
  readonly registration: {
    showNotification(title: string, options: { body: string; tag: string; data: string }): Promise<void>;
  };
  readonly clients: { openWindow(url: string): Promise<unknown> };
  readonly location: { readonly origin: string };
};
type Lasting = { waitUntil(work: Promise<unknown>): void };
type PushEvent = Lasting & { readonly data: { text(): string } | null };
type ClickEvent = Lasting & { readonly notification: { readonly data: unknown; close(): void } };

declare const self: WorkerWorld;

type Notice = { readonly id: string; readonly text: string; readonly link: string };

self.addEventListener('push', (event) => {
  const notice = noticeIn(event.data?.text() ?? '');
  if (notice === null) return;
  const [title = '', ...lines] = notice.text.split('\n');
  // A repeat takes the place of the first.
  const options = { body: lines.join('\n'), tag: notice.id, data: notice.link };
  event.waitUntil(self.registration.showNotification(title, options));
});

self.addEventListener('notificationclick', (event) => {
  const { data } = event.notification;
  event.notification.close();
  // Only to the gateway that this worker is of.
  const link = typeof data === 'string' ? URL.parse(data) : null;
  if (link?.origin === self.location.origin) event.waitUntil(self.clients.openWindow(link.href));
});

function noticeIn(text: string): Notice | null {
  const raw: unknown = JSON.parse(text);
  if (typeof raw !== 'object' || raw === null) return null;
  const [id, said, link]: unknown[] = [
    Reflect.get(raw, 'id'),
    Reflect.get(raw, 'text'),
    Reflect.get(raw, 'link'),
  ];
  if (typeof id !== 'string' || typeof said !== 'string' || typeof link !== 'string') return null;
  return { id, text: said, link };
}
