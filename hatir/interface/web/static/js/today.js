// The first page of the day: J and K walk what waits, E completes it.
import { $, $$ } from './dom.js';
import { onKey } from './keyboard.js';

const rows = () => $$('.today .q:has(a.m)');
const current = () => document.activeElement.closest?.('.q, .next li');

function walk(by) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(current());
  $('a.m', all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))]).focus();
  return true;
}

/** Complete the task that has the focus, else the first one on the page. */
function complete() {
  const button = $('button.cb', current() ?? undefined) ?? $('.today .q button.cb, .next button.cb');
  button?.click();
  return Boolean(button);
}

onKey('j', () => walk(1));
onKey('k', () => walk(-1));
onKey('e', complete);
