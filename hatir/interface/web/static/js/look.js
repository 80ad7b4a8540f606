// Theme, density, sidebar: kept in cookies, so that the server draws the page right at once.
import { $, $$, remember, root } from './dom.js';
import { onKey } from './keyboard.js';

const isDark = () => (root.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';

function setTheme(theme) {
  if (theme === 'auto') delete root.dataset.theme;
  else root.dataset.theme = theme;
  remember('hatir_theme', theme);
  document.dispatchEvent(new Event('look:changed'));
}

function toggleSidebar() {
  const app = $('.app');
  if (!app) return false;
  app.dataset.side = app.dataset.side === 'rail' ? 'full' : 'rail';
  remember('hatir_side', app.dataset.side);
  return true;
}

document.addEventListener('click', (event) => {
  const theme = event.target.closest('[data-theme-toggle]');
  if (theme) { event.preventDefault(); setTheme(isDark() ? 'light' : 'dark'); }
  if (event.target.closest('[data-side-toggle]')) toggleSidebar();
  const words = event.target.closest('[data-copy]');
  if (words) { event.preventDefault(); copyWords(words.dataset.copy, words.dataset.done); }
  if (event.target.closest('[data-copy-link]')) { event.preventDefault(); copyLink(event.target.closest('[data-copy-link]')); }
});
document.addEventListener('change', (event) => {
  const { name, value } = event.target;
  if (event.target.matches('[data-look]')) {
    if (name === 'theme') setTheme(value);
    if (name === 'density') { root.dataset.density = value; remember('hatir_density', value); }
  }
});

function copyLink(control) {
  const url = control?.dataset.copyLink || location.href;
  return copyWords(new URL(url, location.href).href, control?.dataset.done);
}

function copyWords(words, said = document.body.dataset.copied) {
  navigator.clipboard?.writeText(words).then(() => {
    document.dispatchEvent(new CustomEvent('toast', { detail: { text: said } }));
  });
  return true;
}

onKey('s', toggleSidebar);
onKey('mod+\\', toggleSidebar);
onKey('mod+.', () => copyLink($('[data-copy-link]')));

root.classList.remove('no-js');
const isApple = /Mac|iP(hone|ad)/.test(navigator.platform);
function nameKeys(within) {
  if (isApple) return;
  $$('kbd', within).forEach((key) => { if (key.textContent.includes('⌘')) key.textContent = key.textContent.replace(/⌘\s?/, 'Ctrl '); });
}
nameKeys(document);
document.addEventListener('htmx:after:swap', () => nameKeys(document));
$$('[data-mixed]').forEach((box) => { box.indeterminate = true; });
