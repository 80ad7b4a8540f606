// The list: walking rows, selecting, the bulk bar, peeking. Cells are in cells.js.
import { $, $$, announce, say } from './dom.js';
import { onKey } from './keyboard.js';

export const table = () => $('.tbl[data-list]');
export const rowsOf = (of = table()) => (of ? $$('tbody tr[data-id]', of) : []);
export const current = () => $('.tbl[data-list] tr.is-cur');
const boxOf = (row) => $('.sel .cb', row);
const bulk = () => $('#bulk');

/** Make a row the current one; focus goes to its title so that screen readers follow. */
export function visit(row, { focus = true } = {}) {
  if (!row || row === current()) return;
  current()?.classList.remove('is-cur');
  row.classList.add('is-cur');
  if (focus) $('.s-title a', row)?.focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
  if ($('#sheet')?.open) peekSoon(row);
}

function walk(by) {
  const all = rowsOf();
  if (!all.length) return false;
  const at = all.indexOf(current());
  visit(all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))]);
  return true;
}

// --- peek ---
let peeking;
function peekSoon(row) { clearTimeout(peeking); peeking = setTimeout(() => peek(row), 120); }

function peek(row = current()) {
  const of = table();
  if (!row || !of?.dataset.peek) return false;
  window.htmx.ajax('GET', of.dataset.peek.replace('{id}', row.dataset.id), { target: '#sheet', swap: 'innerHTML' });
  return true;
}

// --- selection ---
let anchor;
function mark(row, on) {
  const box = boxOf(row);
  if (!box) return;
  box.checked = on;
  row.setAttribute('aria-selected', String(on));
}

function toggle(row = current()) {
  if (!row || !boxOf(row)) return false;
  mark(row, !boxOf(row).checked);
  anchor = row;
  recount();
  return true;
}

function range(to = current()) {
  const all = rowsOf();
  if (!to) return false;
  const [from, until] = [all.indexOf(anchor?.isConnected ? anchor : to), all.indexOf(to)].sort((a, b) => a - b);
  all.slice(from, until + 1).forEach((row) => mark(row, true));
  recount();
  return true;
}

function clear() {
  const picked = rowsOf().filter((row) => boxOf(row)?.checked);
  picked.forEach((row) => mark(row, false));
  recount();
  return picked.length > 0;
}

function recount() {
  const of = table();
  const all = rowsOf(of);
  const count = all.filter((row) => boxOf(row)?.checked).length;
  const every = $('thead .cb', of);
  if (every) { every.checked = count > 0 && count === all.length; every.indeterminate = count > 0 && count < all.length; }
  of.classList.toggle('is-selecting', count > 0);
  across(false);
  const text = say('selected', { n: count });
  const place = $('[data-count]', bulk() ?? document);
  if (place) place.textContent = text;
  announce(count ? text : '');
}

/** Everything that the view holds, not only what is on this page. */
function across(on) {
  const form = bulk();
  const field = form && $('[name=across]', form);
  if (!field) return;
  field.value = on ? '1' : '';
  $('[data-across]', form)?.toggleAttribute('hidden', on);
  if (on) $('[data-count]', form).textContent = $('[data-across]', form).dataset.done;
}

document.addEventListener('change', (event) => {
  const box = event.target.closest?.('.tbl[data-list] .cb');
  if (!box) return;
  const row = box.closest('tr[data-id]');
  if (row) { mark(row, box.checked); anchor = row; } else rowsOf().forEach((each) => mark(each, box.checked));
  recount();
});
document.addEventListener('click', (event) => {
  const row = event.target.closest('.tbl[data-list] tr[data-id]');
  if (row) {
    if (event.shiftKey && event.target.matches('.cb')) range(row);
    visit(row, { focus: false });
    if (event.target.closest('.peek')) { event.preventDefault(); peek(row); }
  }
  if (event.target.closest('[data-across]')) across(true);
  if (event.target.closest('[data-clear]')) clear();
});
document.addEventListener('focusin', (event) => {
  const row = event.target.closest?.('.tbl[data-list] tr[data-id]');
  if (row) visit(row, { focus: false });
});

// A long press selects on the phone
let pressed;
document.addEventListener('pointerdown', (event) => {
  const row = event.pointerType === 'touch' && event.target.closest('.tbl[data-list] tr[data-id]');
  if (!row) return;
  pressed = setTimeout(() => { toggle(row); row.addEventListener('click', (tap) => tap.preventDefault(), { once: true, capture: true }); }, 450);
});
for (const kind of ['pointerup', 'pointercancel', 'pointermove']) document.addEventListener(kind, () => clearTimeout(pressed));

// After the table was drawn anew the bar must not speak of rows that are gone
document.addEventListener('htmx:after:swap', (event) => { if (event.detail.ctx?.target?.closest?.('#list')) { anchor = null; if (table()) recount(); } });

/** Draw the list anew, one after another: of two answers under way the older one might come last, and stay. */
let isDrawing = false;
let isAsked = false;
async function drawAnew() {
  isAsked = isDrawing;
  if (isDrawing || !$('#list')) return;
  isDrawing = true;
  try {
    await window.htmx.ajax('GET', location.pathname + location.search, { target: '#list', swap: 'outerHTML' });
  } finally {
    isDrawing = false;
    if (isAsked) drawAnew();
  }
}
document.addEventListener('list:refresh', drawAnew);

onKey('j', () => walk(1));
onKey('k', () => walk(-1));
onKey('x', () => toggle());
onKey('shift+x', () => range());
onKey('space', () => peek());
onKey('escape', () => (table() ? clear() : false));
