/* Markup in texts of folium's own popups, tooltips, icons and credits is kept to what cannot act or fetch.
   Leaflet would write such texts as HTML. Part of routeways. */
(function () {
  "use strict";
  if (window.routewaysGuard || !window.L) { return; }
  function words(text) {
    var found = Object.create(null);
    text.split(" ").forEach(function (word) { found[word] = true; });
    return found;
  }
  var KEPT = words("a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em " +
    "figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span strong sub " +
    "summary sup table tbody td tfoot th thead time tr u ul var wbr svg g path circle rect line polyline polygon ellipse " +
    "text tspan title desc");
  var GONE = words("script style iframe frame object embed template noscript textarea select xmp plaintext math " +
    "foreignobject");
  var NAMES = words("class id style title alt src href width height colspan rowspan scope lang dir role align valign border " +
    "cellpadding cellspacing color face size start datetime cite open span d x y dx dy cx cy r rx ry x1 x2 y1 y2 points " +
    "viewbox fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-linecap " +
    "stroke-linejoin opacity transform text-anchor font-size font-family font-weight preserveaspectratio");
  function allowed(name, value) {
    var plain = value.replace(/[\u0000-\u0020]+/g, "").toLowerCase();
    if (name === "href") { return /^(https?:|mailto:|tel:|#)/.test(plain); }
    if (name === "src") { return /^data:image\//.test(plain); }
    if (name === "style" && /[\\@]|url\(|image-set|src\(/.test(plain)) { return false; }
    if (/^(aria|data)-[\w-]+$/.test(name)) { return true; }
    return Boolean(NAMES[name]) && !/url\(/.test(plain);
  }
  function tidy(parent) {
    Array.prototype.slice.call(parent.childNodes).forEach(function (child) {
      if (child.nodeType === 3) { child.data = child.data.replace(MARKED, ""); return; }
      var name = child.nodeType === 1 ? child.localName.toLowerCase() : "";
      if (child.nodeType !== 1 || GONE[name]) { parent.removeChild(child); return; }
      tidy(child);
      if (!KEPT[name]) {
        while (child.firstChild) { parent.insertBefore(child.firstChild, child); }
        parent.removeChild(child);
        return;
      }
      Array.prototype.slice.call(child.attributes).forEach(function (attribute) {
        attribute.value = attribute.value.replace(MARKED, "");
        if (!allowed(attribute.name.toLowerCase(), attribute.value)) { child.removeAttribute(attribute.name); }
      });
      if (name === "a") { child.setAttribute("target", "_blank"); child.setAttribute("rel", "noopener noreferrer"); }
    });
  }
  /* Read in a template: nothing in it runs or loads before it is tidied. Handlers get a mark before their name, so
     that the policy of the page has nothing to report; words that look like one lose it again. */
  var MARKED = /\uE000(?=on)/gi;
  function clean(text) {
    var template = document.createElement("template");
    template.innerHTML = String(text).replace(/on(?=[a-z]+[\s\/]*=)/gi, "\uE000$&");
    tidy(template.content);
    return template.content;
  }
  /* The table of a GeoJSON feature's values: data, so text nodes. */
  function table(properties, fields, aliases, labels, localize) {
    var made = document.createElement("table"), body = made.appendChild(document.createElement("tbody"));
    fields.forEach(function (field, i) {
      var row = body.insertRow(), value = properties[field], head;
      if (labels) {
        head = document.createElement("th");
        head.scope = "row";
        head.textContent = String(aliases[i]);
        row.appendChild(head);
      }
      if (value === null || value === undefined) { value = ""; }
      else if (typeof value === "object") { value = JSON.stringify(value); }
      else { value = localize ? value.toLocaleString() : String(value); }
      row.insertCell().textContent = value;
    });
    return made;
  }
  window.routewaysGuard = { clean: clean, table: table };

  var update = L.DivOverlay.prototype._updateContent, create = L.DivIcon.prototype.createIcon;
  L.DivOverlay.include({
    _updateContent: function () {
      var held = this._content, content = typeof held === "function" ? held(this._source || this) : held;
      this._content = typeof content === "string" ? clean(content) : content;
      try { update.call(this); } finally { this._content = held; }
    }
  });
  L.DivIcon.include({
    createIcon: function (old) {
      var held = this.options.html, made;
      if (typeof held !== "string") { return create.call(this, old); }
      this.options.html = false;
      try { made = create.call(this, old); } finally { this.options.html = held; }
      made.appendChild(clean(held));
      return made;
    }
  });
  var credit = L.Control.Attribution.prototype.addAttribution;
  L.Control.Attribution.include({
    addAttribution: function (text) {
      var box = document.createElement("div");
      if (text) { box.appendChild(clean(text)); }
      return credit.call(this, box.innerHTML);
    }
  });
})();
