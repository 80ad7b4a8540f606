// Search, commands and actions on the result, in one dialog. Rows come from the server.
import { $, $$, send } from './dom.js';
import { onKey } from './keyboard.js';

const dialog = $('#palette');
const input = dialog && $('input', dialog);
const list = dialog && $('[role=listbox]', dialog);
const rows = () => $$('[role=option]', list);
const chosen = () => $('[aria-selected=true]', list);

function open() {
  if (!dialog || dialog.open) return false;
  dialog.showModal();
  input.select();
  if (!rows().length) input.dispatchEvent(new Event('input', { bubbles: true }));
  return true;
}

function choose(row) {
  chosen()?.setAttribute('aria-selected', 'false');
  row?.setAttribute('aria-selected', 'true');
  row?.scrollIntoView({ block: 'nearest' });
  if (row) input.setAttribute('aria-activedescendant', row.id);
  else input.removeAttribute('aria-activedescendant');
}

function step(by) {
  const all = rows();
  if (all.length) choose(all[(all.indexOf(chosen()) + by + all.length) % all.length]);
}

function run(row, secondary) {
  if (!row) return;
  if (secondary) {
    if (row.dataset.actions) window.htmx.ajax('GET', row.dataset.actions, { target: list, swap: 'innerHTML' });
    return;
  }
  if (row.dataset.key) { dialog.close(); document.querySelector(`[data-key="${row.dataset.key}"]:not([role=option])`)?.click(); return; }
  if (row.dataset.post) { dialog.close(); send(row.dataset.post); return; }
  if (row.dataset.dialog) { dialog.close(); window.htmx.ajax('GET', row.dataset.dialog, { target: '#dialog', swap: 'innerHTML' }); return; }
  if (row.dataset.copy) { dialog.close(); navigator.clipboard?.writeText(row.dataset.copy); return; }
  location.href = row.dataset.href;
}

function typed(event) {
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { event.preventDefault(); step(event.key === 'ArrowDown' ? 1 : -1); }
  if (event.key === 'Enter') { event.preventDefault(); run(chosen(), event.metaKey || event.ctrlKey); }
}

if (dialog) {
  onKey('mod+k', () => (dialog.open ? (dialog.close(), true) : open()));
  document.addEventListener('click', (event) => { if (event.target.closest('[data-palette]')) { event.preventDefault(); open(); } });
  input.addEventListener('keydown', typed);
  list.addEventListener('click', (event) => {
    const row = event.target.closest('[role=option]');
    if (row && !event.metaKey && !event.ctrlKey) { event.preventDefault(); run(row, false); }
  });
  list.addEventListener('pointermove', (event) => { const row = event.target.closest('[role=option]'); if (row && row !== chosen()) choose(row); });
  document.addEventListener('htmx:after:swap', (event) => {
    if (event.detail.ctx?.target !== list) return;
    rows().forEach((row, at) => { row.id = `found-${at}`; });
    choose(rows()[0]);
  });
}
