// The composer on a record page: kinds as radio buttons, extra fields per kind, @ names a colleague, # a record.
import { $, $$ } from './dom.js';

function settle(composer) {
  const kind = $('[name=kind]:checked', composer)?.value;
  $$('[data-for]', composer).forEach((part) => {
    part.hidden = !part.dataset.for.split(' ').includes(kind);
    $$('input, select, textarea', part).forEach((field) => { field.disabled = part.hidden; });
  });
  const text = $('textarea', composer);
  const words = $(`[data-kind="${kind}"]`, composer)?.dataset.placeholder;
  if (words) text.placeholder = words;
  composer.classList.toggle('has-text', Boolean(text.value));
}

export function compose(kind) {
  const composer = $('.composer');
  if (!composer) return false;
  const choice = $(`[name=kind][value="${kind}"]`, composer);
  if (choice) choice.checked = true;
  composer.closest('.c360__comp')?.classList.add('is-open');
  settle(composer);
  $('textarea', composer).focus();
  return true;
}

// --- @ colleagues and # records ---
let at = null;
let kind = '';
const listOf = (text) => document.getElementById(text.dataset.mentions);
const PLACES = { '@': ['lookup', 'mentions'], '#': ['lookupRecords', 'links'] };

async function look(text) {
  const found = text.value.slice(0, text.selectionStart).match(/(?:^|\s)([@#])([\p{L}\p{N}.]{0,30})$/u);
  const list = listOf(text);
  if (!found) { at = null; list.hidePopover(); return; }
  [, kind] = found;
  at = text.selectionStart - found[2].length;
  const answer = await fetch(`${list.dataset[PLACES[kind][0]]}?q=${encodeURIComponent(found[2])}`, { headers: { 'HX-Request': 'true' } });
  if (!answer.ok || at === null) return;
  list.innerHTML = await answer.text();
  const from = text.getBoundingClientRect();
  if (!list.childElementCount) { list.hidePopover(); return; }
  list.showPopover();
  Object.assign(list.style, { inset: 'auto', margin: 0, left: `${from.left + 12}px`, top: `${from.bottom}px` });
  $('[role=option]', list)?.setAttribute('aria-selected', 'true');
}

function insert(text, row) {
  text.setRangeText(`${row.dataset.label} `, at, text.selectionStart, 'end');
  const field = document.createElement('input');
  Object.assign(field, { type: 'hidden', name: PLACES[kind][1], value: row.dataset.value });
  text.form.append(field);
  at = null;
  listOf(text).hidePopover();
}

document.addEventListener('input', (event) => {
  const composer = event.target.closest('.composer');
  if (!composer) return;
  settle(composer);
  if (event.target.dataset.mentions) look(event.target);
});
document.addEventListener('draft:filled', (event) => { const composer = event.target.closest('.composer'); if (composer) settle(composer); });
document.addEventListener('change', (event) => { const composer = event.target.closest('.composer'); if (composer) { settle(composer); if (event.target.name === 'kind') $('textarea', composer).focus(); } });
document.addEventListener('keydown', (event) => {
  const text = event.target;
  if (at === null || !text.dataset?.mentions) return;
  const rows = $$('[role=option]', listOf(text));
  const place = rows.findIndex((row) => row.ariaSelected === 'true');
  if (event.key === 'Escape') { at = null; listOf(text).hidePopover(); }
  else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    rows[place]?.setAttribute('aria-selected', 'false');
    rows[(place + (event.key === 'ArrowDown' ? 1 : -1) + rows.length) % rows.length]?.setAttribute('aria-selected', 'true');
  } else if ((event.key === 'Enter' || event.key === 'Tab') && rows[place] && !event.metaKey && !event.ctrlKey) insert(text, rows[place]);
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener('mousedown', (event) => {
  const row = event.target.closest('[data-mention-list] [role=option]');
  if (!row) return;
  event.preventDefault();
  insert($(`[data-mentions="${row.closest('[data-mention-list]').id}"]`), row);
});
document.addEventListener('click', (event) => {
  const starter = event.target.closest('[data-compose]');
  if (starter && compose(starter.dataset.compose)) event.preventDefault();
});
document.addEventListener('htmx:after:swap', () => $$('.composer').forEach(settle));
$$('.composer').forEach(settle);
