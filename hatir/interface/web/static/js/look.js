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
  navigator.clipboard?.writeText(new URL(url, location.href).href).then(() => {
    const words = control?.dataset.done ?? document.body.dataset.copied;
    document.dispatchEvent(new CustomEvent('toast', { detail: { text: words } }));
  });
  return true;
}

onKey('s', toggleSidebar);
onKey('mod+\\', toggleSidebar);
onKey('mod+.', () => copyLink($('[data-copy-link]')));

root.classList.remove('no-js');
if (!/Mac|iP(hone|ad)/.test(navigator.platform)) {
  $$('kbd').forEach((key) => { if (key.textContent.includes('⌘')) key.textContent = key.textContent.replace(/⌘\s?/, 'Ctrl '); });
}
$$('[data-mixed]').forEach((box) => { box.indeterminate = true; });
