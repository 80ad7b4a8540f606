// Walking and editing cells: arrows move, Enter edits and goes down, Tab goes right, Escape gives up.
import { $, $$ } from './dom.js';
import { rowsOf, table, visit } from './list.js';

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
let editing;

const headOf = (cell) => $$('thead th', cell.closest('table'))[cell.cellIndex];

function focusCell(row, column) {
  const cell = row?.cells[column];
  if (!cell) return;
  cell.tabIndex = -1;
  visit(row, { focus: false });
  cell.focus();
}

function move(cell, [down, right]) {
  const row = cell.parentElement;
  const all = rowsOf();
  const column = Math.max(1, Math.min(row.cells.length - 1, cell.cellIndex + right));
  focusCell(all[Math.max(0, Math.min(all.length - 1, all.indexOf(row) + down))], column);
}

/** Fetch the editor of a cell; the server answers with the cell as a form. */
function edit(cell) {
  const address = table()?.dataset.edit;
  const head = headOf(cell);
  if (!address || !head?.hasAttribute('data-editable')) return false;
  const row = cell.parentElement;
  editing = { id: row.dataset.id, column: cell.cellIndex, then: [1, 0], was: cell.outerHTML };
  const url = address.replace('{id}', row.dataset.id).replace('{field}', head.dataset.field);
  window.htmx.ajax('GET', url, { target: cell, swap: 'outerHTML' });
  return true;
}

function giveUp(cell) {
  const { id, column, was } = editing;
  editing = null;
  cell.outerHTML = was;
  const row = rowsOf().find((each) => each.dataset.id === id);
  window.htmx.process(row);
  focusCell(row, column);
}

function save(form, then) {
  if (editing) editing.then = then;
  form.requestSubmit();
}

document.addEventListener('keydown', (event) => {
  const cell = event.target.closest?.('.tbl[data-list] tbody td');
  if (!cell || event.isComposing) return;
  // An open list of suggestions has the first word
  if (event.target.getAttribute('aria-expanded') === 'true' && event.key !== 'Tab') return;
  const form = $('form', cell);
  if (cell.matches('.edit') && form) {
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); giveUp(cell); }
    if (event.key === 'Tab') { event.preventDefault(); save(form, [0, event.shiftKey ? -1 : 1]); }
    if (event.key === 'Enter' && !event.shiftKey) { event.preventDefault(); save(form, [1, 0]); }
    return;
  }
  if (MOVES[event.key] && !event.metaKey && !event.ctrlKey) { event.preventDefault(); move(cell, MOVES[event.key]); }
  if (event.key === 'Enter' && event.target === cell && edit(cell)) { event.preventDefault(); event.stopPropagation(); }
}, true);

document.addEventListener('dblclick', (event) => {
  const cell = event.target.closest('.tbl[data-list] tbody td:not(.edit)');
  if (cell && !event.target.closest('a, button, input')) edit(cell);
});

// Leaving the field saves it, as in a spreadsheet
document.addEventListener('focusout', (event) => {
  const cell = event.target.closest?.('td.edit');
  if (!cell || cell.contains(event.relatedTarget) || !editing) return;
  setTimeout(() => {
    const form = cell.isConnected && $('form', cell);
    if (form && !cell.contains(document.activeElement) && !document.hidden) save(form, null);
  });
});

document.addEventListener('htmx:after:swap', () => {
  if (!editing) return;
  const row = rowsOf().find((each) => each.dataset.id === editing.id);
  const cell = row?.cells[editing.column];
  if (!cell) { editing = null; return; }
  if (cell.matches('.edit')) {
    const field = $('input:not([type=hidden]), select, textarea', cell);
    field?.focus();
    field?.select?.();
    return;
  }
  const { then, column } = editing;
  editing = null;
  focusCell(row, column);
  if (then) move(row.cells[column], then);
});

export const isEdited = (row) => Boolean(row?.querySelector('td.edit') || row?.contains(document.activeElement?.closest('form')));
