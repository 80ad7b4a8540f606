// Tells the page around a form how high the form is.
(function () {
  "use strict";
  function tell() { parent.postMessage({ hatirHeight: document.documentElement.scrollHeight }, "*"); }
  addEventListener("load", tell);
  if ("ResizeObserver" in window) new ResizeObserver(tell).observe(document.documentElement);
})();
