// Reports pages that were opened, after the visitor agreed: call hatirVisit.agree() then, hatirVisit.forget() to end it.
(function () {
  "use strict";
  var base = new URL(document.currentScript.src).origin, key = "hatir_visitor", agreed = "hatir_agreed";
  function stored(name) { try { return localStorage.getItem(name); } catch (e) { return null; } }
  function report() {
    var token = stored(key);
    if (!token) {
      token = crypto.randomUUID();
      try { localStorage.setItem(key, token); } catch (e) { return; }
    }
    fetch(base + "/f/visit/", {
      method: "POST", mode: "cors", credentials: "omit", keepalive: true, headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ v: token, page: location.href.slice(0, 500), referrer: document.referrer.slice(0, 500), title: document.title.slice(0, 200) })
    }).catch(function () { /* a visit that cannot be told is not told */ });
  }
  window.hatirVisit = {
    agree: function () { if (stored(agreed) !== "yes") { try { localStorage.setItem(agreed, "yes"); } catch (e) { return; } } report(); },
    forget: function () { try { localStorage.removeItem(key); localStorage.removeItem(agreed); } catch (e) { /* nothing was kept */ } }
  };
  if (stored(agreed) === "yes") report();
})();
