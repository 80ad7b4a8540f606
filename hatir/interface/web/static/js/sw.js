// Service worker, served at /sw.js. Pages: network first, three seconds, then the kept copy. Static files: kept copy first.
const PAGES = 'pages-1';
const ASSETS = 'assets-1';
const MOST_PAGES = 200;
const PATIENCE_MS = 3000;
const OFFLINE = '/offline/';
const NEVER = /^\/(accounts|api|events|sw\.js|manifest|settings|q\/)/;

self.addEventListener('install', (event) => event.waitUntil(prepare().then(() => self.skipWaiting())));
self.addEventListener('activate', (event) => event.waitUntil(tidy().then(() => self.clients.claim())));
self.addEventListener('message', (event) => { if (event.data === 'forget') event.waitUntil(caches.delete(PAGES).then(prepare)); });

/** Keep the offline page with everything that it shows. */
async function prepare() {
  const answer = await fetch(OFFLINE);
  const text = await answer.clone().text();
  await (await caches.open(PAGES)).put(OFFLINE, answer);
  const files = [...new Set(text.match(/\/static\/[^"'#\s)]+/g) ?? [])];
  await (await caches.open(ASSETS)).addAll(files);
}

async function tidy() {
  for (const name of await caches.keys()) if (![PAGES, ASSETS].includes(name)) await caches.delete(name);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (url.pathname.startsWith('/static/')) event.respondWith(fromAssets(request));
  else if (request.mode === 'navigate' && !NEVER.test(url.pathname)) event.respondWith(fromNetwork(request));
});

async function fromAssets(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  // Only names with a hash never change
  if (answer.ok && /\.[0-9a-f]{12}\./.test(request.url)) (await caches.open(ASSETS)).put(request, answer.clone());
  return answer;
}

async function fromNetwork(request) {
  const pages = await caches.open(PAGES);
  const asked = fetch(request).then((answer) => {
    if (answer.ok && !answer.redirected && answer.type === 'basic') keep(pages, request, answer.clone());
    return answer;
  });
  asked.catch(() => {});
  const kept = await pages.match(request);
  try {
    return await (kept ? Promise.race([asked, late()]) : asked);
  } catch {
    return kept ?? (await pages.match(OFFLINE)) ?? Response.error();
  }
}

const late = () => new Promise((_, reject) => { setTimeout(() => reject(new Error('late')), PATIENCE_MS); });

async function keep(pages, request, answer) {
  await pages.delete(request);
  await pages.put(request, answer);
  const all = (await pages.keys()).filter((each) => !each.url.endsWith(OFFLINE));
  await Promise.all(all.slice(0, Math.max(0, all.length - MOST_PAGES)).map((each) => pages.delete(each)));
}
