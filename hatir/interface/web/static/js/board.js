// A board of cards: drag to another lane or onto a target, M and arrows for the keyboard. The card moves at once; when the
// server refuses, it goes back, and what the server says is told.
import { $, $$, fold, say, token } from './dom.js';
import { onKey } from './keyboard.js';
import { toast } from './toasts.js';

const board = () => $('[data-board]');
const cardAt = (element) => element?.closest?.('[data-card]');
let held = null;

function over(event) {
  const place = event.target.closest?.('[data-lane], [data-drop]');
  $$('.is-over').forEach((other) => { if (other !== place) other.classList.remove('is-over'); });
  if (!held || !place) return null;
  event.preventDefault();
  place.classList.add('is-over');
  return place;
}

document.addEventListener('dragstart', (event) => {
  const card = cardAt(event.target);
  if (!card || !board()) return;
  held = card;
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', card.dataset.card);
  requestAnimationFrame(() => { card.classList.add('is-drag'); $('.boardbox')?.classList.add('is-dragging'); });
});
document.addEventListener('dragover', over);
/** Nothing is held any more; a card that left the board with its drop never hears of the end of its dragging. */
function letGo() {
  held?.classList.remove('is-drag');
  $('.boardbox')?.classList.remove('is-dragging');
  $$('.is-over').forEach((place) => place.classList.remove('is-over'));
  held = null;
}
document.addEventListener('dragend', letGo);
document.addEventListener('drop', (event) => {
  const place = over(event), card = held;
  letGo();
  if (place) move(card, place);
});

async function move(card, place) {
  const from = card.closest('[data-lane]');
  if (!from || place === from) return;
  const after = card.nextElementSibling;
  const list = $('.lane__b', place);
  if (list) list.prepend(card); else card.remove();
  const back = () => $('.lane__b', from).insertBefore(card, after?.parentElement === $('.lane__b', from) ? after : null);
  const body = new URLSearchParams({ from: from.dataset.lane, to: place.dataset.lane ?? place.dataset.drop });
  let answer;
  try {
    answer = await fetch(`${card.dataset.move}${location.search}`, { method: 'POST', body, headers: { 'X-CSRFToken': token(), 'HX-Request': 'true', 'X-Board': '1' } });
  } catch {
    back();
    toast({ text: say('network'), kind: 'warn' });
    return;
  }
  const events = JSON.parse(answer.headers.get('HX-Trigger') || '{}');
  if (!answer.ok && answer.status !== 409) back();
  if (events.toast) toast(events.toast); else if (!answer.ok) toast({ text: say(`error_${answer.status}`) || say('error'), kind: 'bad' });
  if (answer.ok || answer.status === 409) redraw(await answer.text(), card);
  if (events['deal:lost']) askWhy(events['deal:lost']);
  if (events['step:plan']) planNext(events['step:plan']);
}

/** Nothing is planned any more: what could come next is offered in the dialog. */
const planNext = ({ url }) => window.htmx.ajax('GET', url, { target: '#dialog', swap: 'innerHTML' });
document.addEventListener('step:plan', (event) => planNext(event.detail));

/** Put what came in the place of what has the same id: heads of lanes, the strip, the card where it belongs. */
function redraw(html, card) {
  const came = new DOMParser().parseFromString(html, 'text/html');
  for (const part of $$('[data-part]', came)) document.getElementById(part.id)?.replaceWith(part);
  const fresh = $('[data-card]', came);
  if (!fresh) return;
  const lane = $(`[data-lane="${CSS.escape(fresh.dataset.stage)}"] .lane__b`);
  if (card.isConnected && card.closest('.lane__b') === lane) card.replaceWith(fresh);
  else { card.remove(); lane?.prepend(fresh); }
  window.htmx.process?.(fresh);
  fresh.focus({ preventScroll: true });
}

/** The reason of a loss is asked in the toast that tells of it, however the deal came there. */
document.addEventListener('deal:lost', (event) => askWhy(event.detail));
function askWhy({ url, label, reasons }) {
  const place = $$('#toasts .toast').at(-1);
  if (!place || !reasons.length) return;
  const choice = document.createElement('select');
  choice.className = 'input';
  choice.setAttribute('aria-label', label);
  choice.append(new Option(label, ''), ...reasons.map(([value, text]) => new Option(text, value)));
  choice.addEventListener('change', () => { place.remove(); window.htmx.ajax('POST', url, { source: document.body, swap: 'none', values: { reason: choice.value } }); });
  $('[data-text]', place).after(choice);
}

function step(event) {
  const card = cardAt(document.activeElement);
  if (!card || !board()) return;
  const lane = card.closest('[data-lane]');
  const cards = $$('[data-card]', lane);
  const at = cards.indexOf(card);
  const beside = (lanes, by) => lanes[lanes.indexOf(lane) + by];
  const lanes = $$('[data-lane]');
  const next = {
    arrowdown: () => cards[at + 1], arrowup: () => cards[at - 1],
    arrowright: () => pick(beside(lanes, 1), at), arrowleft: () => pick(beside(lanes, -1), at),
  }[fold(event.key)]?.();
  if (next) { event.preventDefault(); next.focus(); }
}
const pick = (lane, at) => { const cards = lane ? $$('[data-card]', lane) : []; return cards[Math.min(at, cards.length - 1)]; };
document.addEventListener('keydown', (event) => { if (event.key.startsWith('Arrow') && !event.ctrlKey && !event.metaKey) step(event); });

function walk(by) {
  if (!board()) return false;
  const cards = $$('[data-card]');
  const at = cards.indexOf(cardAt(document.activeElement));
  cards[at < 0 ? 0 : Math.max(0, Math.min(cards.length - 1, at + by))]?.focus();
  return cards.length > 0;
}
onKey('j', () => walk(1));
onKey('k', () => walk(-1));
onKey('m', () => {
  const card = cardAt(document.activeElement);
  if (!card) return false;
  $('[data-move-link]', card).click();
  return true;
});
onKey('enter', () => {
  const card = document.activeElement;
  if (!card?.matches?.('[data-card]')) return false;
  location.href = $('h3 a', card).href;
  return true;
});
