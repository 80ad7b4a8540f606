// Forms: a draft is kept per form and comes back after signing in again; keys submit; errors get the focus.
import { $, $$ } from './dom.js';
import { onKey } from './keyboard.js';

const PREFIX = 'draft:';
const SKIPPED = 'input[type=password], input[type=file], input[type=hidden], [data-no-draft]';
const keyOf = (form) => `${PREFIX}${document.body.dataset.user ?? ''}:${form.dataset.draft}`;
const isUndecided = document.body.matches('[data-sign-in], [data-undecided]');

const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !field.matches(SKIPPED) && !field.matches('button'));

function valuesOf(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    const list = (values[field.name] ??= []);
    if (field.matches('[type=checkbox], [type=radio]')) { if (field.checked) list.push(field.value); }
    else if (field.multiple) list.push(...[...field.selectedOptions].map((option) => option.value));
    else list.push(field.value);
  }
  return values;
}

function fill(form, values) {
  const left = structuredClone(values);
  for (const field of fieldsOf(form)) {
    const list = left[field.name];
    if (!list) continue;
    if (field.matches('[type=checkbox], [type=radio]')) field.checked = list.includes(field.value);
    else if (field.multiple) for (const option of field.options) option.selected = list.includes(option.value);
    else field.value = list.shift() ?? '';
    field.dispatchEvent(new Event('draft:filled', { bubbles: true }));
  }
}

let saving;
function keep(form) {
  form.dataset.dirty = '';
  clearTimeout(saving);
  saving = setTimeout(() => keepNow(form), 250);
}
function keepNow(form) {
  try { sessionStorage.setItem(keyOf(form), JSON.stringify({ values: valuesOf(form) })); } catch { /* full: the form still works */ }
}

export function forget(form) {
  delete form.dataset.dirty;
  clearTimeout(saving);
  sessionStorage.removeItem(keyOf(form));
}

/** Bring back what was typed before the session ended or the page was left. */
function restore(form) {
  if (form.dataset.restored !== undefined) return;
  form.dataset.restored = '';
  const kept = sessionStorage.getItem(keyOf(form));
  if (!kept) return;
  const { values } = JSON.parse(kept);
  if (JSON.stringify(values) === JSON.stringify(valuesOf(form))) return;
  fill(form, values);
  form.dataset.dirty = '';
  const note = $('[data-draft-note]', form);
  if (note) note.hidden = false;
}

const prepare = (within) => $$('form[data-draft]', within).forEach(restore);

/** A form sent as a page and not there any more went through; on sign-in and error pages nothing is decided yet. */
function sweep() {
  if (isUndecided) return;
  const here = new Set($$('form[data-draft]').map(keyOf));
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX) && JSON.parse(sessionStorage.getItem(key)).sent && !here.has(key)) sessionStorage.removeItem(key);
  }
}

for (const kind of ['input', 'change']) {
  document.addEventListener(kind, (event) => { const form = event.target.form; if (form?.dataset.draft) keep(form); });
}
document.addEventListener('click', (event) => {
  const discard = event.target.closest('[data-draft-discard]');
  if (!discard) return;
  const form = discard.closest('form');
  forget(form);
  form.reset();
  $('[data-draft-note]', form).hidden = true;
});
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.dataset.draft) {
    keepNow(form);
    // A fragment's answer tells whether it went through; a whole page's only shows by what comes next
    if (!form.hasAttribute('hx-post')) sessionStorage.setItem(keyOf(form), JSON.stringify({ values: valuesOf(form), sent: true }));
    delete form.dataset.dirty;
  }
  if (!event.defaultPrevented && form.method === 'post') {
    if (form.hasAttribute('aria-busy')) { event.preventDefault(); return; }
    form.setAttribute('aria-busy', 'true');
    event.submitter?.setAttribute('aria-busy', 'true');
  }
});
addEventListener('pageshow', () => $$('form[aria-busy=true], form [aria-busy=true]').forEach((busy) => busy.removeAttribute('aria-busy')));
addEventListener('beforeunload', (event) => { if ($('form[data-guard][data-dirty]')) event.preventDefault(); });

document.addEventListener('htmx:after:request', (event) => {
  const { ctx } = event.detail;
  const form = ctx.request?.form ?? (ctx.sourceElement.matches?.('form') ? ctx.sourceElement : null);
  if (form?.dataset?.draft && ctx.response.status < 400 && !ctx.hx?.redirect?.includes('next=')) forget(form);
});
document.addEventListener('htmx:after:swap', (event) => {
  const place = event.detail.ctx?.target;
  prepare(document);
  if (event.detail.ctx?.response?.status === 422) $('[aria-invalid=true]', place?.isConnected ? place : document)?.focus();
});

function formInFocus() { return document.activeElement?.closest('form') ?? $('dialog[open] form') ?? $('form[data-main]'); }
onKey('mod+enter', () => {
  const form = formInFocus();
  if (!form) return false;
  form.requestSubmit($('[type=submit]:not([data-again])', form) ?? undefined);
  return true;
});
onKey('mod+shift+enter', () => {
  const again = $('[data-again]', formInFocus() ?? document);
  if (!again) return false;
  again.form.requestSubmit(again);
  return true;
});

// A select or switch that sends its form at once; a password that may be looked at
document.addEventListener('change', (event) => {
  if (event.target.matches('[data-submits]')) event.target.form.requestSubmit();
  const shows = event.target.closest?.('[data-shows]');
  if (shows) $$(shows.dataset.shows).forEach((part) => { part.hidden = !(event.target.checked || part.dataset.when === event.target.value); });
});
document.addEventListener('click', (event) => {
  const eye = event.target.closest('[data-reveal]');
  if (!eye) return;
  const field = $('input', eye.closest('.input--pw'));
  field.type = field.type === 'password' ? 'text' : 'password';
  eye.setAttribute('aria-pressed', String(field.type === 'text'));
});
// A file dropped on its place
document.addEventListener('dragover', (event) => { const place = event.target.closest('[data-drop]'); if (place) { event.preventDefault(); place.classList.add('is-over'); } });
document.addEventListener('dragleave', (event) => event.target.closest?.('[data-drop]')?.classList.remove('is-over'));
document.addEventListener('drop', (event) => {
  const place = event.target.closest('[data-drop]');
  if (!place || !event.dataTransfer.files.length) return;
  event.preventDefault();
  place.classList.remove('is-over');
  const field = $('input[type=file]', place);
  field.files = event.dataTransfer.files;
  field.dispatchEvent(new Event('change', { bubbles: true }));
});

prepare(document);
sweep();

/** A press on a word puts it where the cursor stands in its field: fields of a mail's text. */
document.addEventListener('click', (event) => {
  const word = event.target.closest?.('[data-insert]');
  const field = word && document.getElementById(word.dataset.into);
  if (!field) return;
  field.setRangeText(word.dataset.insert, field.selectionStart, field.selectionEnd, 'end');
  field.focus();
  field.dispatchEvent(new Event('input', { bubbles: true }));
});
