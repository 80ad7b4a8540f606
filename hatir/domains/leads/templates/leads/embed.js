// Puts a form into the page where this script stands: <script src="…/f/embed.js" data-form="TOKEN" async></script>
(function () {
  "use strict";
  var script = document.currentScript, base = new URL(script.src).origin, token = script.dataset.form;
  var here = new URL(location.href), asked = new URLSearchParams({ embed: "1", page: here.origin + here.pathname });
  if (document.referrer) asked.set("referrer", document.referrer.slice(0, 500));
  here.searchParams.forEach(function (value, name) { if (/^utm_/.test(name)) asked.set(name, value.slice(0, 100)); });
  try { var visitor = localStorage.getItem("hatir_visitor"); if (visitor) asked.set("v", visitor); } catch (e) { /* storage is closed */ }
  var frame = document.createElement("iframe");
  frame.src = base + "/f/" + encodeURIComponent(token) + "/?" + asked;
  frame.title = script.dataset.title || "Form";
  frame.style.cssText = "width:100%;border:0;min-height:420px";
  addEventListener("message", function (event) {
    if (event.origin === base && event.source === frame.contentWindow && event.data && event.data.hatirHeight) frame.style.height = event.data.hatirHeight + "px";
  });
  script.parentNode.insertBefore(frame, script);
})();
