// One listener for all keys. The shortcut of a control is written on the control: data-key="n".
import { $, $$, fold, isShown, isTyping, root, stage } from './dom.js';

const CHORD_MS = 900;
const bindings = new Map();
let chordAt = 0;

/** Let a module answer to a key; the function returns false to pass it on. */
export const onKey = (combination, answer) => bindings.set(combination, [...(bindings.get(combination) ?? []), answer]);

/** Name a pressed key: "n", "shift+x", "mod+k", "mod+shift+enter"; "" for what only types a character. */
export function nameOf(event) {
  const altGr = event.getModifierState?.('AltGraph') || (event.ctrlKey && event.altKey);
  if (altGr || event.altKey || event.isComposing) return '';
  const key = event.key === ' ' ? 'space' : fold(event.key);
  const shifted = event.shiftKey && (key.length > 1 || /\p{L}/u.test(key));
  return `${event.metaKey || event.ctrlKey ? 'mod+' : ''}${shifted ? 'shift+' : ''}${key}`;
}

/** One's own keys, from the profile: data-keymap="n=y.f=u" lets y do what n does, and n nothing. */
const own = new Map((root.dataset.keymap ?? '').split('.').filter(Boolean).map((pair) => pair.split('=').map(fold).reverse()));
const given = new Set(own.values());
function meant(name) {
  if (own.has(name)) return own.get(name);
  return given.has(name) ? '' : name;
}

const isOff = () => root.dataset.shortcuts === 'off';

function controlFor(name) {
  // The page comes after the sidebar: its own "new" wins
  return $$('[data-key]', stage()).findLast((control) => fold(control.dataset.key) === name && !control.disabled && isShown(control));
}

function goTo(key) {
  const link = $(`[data-goto="${CSS.escape(key)}"]`);
  if (!link) return false;
  location.href = link.href;
  return true;
}

function press(event) {
  if (event.defaultPrevented) return;
  const name = meant(nameOf(event));
  if (!name) return;
  const plain = !name.startsWith('mod+') && name !== 'escape' && name !== 'f1';
  if (plain && (isOff() || isTyping(event.target))) return;
  if (name === 'space' || name === 'enter') {
    if (event.target.closest('button, summary, input, [role=option]')) return;
  }
  if (plain && stage() === document) {
    if (Date.now() - chordAt < CHORD_MS && goTo(name)) { chordAt = 0; event.preventDefault(); return; }
    if (name === 'g') { chordAt = Date.now(); return; }
  }
  for (const answer of bindings.get(name) ?? []) {
    if (answer(event) !== false) { event.preventDefault(); return; }
  }
  const control = controlFor(name);
  if (!control) return;
  event.preventDefault();
  if (control.matches('input:not([type=checkbox]), textarea, select')) control.focus();
  else control.click();
}

document.addEventListener('keydown', press);
