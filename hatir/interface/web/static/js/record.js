// The record page: facts and timeline follow what others do, and what one's own dialogs changed.
import { $, $$ } from './dom.js';

const WAIT_MS = 400;
const waiting = new Set();
let timer;

/** Draw the timeline anew, as it is filtered now, unless somebody reads further down or edits in it. */
function refreshTimeline() {
  const timeline = $('#timeline');
  if (!timeline) return;
  const active = $('.pill[aria-current=true]', timeline);
  const url = active?.getAttribute('href') ?? timeline.dataset.timeline;
  if (timeline.contains(document.activeElement) && document.activeElement.matches('input, textarea, select')) return;
  window.htmx.ajax('GET', url, { source: timeline, target: '#timeline', swap: 'outerHTML' });
}

/** Draw anew what a verb or somebody else changed: figures, facts, a room's own part and its buttons; nothing while a fact is edited here. */
async function refreshParts() {
  const isEdited = () => $('#facts .is-edit');
  if (isEdited()) return;
  const answer = await fetch(location.href);
  if (!answer.ok || isEdited()) return;
  const came = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of $$('.bar [data-part], .c360 [data-part]', came)) replace(document.getElementById(part.id), part);
}

function replace(here, part) {
  if (!here) return;
  const focused = here.contains(document.activeElement);
  here.replaceWith(part);
  window.htmx.process(part);
  if (focused) ($('[aria-current], a, button:not([disabled])', part) ?? part).focus({ preventScroll: true });
}

/** Do once, a moment later, all that several events of one answer ask for. */
function later(...works) {
  works.forEach((work) => waiting.add(work));
  clearTimeout(timer);
  timer = setTimeout(() => { const all = [...waiting]; waiting.clear(); all.forEach((work) => work()); }, WAIT_MS);
}

const isHere = ({ type, id }) => $('.c360')?.dataset.ref === `${type}:${id}`;
document.addEventListener('live:changed', (event) => {
  if (!isHere(event.detail)) return;
  later(refreshParts, refreshTimeline);
});
document.addEventListener('live:timeline', (event) => { if (isHere(event.detail)) later(refreshTimeline); });
document.addEventListener('timeline:refresh', () => later(refreshTimeline));
// Parts are edited in dialogs; the right column is part of the page, so it is asked for again
document.addEventListener('record:refresh', () => {
  const related = $('.p-rel');
  if (!related) return;
  window.htmx.ajax('GET', related.dataset.related, { source: related, target: '#related', swap: 'outerHTML' });
  later(refreshParts, refreshTimeline);
});
