// Dialogs, the peek sheet, menus: opening, placing, closing, the list of shortcuts.
import { $, $$, isShown, stage } from './dom.js';
import { onKey } from './keyboard.js';

const GAP = 6;

/** Put a menu under its button, or above when there is more room. */
function place(menu) {
  const button = menu.from ?? $(`[popovertarget="${menu.id}"][aria-expanded=true]`) ?? $$(`[popovertarget="${menu.id}"]`).find(isShown);
  if (!button) return;
  const from = button.getBoundingClientRect();
  menu.style.inset = 'auto';
  menu.style.margin = '0';
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = from.bottom + GAP + height <= innerHeight || from.top < innerHeight - from.bottom;
  const start = menu.dataset.align === 'end' ? from.right - width : from.left;
  menu.style.left = `${Math.max(GAP, Math.min(start, innerWidth - width - GAP))}px`;
  menu.style.top = `${Math.max(GAP, below ? from.bottom + GAP : from.top - GAP - height)}px`;
}

document.addEventListener('toggle', (event) => {
  const menu = event.target;
  if (!menu.matches?.('.menu[popover]')) return;
  const open = event.newState === 'open';
  $$(`[popovertarget="${menu.id}"]`).forEach((button) => button.setAttribute('aria-expanded', String(open)));
  if (open) {
    place(menu);
    ($('[autofocus]', menu) ?? $('.mi, input, select, button', menu))?.focus();
  }
}, true);

// Arrows walk a menu
document.addEventListener('keydown', (event) => {
  const item = event.target.closest?.('.menu .mi');
  if (!item || !['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(event.key)) return;
  const all = $$('.mi', item.closest('.menu')).filter(isShown);
  const at = all.indexOf(item);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  event.preventDefault();
  (all.at(next % all.length) ?? all[0]).focus();
});

let before;
/** Show what was loaded into #dialog (modal) or #sheet (beside the list). */
export function show(dialog) {
  if (dialog.open) return;
  before = document.activeElement;
  if (dialog.id === 'sheet') dialog.show();
  else dialog.showModal();
  ($('[autofocus]', dialog) ?? $('input:not([type=hidden]), textarea, select', dialog) ?? $('[data-close]', dialog))?.focus();
}

export function close(dialog) {
  if (!dialog?.open) return;
  dialog.close();
  if (dialog.id === 'sheet' && before?.isConnected) before.focus();
}

document.addEventListener('htmx:after:swap', (event) => {
  const target = event.detail.ctx?.target;
  if (target?.matches?.('#dialog, #sheet') && target.childElementCount) show(target);
  if (target?.matches?.('.menu[popover]') && !target.matches(':popover-open')) {
    target.from = event.detail.ctx.sourceElement;
    target.showPopover();
  } else if (target?.matches?.('.menu[popover]')) place(target);
});
document.addEventListener('dialog:close', () => close($('#dialog')));
document.addEventListener('sheet:close', () => close($('#sheet')));
document.addEventListener('close', (event) => {
  if (event.target.matches?.('#dialog, #sheet')) event.target.replaceChildren();
}, true);
document.addEventListener('click', (event) => {
  const { target } = event;
  if (target.matches('dialog:modal')) close(target);
  if (target.closest('[data-close]')) { event.preventDefault(); close(target.closest('dialog')); }
  const opener = target.closest('[data-open]');
  if (opener) { event.preventDefault(); show(document.getElementById(opener.dataset.open)); }
});
onKey('escape', () => {
  const sheet = $('#sheet');
  if (!sheet?.open || stage() !== document) return false;
  close(sheet);
  return true;
});

/** List the shortcuts that work on this page: they stand on its controls. */
function listShortcuts() {
  const dialog = $('#shortcuts');
  const place = $('[data-keys]', dialog);
  if (!dialog || dialog.open) return false;
  // The last control with a key is the one that answers to it
  const answering = new Map($$('[data-key]').filter(isShown).map((control) => [control.dataset.key, control]));
  place.replaceChildren(...[...answering.values()].map(line));
  dialog.showModal();
  return true;
}

function line(control) {
  const row = document.createElement('div');
  const words = document.createElement('span');
  const key = document.createElement('kbd');
  const copy = control.cloneNode(true);
  $$('kbd', copy).forEach((each) => each.remove());
  words.textContent = (control.getAttribute('aria-label') || copy.textContent.trim() || control.title).replace(/\s+/g, ' ').trim();
  key.textContent = control.dataset.key.replace('shift+', '⇧').replace('mod+', '⌘').toLocaleUpperCase('tr');
  row.append(words, key);
  return row;
}
document.addEventListener('click', (event) => { if (event.target.closest('[data-list-shortcuts]')) { event.target.closest('[popover]')?.hidePopover(); listShortcuts(); } });
onKey('?', listShortcuts);
onKey('f1', listShortcuts);
