// What happens around requests: a line for long ones, words for failed ones, focus and announcements afterwards.
import { $, $$, announce, say } from './dom.js';
import { toast } from './toasts.js';

const SLOW_MS = 300;
const waiting = new Map();
let came = document.body;

document.addEventListener('htmx:before:request', (event) => {
  const { ctx } = event.detail;
  const timer = setTimeout(() => {
    $('#busy')?.classList.add('is-on');
    const button = ctx.request.submitter ?? (ctx.sourceElement.matches?.('button') ? ctx.sourceElement : null);
    button?.setAttribute('aria-busy', 'true');
    waiting.set(ctx, { timer, button });
  }, SLOW_MS);
  waiting.set(ctx, { timer });
  came = document.activeElement;
});

document.addEventListener('htmx:finally:request', (event) => {
  const { timer, button } = waiting.get(event.detail.ctx) ?? {};
  clearTimeout(timer);
  button?.removeAttribute('aria-busy');
  waiting.delete(event.detail.ctx);
  if (!waiting.size) $('#busy')?.classList.remove('is-on');
});

// 409 and 422 come back as a fragment that is swapped in; everything else is said in a toast.
document.addEventListener('htmx:response:error', (event) => {
  const { ctx } = event.detail;
  const { status } = ctx.response;
  if ([401, 409, 422].includes(status) || ctx.hx?.redirect || ctx.hx?.trigger?.includes('toast')) return;
  toast({ text: say(`error_${status}`) || say('error'), kind: 'bad' });
});
document.addEventListener('htmx:error', (event) => {
  if (event.detail.error?.name === 'AbortError' || event.detail.handled) return;
  if (event.detail.error instanceof TypeError) toast({ text: say('network'), kind: 'warn' });
});

// Focus never falls back to the top of the page
document.addEventListener('htmx:after:swap', (event) => {
  const { ctx } = event.detail;
  $$('[data-announce]', ctx.target?.isConnected ? ctx.target : document).forEach((place) => announce(place.textContent.trim()));
  // What loads by itself takes no focus
  if (document.activeElement !== document.body || came === document.body || ctx.sourceElement?.matches?.('[data-related], [data-timeline]')) return;
  const again = came?.isConnected ? came : came?.id && document.getElementById(came.id);
  const target = document.getElementById(ctx.target?.id ?? '') ?? ctx.target;
  const heading = target?.isConnected && $('[autofocus], [aria-invalid=true], h1, h2, h3', target);
  const place = again || heading || (target?.isConnected && $('.tbl-wrap', target));
  if (!place) return;
  if (!again && !place.matches('a, button, input, select, textarea')) place.tabIndex = -1;
  place.focus({ preventScroll: true });
});
