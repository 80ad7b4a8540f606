// What every module needs: finding, folding keys, texts, sending.
export const root = document.documentElement;
export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

/** The physical I key types ı on a Turkish keyboard; shortcuts must not depend on it. */
export const fold = (key) => ({ 'ı': 'i', 'İ': 'i', I: 'i' })[key] ?? key.toLowerCase(); // ascii-only: names of keys

/** Whether keys typed here are text. */
export const isTyping = (element) =>
  Boolean(element?.closest?.('input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable=true]'));

export const isShown = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? element.offsetParent !== null;

/** The dialog that has the floor, else the page. */
export const stage = () => $$('dialog:modal').at(-1) ?? document;

let words;
/** A text of the page's language, with {name} filled in; the server writes them into #texts. */
export function say(name, values = {}) {
  words ??= JSON.parse($('#texts')?.textContent || '{}');
  return (words[name] ?? '').replace(/\{(\w+)\}/g, (_, key) => values[key] ?? '');
}

export const token = () => {
  const given = document.body.getAttribute('hx-headers:inherited');
  return given ? JSON.parse(given)['X-CSRFToken'] : '';
};

/** Send to an address as the page would: header events (toast, refresh) are heard afterwards. */
export const send = (url, values = {}) =>
  window.htmx.ajax('POST', url, { source: document.body, swap: 'none', values });

export const remember = (name, value) => {
  const secure = location.protocol === 'https:' ? ';secure' : '';
  document.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax${secure}`;
};

/** Tell a screen reader without moving focus. */
export function announce(text) {
  const place = $('#status');
  if (place && text) { place.textContent = ''; requestAnimationFrame(() => { place.textContent = text; }); }
}
