// No connection: pages come from the service worker, notes and calls wait in a queue that is seen.
import { $, say, token } from './dom.js';
import { forget } from './forms.js';
import { toast } from './toasts.js';

const STORE = 'waiting';

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open('hatir', 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: 'key' });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function store(mode, act) {
  const base = await open();
  return new Promise((resolve, reject) => {
    const change = base.transaction(STORE, mode);
    const asked = act(change.objectStore(STORE));
    change.oncomplete = () => { base.close(); resolve(asked?.result); };
    change.onerror = () => reject(change.error);
  });
}

const mine = async () => (await store('readonly', (rows) => rows.getAll())).filter((row) => row.user === document.body.dataset.user);

async function draw() {
  const bar = $('#net');
  if (!bar) return;
  const count = (await mine()).length;
  bar.hidden = navigator.onLine && !count;
  $('[data-text]', bar).textContent = [navigator.onLine ? '' : say('offline'), count ? say('waiting', { n: count }) : ''].filter(Boolean).join(' ');
}

/** One key for one filling of a form: an answer that got lost does not make the server write it twice. */
const keyOf = (form) => { form.dataset.key ||= crypto.randomUUID(); return form.dataset.key; };

/** Keep what a form would have sent. */
async function wait(form, url) {
  const values = [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && name !== 'csrfmiddlewaretoken');
  await store('readwrite', (rows) => rows.put({ key: keyOf(form), user: document.body.dataset.user, url, values, at: new Date().toISOString() }));
  delete form.dataset.key;
  forget(form);
  form.reset();
  toast({ text: say('kept'), kind: 'warn' });
  draw();
}

let sending = false;
async function flush() {
  if (sending || !navigator.onLine || !document.body.dataset.user) return draw();
  sending = true;
  let sent = 0;
  try {
    for (const row of await mine()) {
      const answer = await fetch(row.url, {
        method: 'POST', body: new URLSearchParams(row.values), redirect: 'manual',
        headers: { 'X-CSRFToken': token(), 'HX-Request': 'true', 'Idempotency-Key': row.key, 'X-Written-At': row.at },
      });
      if (answer.status === 401 || answer.type === 'opaqueredirect' || answer.status >= 500) break;
      await store('readwrite', (rows) => rows.delete(row.key));
      if (answer.ok) sent += 1;
      else toast({ text: say('refused'), kind: 'bad' });
    }
  } catch { /* still no connection: later */ } finally { sending = false; }
  if (sent) { toast({ text: say('sent', { n: sent }) }); ['list:refresh', 'timeline:refresh'].forEach((name) => document.dispatchEvent(new CustomEvent(name))); }
  return draw();
}

function queued(event, url) {
  const form = event.detail.ctx.sourceElement.closest?.('form[data-offline]');
  if (!form) return false;
  wait(form, url);
  return true;
}
document.addEventListener('htmx:before:request', (event) => {
  const form = event.detail.ctx.sourceElement.closest?.('form[data-offline]');
  if (form) event.detail.ctx.request.headers['Idempotency-Key'] = keyOf(form);
  if (!navigator.onLine && queued(event, event.detail.ctx.request.action)) event.preventDefault();
});
document.addEventListener('htmx:error', (event) => {
  if (event.detail.error instanceof TypeError && queued(event, event.detail.ctx.request.action)) event.detail.handled = true;
}, true);

if ('indexedDB' in window) {
  addEventListener('online', flush);
  addEventListener('offline', draw);
  if (document.body.dataset.user) flush();
}
if ('serviceWorker' in navigator) {
  addEventListener('load', async () => {
    const worker = document.body.dataset.worker;
    if (worker) await navigator.serviceWorker.register(worker).catch(() => {});
    if (document.body.hasAttribute('data-sign-in')) (await navigator.serviceWorker.getRegistration())?.active?.postMessage('forget');
  });
}
