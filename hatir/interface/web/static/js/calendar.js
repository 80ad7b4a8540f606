// The calendar: events are dragged to another time, or moved by Shift and the arrows when they have the focus.
import { $, $$, send } from './dom.js';

const HALF_HOUR = 30 * 60 * 1000;
let dragged = null;

const pad = (number) => String(number).padStart(2, '0');
const written = (at) => `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;

async function move(event, at) {
  await send(event.dataset.move, { to: written(at) });
  location.reload();
}

/** The half hour of a column at a height of the window. */
function slotAt(column, y) {
  const { top, height } = column.getBoundingClientRect();
  const grid = column.closest('.cal');
  const row = Math.max(0, Math.min(grid.dataset.rows - 1, Math.floor(((y - top) / height) * grid.dataset.rows)));
  const at = new Date(`${column.dataset.on}T00:00`);
  at.setMinutes(Number(grid.dataset.firstHour) * 60 + row * 30);
  return at;
}

document.addEventListener('dragstart', (event) => {
  dragged = event.target.closest?.('.cal__e[data-move]') ?? null;
});
document.addEventListener('dragover', (event) => {
  const column = dragged && event.target.closest?.('.cal__col');
  if (!column) return;
  event.preventDefault();
  $$('.cal__col.is-over').forEach((each) => each.classList.toggle('is-over', each === column));
  column.classList.add('is-over');
});
document.addEventListener('drop', (event) => {
  const column = dragged && event.target.closest?.('.cal__col');
  if (!column) return;
  event.preventDefault();
  move(dragged, slotAt(column, event.clientY));
});
document.addEventListener('dragend', () => {
  dragged = null;
  $$('.cal__col.is-over').forEach((each) => each.classList.remove('is-over'));
});

const STEPS = { ArrowUp: -HALF_HOUR, ArrowDown: HALF_HOUR, ArrowLeft: -48 * HALF_HOUR, ArrowRight: 48 * HALF_HOUR };
document.addEventListener('keydown', (event) => {
  const focused = document.activeElement?.closest?.('.cal__e[data-move]');
  if (!focused || !event.shiftKey || !(event.key in STEPS)) return;
  event.preventDefault();
  sessionStorage.setItem('calendar.focus', focused.dataset.move);
  move(focused, new Date(new Date(focused.dataset.at).getTime() + STEPS[event.key]));
});
const kept = sessionStorage.getItem('calendar.focus');
if (kept) {
  sessionStorage.removeItem('calendar.focus');
  $(`.cal__e[data-move="${CSS.escape(kept)}"]`)?.focus();
}
