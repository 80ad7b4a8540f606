// Choosing a record, a person or tags by typing. Rows come from data-lookup; values live in hidden fields.
import { $, $$ } from './dom.js';

const DELAY_MS = 120;
const boxOf = (input) => input.closest('[data-combo]');
const listOf = (input) => document.getElementById(input.getAttribute('aria-controls'));
let timer;

async function look(input) {
  const list = listOf(input);
  const url = new URL(boxOf(input).dataset.lookup, location.href);
  url.searchParams.set('q', input.value);
  const answer = await fetch(url, { headers: { 'HX-Request': 'true' } });
  if (!answer.ok) return;
  list.innerHTML = await answer.text();
  $$('[role=option]', list).forEach((row, at) => { row.id = `${list.id}-${at}`; });
  open(input, Boolean(list.childElementCount));
  pick(input, $('[role=option]', list));
}

function open(input, on) {
  const list = listOf(input);
  input.setAttribute('aria-expanded', String(on));
  if (!on) { input.removeAttribute('aria-activedescendant'); list.hidePopover(); return; }
  if (list.matches(':popover-open')) return;
  list.showPopover();
  const from = input.getBoundingClientRect();
  Object.assign(list.style, { inset: 'auto', margin: 0, left: `${from.left}px`, top: `${from.bottom + 4}px`, minWidth: `${from.width}px` });
}

function pick(input, row) {
  $$('[aria-selected=true]', listOf(input)).forEach((each) => each.setAttribute('aria-selected', 'false'));
  row?.setAttribute('aria-selected', 'true');
  row?.scrollIntoView({ block: 'nearest' });
  if (row) input.setAttribute('aria-activedescendant', row.id);
}

function take(input, row) {
  const box = boxOf(input);
  const { value, label } = row.dataset;
  if (box.dataset.combo === 'many') {
    const made = $('template', box).content.firstElementChild.cloneNode(true);
    $('[data-label]', made).textContent = label;
    const field = $('input', made);
    field.name = box.dataset.name;
    field.value = value;
    input.before(made);
    input.value = '';
  } else {
    $('input[type=hidden]', box).value = value;
    input.value = label;
    input.dataset.chosen = label;
  }
  open(input, false);
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

document.addEventListener('input', (event) => {
  const input = event.target;
  if (!input.matches('[data-combo] [role=combobox]')) return;
  if (boxOf(input).dataset.combo === 'one' && !input.value) $('input[type=hidden]', boxOf(input)).value = '';
  clearTimeout(timer);
  timer = setTimeout(() => look(input), DELAY_MS);
});
document.addEventListener('keydown', (event) => {
  const input = event.target;
  if (!input.matches?.('[data-combo] [role=combobox]')) return;
  const rows = $$('[role=option]', listOf(input));
  const isOpen = input.getAttribute('aria-expanded') === 'true';
  const at = rows.findIndex((row) => row.ariaSelected === 'true');
  if (event.key === 'ArrowDown' && !isOpen) { event.preventDefault(); look(input); }
  else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { event.preventDefault(); pick(input, rows[(at + (event.key === 'ArrowDown' ? 1 : -1) + rows.length) % rows.length]); }
  else if (event.key === 'Enter' && isOpen && rows[at] && !event.metaKey && !event.ctrlKey) { event.preventDefault(); event.stopPropagation(); take(input, rows[at]); }
  else if (event.key === 'Escape' && isOpen) { event.preventDefault(); event.stopPropagation(); open(input, false); }
  else if (event.key === 'Backspace' && !input.value) $$('.tag', boxOf(input)).at(-1)?.remove();
}, true);
document.addEventListener('mousedown', (event) => {
  const row = event.target.closest('[data-combo-list] [role=option]');
  if (!row) return;
  event.preventDefault();
  take($(`[aria-controls="${row.closest('[data-combo-list]').id}"]`), row);
});
document.addEventListener('click', (event) => { event.target.closest('[data-combo] .tag button')?.closest('.tag').remove(); });
document.addEventListener('focusout', (event) => {
  const input = event.target;
  if (!input.matches?.('[data-combo] [role=combobox]')) return;
  open(input, false);
  if (boxOf(input).dataset.combo === 'one' && input.dataset.chosen !== undefined && input.value && input.value !== input.dataset.chosen) input.value = input.dataset.chosen;
});
