// The first page of the day: J and K walk what waits, ↵ calls, 1..4 say the result, E completes, H puts off.
import { $, $$ } from './dom.js';
import { onKey } from './keyboard.js';

const rows = () => $$('.today .q:has(a.m)');
const focused = () => document.activeElement.closest?.('.q, .next li');
/** The row that has the focus, else the first one of the queue. */
const current = () => focused() ?? $('.today .q--offer') ?? $('.today .q[data-row]');

function mark(row) {
  $$('.today .q.is-cur').forEach((each) => each.classList.toggle('is-cur', each === row));
  row?.classList.add('is-cur');
}

function walk(by) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(focused());
  const row = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))];
  $('a.m', row).focus();
  mark(row);
  return true;
}

function press(selector) {
  const row = current();
  const control = row && $(selector, row);
  if (!control) return false;
  control.click();
  return true;
}

/** Complete the task that has the focus, else the first one on the page. */
function complete() {
  const button = $('button.cb', focused() ?? undefined) ?? $('.today .q button.cb, .next button.cb');
  button?.click();
  return Boolean(button);
}

/** A number says the result, or while the menu of H is open how long to put off. */
function number(digit) {
  if (!$('.today')) return false;
  const open = $('.today details[open] [data-later-to]') ? 'data-later-to' : 'data-result';
  return press(`[${open}="${digit}"]`);
}

onKey('j', () => walk(1));
onKey('k', () => walk(-1));
onKey('e', complete);
onKey('h', () => press('summary[data-later]'));
onKey('enter', () => press('[data-offer], [data-call]'));
['1', '2', '3', '4'].forEach((digit) => onKey(digit, () => number(digit)));
onKey('escape', () => {
  const open = $$('.today details[open]');
  open.forEach((each) => { each.open = false; });
  return open.length > 0;
});

document.addEventListener('toggle', (event) => {
  if (!event.target.open || !event.target.matches?.('.today details[data-menu]')) return;
  $$('.today details[data-menu][open]').forEach((each) => { if (each !== event.target) each.open = false; });
}, true);
document.addEventListener('click', (event) => {
  if (event.target.closest('[data-drop]')) event.target.closest('.q').remove();
  if (!event.target.closest('.today details[data-menu]')) $$('.today details[data-menu][open]').forEach((each) => { each.open = false; });
});
document.addEventListener('htmx:after:swap', () => {
  const offer = $('.today .q--offer');
  if (offer && !offer.contains(document.activeElement)) $('[data-offer]', offer).focus();
});
