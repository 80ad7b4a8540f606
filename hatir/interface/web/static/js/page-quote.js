// The customer's page of a quote: a drawn signature, and sums that follow the ticks. Without this a typed name suffices.
const form = document.querySelector('#answer');
const box = document.querySelector('[data-sign]');

function signable() {
  const canvas = box.querySelector('canvas');
  const pen = canvas.getContext('2d');
  let drawn = false;
  const place = (event) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [(event.clientX - left) * canvas.width / width, (event.clientY - top) * canvas.height / height];
  };
  box.hidden = false;
  Object.assign(pen, { lineWidth: 3, lineCap: 'round', lineJoin: 'round', strokeStyle: '#14233c' });
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...place(event));
    drawn = true;
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(...place(event));
    pen.stroke();
  });
  box.querySelector('[data-sign-clear]').addEventListener('click', () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    drawn = false;
  });
  form.addEventListener('submit', () => { form.elements.signature.value = drawn ? canvas.toDataURL('image/png') : ''; });
}

if (form && box) signable();
const reckon = document.querySelector('[data-options]');
const options = document.querySelectorAll('input[name=option]');
const place = (root, option) => root.querySelector(`input[name=option][value="${CSS.escape(option.value)}"]`).closest('tr');
let choosing = Promise.resolve();

/** Let the server reckon what is ticked and draw the sums anew; a name and a signature stay as they are. */
async function choose() {
  const said = new URLSearchParams([['do', 'options'], ['csrfmiddlewaretoken', form.elements.csrfmiddlewaretoken.value]]);
  for (const option of options) if (option.checked) said.append('option', option.value);
  const answer = await fetch(form.action, { method: 'POST', body: said }).catch(() => null);
  if (!answer?.ok) { reckon.click(); return; }
  const drawn = new DOMParser().parseFromString(await answer.text(), 'text/html');
  document.querySelector('#sums').replaceChildren(...drawn.querySelector('#sums').childNodes);
  for (const option of options) {
    const [here, there] = [place(document, option), place(drawn, option)];
    here.className = there.className;
    here.querySelector('.tag').textContent = there.querySelector('.tag').textContent;
  }
}

if (reckon) {
  reckon.hidden = true;
  // One after the other, so that the last tick has the last word
  for (const option of options) option.addEventListener('change', () => { choosing = choosing.then(choose); });
}
