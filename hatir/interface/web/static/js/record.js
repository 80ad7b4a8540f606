// The record page: facts and timeline follow what others do, and what one's own dialogs changed.
import { $ } from './dom.js';

const WAIT_MS = 400;
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

/** Draw the facts anew unless one of them is being edited here. */
function refreshFacts() {
  const facts = $('#facts');
  if (!facts || $('.is-edit', facts)) return;
  window.htmx.ajax('GET', location.href, { source: facts, target: '#facts', select: '#facts', swap: 'outerHTML' });
}

function later(...works) {
  clearTimeout(timer);
  timer = setTimeout(() => works.forEach((work) => work()), WAIT_MS);
}

const isHere = ({ type, id }) => $('.c360')?.dataset.ref === `${type}:${id}`;
document.addEventListener('live:changed', (event) => {
  if (!isHere(event.detail)) return;
  later(refreshFacts, refreshTimeline);
});
document.addEventListener('live:timeline', (event) => { if (isHere(event.detail)) later(refreshTimeline); });
document.addEventListener('timeline:refresh', () => later(refreshTimeline));
// Parts are edited in dialogs; the right column is part of the page, so it is asked for again
document.addEventListener('record:refresh', () => {
  const related = $('.p-rel');
  if (!related) return;
  window.htmx.ajax('GET', related.dataset.related, { source: related, target: '#related', swap: 'outerHTML' });
  later(refreshTimeline);
});
