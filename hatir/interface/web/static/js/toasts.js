// Short messages with undo: eight seconds, longer while looked at; Z takes the newest back, O opens what it names.
import { $, $$, announce, send } from './dom.js';
import { onKey } from './keyboard.js';

const LIFE_MS = 8000;

export function toast({ text, undo, kind = 'ok', url, label }) {
  const host = $('#toasts');
  const made = $('#t-toast')?.content.firstElementChild.cloneNode(true);
  if (!host || !made || !text) return;
  made.classList.add(`toast--${kind}`);
  $('[data-text]', made).textContent = text;
  const back = $('[data-undo]', made);
  if (undo) back.addEventListener('click', () => { drop(made); send(undo); });
  else back.remove();
  const link = $('a', made);
  if (url) { link.href = url; $('[data-label]', link).textContent = label; } else link.remove();
  host.append(made);
  if (host.matches(':popover-open')) host.hidePopover();
  host.showPopover?.();
  announce(text);
  live(made);
}

function live(made) {
  let timer;
  const start = () => { timer = setTimeout(() => drop(made), LIFE_MS); };
  const stop = () => clearTimeout(timer);
  made.addEventListener('pointerenter', stop);
  made.addEventListener('focusin', stop);
  made.addEventListener('pointerleave', start);
  made.addEventListener('focusout', start);
  start();
}

function drop(made) {
  made.remove();
  const host = $('#toasts');
  if (!host.childElementCount) host.hidePopover?.();
}

function press(selector) {
  const newest = $$(`#toasts ${selector}`).at(-1);
  if (!newest) return false;
  newest.click();
  return true;
}

const undoNewest = () => press('[data-undo]');
onKey('z', undoNewest);
onKey('o', () => press('a'));
onKey('mod+z', (event) => (event.target.closest('input, textarea, [contenteditable=true]') ? false : undoNewest()));
document.addEventListener('toast', (event) => toast(event.detail));

// What the server wrote into the page stands there as a note for those without JavaScript.
for (const note of $$('[data-toast]')) {
  toast({ text: note.dataset.toast, undo: note.dataset.undo, kind: note.dataset.kind || 'ok' });
  note.remove();
}
