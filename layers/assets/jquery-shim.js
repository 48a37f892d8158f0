/* The two uses that folium makes of jQuery: elements from HTML, and waiting for the document. Part of routeways. */
(function () {
  "use strict";
  if (window.$) { return; }
  window.$ = function (thing) {
    if (typeof thing === "string") {
      return window.routewaysGuard.clean(thing.trim()).childNodes;
    }
    return { ready: function (callback) {
      if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", callback); } else { callback(); }
    } };
  };
})();
