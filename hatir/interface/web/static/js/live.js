// What others do, within two seconds: changed rows, presence, counts, jobs, toasts.
import { $, $$, send } from './dom.js';
import { isEdited } from './cells.js';
import { toast } from './toasts.js';

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 30000;
let retry = FIRST_RETRY_MS;
let source;

/** Ask for what this page shows: the record of the page and the rows of the list. */
function watched() {
  const refs = $$('[data-watch]').map((place) => place.dataset.watch);
  return [...new Set(refs)].join(',');
}

function connect() {
  const url = document.body.dataset.events;
  if (!url || document.hidden) return;
  source?.close();
  const asked = watched();
  source = new EventSource(asked ? `${url}?watch=${encodeURIComponent(asked)}` : url);
  source.asked = asked;
  source.onopen = () => { retry = FIRST_RETRY_MS; };
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(connect, retry);
    retry = Math.min(retry * 2, LAST_RETRY_MS);
  };
  for (const [name, answer] of Object.entries(answers)) source.addEventListener(name, (event) => answer(JSON.parse(event.data)));
}

const answers = {
  /** {type, id, kind: changed|created|archived, by}: rows are redrawn unless someone edits them here. */
  changed({ type, id, kind, mine }) {
    if (mine) return;
    for (const place of $$(`[data-ref="${type}:${id}"]`)) {
      if (kind === 'archived') { place.classList.add('is-gone'); continue; }
      place.classList.add('is-stale');
      const url = place.closest('[data-row]')?.dataset.row;
      if (url && !isEdited(place)) redraw(place, url.replace('{id}', place.dataset.id));
      else place.querySelector('[data-stale]')?.removeAttribute('hidden');
    }
    if (kind === 'created') $(`[data-list="${type}"]`)?.closest('#list')?.querySelector('[data-new]')?.removeAttribute('hidden');
    document.dispatchEvent(new CustomEvent('live:changed', { detail: { type, id, kind } }));
  },
  /** {type, id, mine}: somebody wrote on a record */
  timeline(told) { if (!told.mine) document.dispatchEvent(new CustomEvent('live:timeline', { detail: told })); },
  /** {type, id, people: [{name, initials, hue, editing}]} */
  presence({ type, id, people }) {
    for (const place of $$(`[data-presence="${type}:${id}"]`)) {
      place.replaceChildren(...people.map(face));
      place.title = people.length ? `${place.dataset.label}: ${people.map((each) => each.name).join(', ')}` : '';
      place.hidden = !people.length;
    }
  },
  /** {key, n}: counts in navigation, bell and view tabs */
  count({ key, n }) {
    for (const place of $$(`[data-counts="${key}"]`)) { place.textContent = n || ''; place.hidden = !n; }
    if (key === 'notifications') $$('.bellb').forEach((bell) => { if (n) bell.dataset.n = n; else delete bell.dataset.n; });
    if ('setAppBadge' in navigator && key === 'notifications') navigator.setAppBadge(n).catch(() => {});
  },
  /** {id, title, done, total, count, text, cancel, ended}; a toast of its own says how a job ended */
  job(job) {
    if (job.ended) {
      $(`[data-job="${job.id}"]`)?.remove();
      document.dispatchEvent(new CustomEvent('list:refresh'));
      return;
    }
    const card = $(`[data-job="${job.id}"]`) ?? newCard(job);
    if (!card) return;
    $('progress', card).max = job.total || 1;
    $('progress', card).value = job.done;
    $('[data-count]', card).textContent = job.count ?? '';
    if (job.text) $('[data-text]', card).textContent = job.text;
  },
  toast,
};

/** A job that began after this page was drawn. */
function newCard({ id, title, cancel }) {
  const host = $('.jobs');
  const made = $('#t-job')?.content.firstElementChild.cloneNode(true);
  if (!host || !made) return null;
  made.dataset.job = id;
  $('[data-title]', made).textContent = title;
  $('progress', made).setAttribute('aria-label', title);
  $('[data-job-cancel]', made).dataset.jobCancel = cancel;
  host.append(made);
  return made;
}

function redraw(row, url) {
  const wasCurrent = row.classList.contains('is-cur');
  const isPicked = row.querySelector('.sel .cb')?.checked;
  window.htmx.ajax('GET', url, { source: row, target: row, swap: 'outerHTML' }).then(() => {
    const fresh = document.getElementById(row.id);
    if (!fresh) return;
    fresh.classList.toggle('is-cur', wasCurrent);
    if (isPicked) { fresh.querySelector('.sel .cb').checked = true; fresh.setAttribute('aria-selected', 'true'); }
  });
}

function face({ initials, hue }) {
  const made = document.createElement('span');
  made.className = `av av--24 h-${Number(hue) % 12}`;
  made.textContent = initials;
  return made;
}

document.addEventListener('click', (event) => {
  const cancel = event.target.closest('[data-job-cancel]');
  if (cancel) send(cancel.dataset.jobCancel);
});
// Another list, other rows to watch; a hidden page listens to nothing
document.addEventListener('htmx:after:swap', () => { if (source && source.asked !== watched()) connect(); });
document.addEventListener('visibilitychange', () => { if (document.hidden) { source?.close(); source = null; } else connect(); });
addEventListener('pagehide', () => source?.close());
connect();
