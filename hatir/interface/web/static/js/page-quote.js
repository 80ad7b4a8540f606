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
if (reckon) for (const option of document.querySelectorAll('input[name=option]')) option.addEventListener('change', () => reckon.click());
