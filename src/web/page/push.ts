/** This browser's subscription to notices. */

/** What the gateway is told of it. */
type Order = { readonly endpoint: string; readonly keys: { readonly p256dh: string; readonly auth: string } };

/** The one policy of this page: it makes the address of its worker, and nothing else. */
type Policies = {
  createPolicy(
    name: string,
    rules: { createScriptURL(): string },
  ): { createScriptURL(input: string): string };
};

const WORKER = '/push-worker.js';
const PATIENCE_MS = 20_000;

/** Only over https or on this machine itself, and where the browser has it. */
export function isPushPossible(): boolean {
  return window.isSecureContext && 'serviceWorker' in navigator && 'PushManager' in window;
}

export async function subscribedEndpoint(): Promise<string | null> {
  const registration = await navigator.serviceWorker.getRegistration('/');
  return (await registration?.pushManager.getSubscription())?.endpoint ?? null;
}

/** Asks the person, then the browser's push service; a word for what stood in the way. */
export async function subscribeBrowser(key: string): Promise<Order | 'denied' | 'failed'> {
  if ((await Notification.requestPermission()) !== 'granted') return 'denied';
  const registration = await navigator.serviceWorker.register(workerAddress());
  await navigator.serviceWorker.ready;
  try {
    // A browser without the internet waits for its service and never says so.
    const late = new Promise<null>((wake) => setTimeout(wake, PATIENCE_MS, null));
    const asked = registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const made = await Promise.race([asked, late]);
    if (made === null) return 'failed';
    const { endpoint, keys } = made.toJSON();
    if (endpoint === undefined || keys?.['p256dh'] === undefined || keys['auth'] === undefined)
      return 'failed';
    return { endpoint, keys: { p256dh: keys['p256dh'], auth: keys['auth'] } };
  } catch (error) {
    if (error instanceof DOMException) return 'failed';
    throw error;
  }
}

export async function unsubscribeBrowser(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration('/');
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

let address: string | null = null;

function workerAddress(): string {
  const policies: Policies | undefined = Reflect.get(window, 'trustedTypes');
  address ??=
    policies?.createPolicy('push-worker', { createScriptURL: () => WORKER }).createScriptURL(WORKER) ??
    WORKER;
  return address;
}
