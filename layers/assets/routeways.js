/* Draws the layers of routeways on a Leaflet map from one block of JSON.
   Text becomes text nodes; nothing from the data is ever an id, a key, a style or markup. Part of routeways. */
(function () {
  "use strict";
  if (window.routeways) { return; }
  var SVG = "http://www.w3.org/2000/svg";
  var MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  var still = window.matchMedia && window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  var serial = 0;

  /* --- elements ------------------------------------------------------------------------------------------------ */
  function node(tag, className, text) {
    var made = document.createElement(tag);
    if (className) { made.className = className; }
    if (text !== undefined && text !== null) { made.textContent = text; }
    return made;
  }
  function shape(tag, attributes) {
    var made = document.createElementNS(SVG, tag);
    Object.keys(attributes).forEach(function (name) { made.setAttribute(name, attributes[name]); });
    return made;
  }
  /* --- packed data: the counterpart of layers/packing.py ------------------------------------------------------- */
  var LAST = 60, MORE = 24, DIGITS = new Int16Array(128).fill(-1);
  (function () {
    for (var code = 33, digit = 0; code < 127; code += 1) {
      if ("\"\\<>&'`{}$".indexOf(String.fromCharCode(code)) < 0) { DIGITS[code] = digit; digit += 1; }
    }
  })();
  function unpack(text) {
    var numbers = [], value = 0, scale = 1, i, digit;
    for (i = 0; i < text.length; i += 1) {
      digit = text.charCodeAt(i);
      digit = digit < 128 ? DIGITS[digit] : -1;
      if (digit < 0) { throw new Error("Invalid packed numbers: a character is none of their letters."); }
      value += digit * scale;
      if (digit < LAST) {
        numbers.push(value % 2 ? -(value + 1) / 2 : value / 2);
        value = 0;
        scale = 1;
      } else {
        scale *= MORE;
      }
    }
    if (scale > 1) { throw new Error("Invalid packed numbers: the text stops within a number."); }
    return numbers;
  }
  function opened(value) {
    if (typeof value === "string") { return unpack(value); }
    return Array.isArray(value) && typeof value[0] !== "number" ? value.map(opened) : value;
  }
  var GEOMETRY = ["line", "at", "shape"];
  var TEXTS = ["title", "figure", "source", "facts", "sentences", "summary", "caption", "countries", "unit", "aria"];
  /* Features from keys and rows; where text belongs, a number is the place of a text among the shared ones. */
  function expand(data) {
    function told(value) {
      return Array.isArray(value) ? value.map(told) : typeof value === "number" ? data.texts[value] : value;
    }
    data.labels.forEach(function (label) { label.at = opened(label.at); });
    ["backdrop", "land", "borders"].forEach(function (name) { data.base[name] = opened(data.base[name] || []); });
    data.layers.forEach(function (layer) {
      layer.features = layer.rows.map(function (row) {
        var feature = {};
        layer.keys.forEach(function (key, i) {
          feature[key] = GEOMETRY.indexOf(key) >= 0 ? opened(row[i]) : TEXTS.indexOf(key) >= 0 ? told(row[i]) : row[i];
        });
        return feature;
      });
    });
    return data;
  }
  function decode(numbers, scale) {
    var lon = 0, lat = 0, points = [];
    if (numbers.length % 2) { throw new Error("Invalid line: longitude without latitude."); }
    for (var i = 0; i < numbers.length; i += 2) {
      lon += numbers[i]; lat += numbers[i + 1];
      points.push([lat / scale, lon / scale]);
    }
    return points;
  }
  function group3(value) { return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ","); }

  /* --- lines --------------------------------------------------------------------------------------------------- */
  /* One function says how a leg looks; the map and the legend both ask it. */
  function legStyle(kind, mode, width, colours, least) {
    var colour = colours.modes[mode] || colours.other;
    if (kind === "own") {
      return { line: { color: colour, weight: width, opacity: 0.88, lineCap: "butt" }, arrow: colour, width: width };
    }
    if (kind === "bound") {
      return {
        band: { color: colour, weight: width, opacity: 0.16, lineCap: "butt" },
        line: { color: colour, weight: least || 1.5, opacity: 0.9, lineCap: "butt" }, arrow: colour, width: width, head: least || 4
      };
    }
    if (kind === "zero") {
      return { line: { color: colour, weight: 1.2, opacity: 0.45, lineCap: "butt" }, arrow: colour, width: 1.2 };
    }
    if (kind === "held") {
      return {
        line: { color: colour, weight: 2.2, opacity: 0.9, dashArray: "0.1 5", lineCap: "round" }, arrow: colour, width: 2.2
      };
    }
    if (kind === "more" || kind === "less") {
      return {
        line: {
          color: colours[kind], weight: width, opacity: 0.9, dashArray: kind === "less" ? "10 4" : null, lineCap: "butt"
        },
        arrow: colours[kind], width: width
      };
    }
    return {
      line: { color: colour, weight: 1.6, opacity: 0.85, dashArray: "5 4", lineCap: "butt" }, arrow: colour, width: 1.6
    };
  }
  function arrowSize(style) {
    var width = style.head || style.width;
    return Math.max(7, Math.min(20, width * 0.9 + 5));
  }

  /* Moves a line to the right of its direction of travel by some pixels, at any zoom, and leaves room for its arrow. */
  function beside(points, offset, trim) {
    var clean = points.filter(function (point, i) { return !i || !point.equals(points[i - 1]); });
    if (clean.length < 2) { return points; }
    var normals = [], moved = [], i;
    for (i = 1; i < clean.length; i += 1) {
      var dx = clean[i].x - clean[i - 1].x, dy = clean[i].y - clean[i - 1].y, length = Math.hypot(dx, dy);
      normals.push([-dy / length, dx / length]);
    }
    for (i = 0; i < clean.length; i += 1) {
      var a = normals[Math.max(0, i - 1)], b = normals[Math.min(normals.length - 1, i)];
      var nx = a[0] + b[0], ny = a[1] + b[1], size = Math.hypot(nx, ny) || 1;
      var stretch = Math.min(1.6, 2 / Math.max(size, 0.4) );
      if (size < 0.05) { nx = a[0]; ny = a[1]; size = 1; stretch = 1; }
      moved.push(L.point(clean[i].x + nx / size * offset * stretch, clean[i].y + ny / size * offset * stretch));
    }
    while (trim > 0 && moved.length >= 2) {
      var last = moved[moved.length - 1], before = moved[moved.length - 2], rest = last.distanceTo(before);
      if (rest > trim || moved.length === 2) {
        var part = Math.min(trim, rest * 0.6) / (rest || 1);
        moved[moved.length - 1] = last.add(before.subtract(last).multiplyBy(part));
        break;
      }
      moved.pop(); trim -= rest;
    }
    return moved;
  }
  var SideLine = L.Polyline.extend({
    _updatePath: function () {
      this._plain = this._parts;
      this.draw();
    },
    draw: function () {
      var offset = this.options.offset || 0, trim = this.options.trim || 0;
      this._parts = this._plain.map(function (part) { return beside(part, offset, trim); });
      L.Polyline.prototype._updatePath.call(this);
      if (!this.options.arrow || !this._path) { return; }
      if (this._parts.length) { this._path.setAttribute("marker-end", this.options.arrow); }
      else { this._path.removeAttribute("marker-end"); }
    },
    /* Another look in the same view: nothing is projected or simplified anew. */
    restyle: function (look) {
      L.setOptions(this, look);
      if (!this._map || !this._path || !this._plain) { return; }
      this._renderer._updateStyle(this);
      this.draw();
    }
  });
  /* One marker for each colour and size, shared by all lines that need it. */
  function arrowHead(renderer, style) {
    var size = Math.round(arrowSize(style) * 2) / 2, svg = renderer._container, made = renderer.rwArrows || {};
    var key = style.arrow + size, defs = svg.querySelector("defs");
    renderer.rwArrows = made;
    if (made[key]) { return made[key]; }
    if (!defs) { defs = shape("defs", {}); svg.insertBefore(defs, svg.firstChild); }
    var id = "rw-arrow-" + (serial += 1);
    var marker = shape("marker", {
      id: id, markerUnits: "userSpaceOnUse", markerWidth: size, markerHeight: size, viewBox: "0 0 10 10",
      refX: "0.6", refY: "5", orient: "auto"
    });
    marker.appendChild(shape("path", { d: "M0 0L10 5L0 10Z", fill: style.arrow }));
    defs.appendChild(marker);
    made[key] = "url(#" + id + ")";
    return made[key];
  }
  function legLabel(feature, view) {
    var mode = feature.facts.find(function (fact) { return fact[0] === "Mode"; }), state = stateOf(feature, view);
    return feature.title + (mode ? ", " + mode[1] : "") + ". " + (state ? state.when + ": " + state.text + "." : feature.figure);
  }
  /* A schematic line has beads: it shows a direction, not a way. */
  function fuzzy(style) { return { color: style.arrow, weight: 8, opacity: 0.35, dashArray: "0.1 12", lineCap: "round" }; }
  function legClass(kind) {
    var known = { own: "own", bound: "bound", zero: "zero", held: "held", more: "more", less: "less" };
    return "rw-leg rw-" + (known[kind] || "none");
  }
  function drawLeg(feature, view) {
    var colours = view.data.colours, style = legStyle(feature.kind, feature.mode, feature.w, colours, feature.least);
    var points = decode(feature.line, 1e4), group = L.featureGroup(), band = null, line = null;
    var common = { noClip: true, smoothFactor: 1, pane: "routeways-legs", renderer: view.legs, interactive: false };
    function placed(look) { return { offset: look.width / 2 + 1.5, trim: arrowSize(look) }; }
    function reach(look) { return { offset: look.width / 2 + 1.5, trim: 0, weight: Math.max(14, look.width + 4) }; }
    function addBand(look) {
      band = new SideLine(points, L.extend({}, common, placed(look), look.band, { className: "rw-band" })).addTo(group);
      band.rwOrder = group.rwOrder;
      under();
      band.on("add", under);
    }
    /* A band lies below its own line, and changes nothing in the order of the others. */
    function under() {
      if (line && line._path && line._path.parentNode && band._path) { line._path.parentNode.insertBefore(band._path, line._path); }
    }
    if (feature.vague) {
      new SideLine(points, L.extend({}, common, placed(style), fuzzy(style), { className: "rw-fuzzy" })).addTo(group);
    }
    if (style.band) { addBand(style); }
    line = new SideLine(points, L.extend({}, common, placed(style), style.line, {
      className: legClass(feature.kind) + (feature.vague ? " rw-vague" : ""), arrow: arrowHead(view.legs, style)
    })).addTo(group);
    var hit = new SideLine(points, L.extend({}, common, reach(style), {
      interactive: true, color: "#1f2a33", opacity: 0, className: "rw-hit"
    })).addTo(group);
    line.on("add", function () { line._path.setAttribute("aria-hidden", "true"); });
    bind(hit, view, function () { return legPopup(feature, view); });
    hit.on("add", function () { view.tabs.add(hit, hit._path, legLabel(feature, view)); });
    hit.on("remove", function () { view.tabs.drop(hit); });
    /* Shows one month, or (without a state) the figure of the period. */
    group.rwShow = function (state) {
      var kind = state ? state.kind : feature.kind, look = legStyle(kind, feature.mode, state ? state.w : feature.w, colours, state ? null : feature.least);
      if (look.band && !band) {
        addBand(look);
      }
      if (band) {
        band.restyle(L.extend({ opacity: 0 }, placed(look), look.band || {}));
      }
      line.options.className = legClass(kind) + (feature.vague ? " rw-vague" : "");
      if (line._map) { line._path.setAttribute("class", line.options.className); }
      line.restyle(L.extend({ dashArray: null, arrow: arrowHead(view.legs, look) }, placed(look), look.line));
      var area = reach(look);
      if (area.weight !== hit.options.weight || Math.abs(area.offset - hit.options.offset) > 2) { hit.restyle(area); }
      if (hit._map) { hit._path.setAttribute("aria-label", legLabel(feature, view)); }
    };
    return group;
  }

  /* --- areas and points ---------------------------------------------------------------------------------------- */
  /* The shade of an area by the square root of its figure, on one scale for all months; hatched where there is none. */
  function areaStyle(state, view, change) {
    var colour = view.data.colours.area, plain = { color: colour, weight: 1, opacity: 0.55, dashArray: "2 3", fillColor: colour };
    if (change === "more" || change === "less") {
      return L.extend(plain, {
        color: view.data.colours[change], fillColor: view.data.colours[change], weight: 2, opacity: 0.9, fillOpacity: 0.12,
        dashArray: change === "less" ? "10 4" : null
      });
    }
    if (change === "none") { state = { kind: "none" }; }
    if (!state) { return L.extend(plain, { fillOpacity: 0.09 }); }
    if (state.kind === "none" || state.kind === "held") {
      return L.extend(plain, {
        fillColor: hatch(view.areas._container, state.kind, colour), fillOpacity: 1, opacity: 0.8,
        dashArray: state.kind === "held" ? "0.1 4" : "4 3"
      });
    }
    return L.extend(plain, { dashArray: null, fillOpacity: areaShade(state.value, view.data.months.scale) });
  }
  function areaShade(value, scale) {
    return value ? Math.round((0.06 + 0.5 * Math.sqrt(Math.min(value, scale[2]) / scale[2])) * 1000) / 1000 : 0;
  }
  function hatch(svg, kind, colour) {
    var held = kind === "held", made = svg.rwHatch || {}, defs = svg.querySelector("defs");
    svg.rwHatch = made;
    if (made[kind]) { return made[kind]; }
    if (!defs) { defs = shape("defs", {}); svg.insertBefore(defs, svg.firstChild); }
    var id = "rw-hatch-" + (serial += 1);
    var pattern = shape("pattern", {
      id: id, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: held ? "" : "rotate(45)"
    });
    pattern.appendChild(held ? shape("circle", { cx: 3, cy: 3, r: 1, fill: colour, "fill-opacity": 0.7 }) :
      shape("path", { d: "M0 0V7", stroke: colour, "stroke-width": 1.6, "stroke-opacity": 0.45 }));
    defs.appendChild(pattern);
    made[kind] = "url(#" + id + ")";
    return made[kind];
  }
  function drawArea(feature, view) {
    var rings = feature.shape.map(function (part) {
      return part.map(function (ring) { return decode(ring, 1e3); });
    });
    var area = L.polygon(rings, L.extend(areaStyle(null, view, feature.change), {
      pane: "routeways-areas", renderer: view.areas, className: "rw-area"
    }));
    area.rwShow = function (state) {
      area.setStyle(areaStyle(state, view));
      if (area._map) { area._path.setAttribute("aria-label", areaLabel()); }
    };
    function areaLabel() {
      var state = stateOf(feature, view);
      return state ? feature.title + ", corridor. " + state.when + ": " + state.text + "." : feature.aria;
    }
    bind(area, view, function () { return corridorPopup(feature, view); });
    area.on("add", function () { view.tabs.add(area, area._path, areaLabel()); });
    area.on("remove", function () { view.tabs.drop(area); });
    return area;
  }
  function symbol(name, colour, size) {
    var svg = shape("svg", {
      width: size + 4, height: size + 4, viewBox: "-1.5 -1.5 13 13", "aria-hidden": "true", focusable: "false"
    });
    var look = { fill: colour, stroke: "#ffffff", "stroke-width": "1.4", "stroke-linejoin": "round" };
    var open = { fill: "#ffffff", stroke: colour, "stroke-width": "2" };
    var drawn = {
      square: function () { return shape("rect", L.extend({ x: 0.5, y: 0.5, width: 9, height: 9 }, look)); },
      diamond: function () { return shape("path", L.extend({ d: "M5 -0.6L10.6 5L5 10.6L-0.6 5Z" }, look)); },
      triangle: function () { return shape("path", L.extend({ d: "M5 0L10.2 9.4L-0.2 9.4Z" }, look)); },
      disc: function () { return shape("circle", L.extend({ cx: 5, cy: 5, r: 4.6 }, look)); },
      circle: function () { return shape("circle", L.extend({ cx: 5, cy: 5, r: 3.8 }, open)); },
      cross: function () {
        return shape("path", { d: "M1 1L9 9M9 1L1 9", fill: "none", stroke: colour, "stroke-width": "2.2" });
      },
      ring: function () {
        return shape("circle", {
          cx: 5, cy: 5, r: 4.4, fill: "#ffffff", "fill-opacity": "0.55", stroke: colour, "stroke-width": "1.5",
          "stroke-dasharray": "2.2 1.6"
        });
      }
    }[name];
    if (drawn) { svg.appendChild(drawn()); }
    return svg;
  }
  /* A ring about a place: its room follows the figure of the month, its line says whether there is one. */
  function halo(state, size) {
    var ring = node("span", "rw-halo rw-halo-" + ({ own: "own", zero: "zero", held: "held" }[state.kind] || "none"));
    var across = Math.round(size + 6 + 2 * (state.w || 0));
    ring.style.width = ring.style.height = across + "px";
    ring.style.left = ring.style.top = (size - across) / 2 + "px";
    return ring;
  }
  function drawPoint(feature, view) {
    var look = view.data.symbols[feature.look], size = look.size + 4;
    var marker = L.marker(decode(feature.at, 1e4)[0], {
      icon: L.divIcon({
        className: "rw-point" + (feature.used ? "" : " rw-minor") + (look.small ? " rw-small" : ""), html: symbol(look.shape, look.colour, look.size),
        iconSize: [size, size], iconAnchor: [size / 2, size / 2], popupAnchor: [0, -size / 2]
      }),
      keyboard: false, pane: "routeways-points", riseOnHover: true
    });
    bind(marker, view, function () { return placePopup(feature, look, view); });
    function label() {
      var state = stateOf(feature, view), about = feature.name + ", " + look.one + (feature.countries ? ", " + feature.countries : "");
      return state ? about + ". " + state.when + ": " + state.text + "." : about;
    }
    marker.on("add", function () {
      view.tabs.add(marker, marker._icon, label());
      if (marker.rwHalo) { marker._icon.appendChild(marker.rwHalo); }
    });
    marker.rwShow = function (state) {
      var old = marker.rwHalo;
      marker.rwHalo = state ? halo(state, size) : null;
      if (old) { old.remove(); }
      if (marker._icon && marker.rwHalo) { marker._icon.appendChild(marker.rwHalo); }
      if (marker._icon) { marker._icon.setAttribute("aria-label", label()); }
    };
    marker.on("remove", function () { view.tabs.drop(marker); });
    return marker;
  }

  /* --- popups -------------------------------------------------------------------------------------------------- */
  /* Size and room are settled when a popup opens: it keeps clear of the legend and the buttons. */
  function bind(layer, view, make) {
    layer.bindPopup(function () {
      var frame = view.map.getContainer(), legend = frame.querySelector(".rw-legend"), options = layer.getPopup().options;
      var roomy = frame.clientWidth > 700, left = roomy && legend && legend.open ? legend.offsetWidth + 22 : 56;
      if (!roomy && legend) { legend.open = false; }
      options.maxWidth = Math.max(180, Math.min(330, frame.clientWidth - left - 94));
      options.minWidth = Math.min(230, options.maxWidth);
      options.maxHeight = Math.max(160, Math.min(520, frame.clientHeight - 130));
      options.autoPanPaddingTopLeft = L.point(left, 12);
      options.autoPanPaddingBottomRight = L.point(56, 46);
      return make();
    }, { className: "rw-popup" });
  }
  function popup(title, kicker) {
    var box = node("div", "rw-card");
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", title);
    if (kicker) { box.appendChild(node("p", "rw-kicker", kicker)); }
    box.appendChild(node("p", "rw-card-title", title));
    return box;
  }
  function facts(box, pairs) {
    if (!pairs.length) { return; }
    var list = node("dl", "rw-facts");
    pairs.forEach(function (pair) {
      list.appendChild(node("dt", "", pair[0]));
      list.appendChild(node("dd", "", pair[1]));
    });
    box.appendChild(list);
  }
  function chart(box, series, view, prefix, told) {
    if (!series) { return; }
    box.appendChild(node("p", "rw-chart-title", (prefix || "") + series.label));
    box.appendChild(sparkline(series, monthIn(series, view)));
    series.source.forEach(function (line) {
      if (!told || told.indexOf(line) < 0) { box.appendChild(node("p", "rw-source", line)); }
    });
  }
  function legPopup(feature, view) {
    var box = popup(feature.title, view.data.titles[feature.corridor]);
    tellMonth(box, feature, view);
    box.appendChild(node("p", "rw-figure", feature.figure));
    (feature.source || []).forEach(function (line) { box.appendChild(node("p", "rw-source", line)); });
    chart(box, view.data.series[feature.series], view, "Whole corridor: ", feature.source);
    facts(box, feature.facts);
    return box;
  }
  function corridorPopup(feature, view) {
    var box = popup(feature.title, "Corridor");
    if (feature.summary) { box.appendChild(node("p", "rw-lead", feature.summary)); }
    tellMonth(box, feature, view);
    var told = feature.sentences.map(function (line) { return node("p", "rw-figure", line); });
    box.appendChild(told.shift());
    if (feature.caption) { box.appendChild(node("p", "rw-caption", feature.caption)); }
    chart(box, view.data.series[feature.series], view);
    told.forEach(function (line) { box.appendChild(line); });
    facts(box, feature.facts);
    return box;
  }
  function placePopup(feature, look, view) {
    var box = popup(feature.name, look.one.charAt(0).toUpperCase() + look.one.slice(1));
    tellMonth(box, feature, view);
    facts(box, feature.facts);
    return box;
  }
  function monthName(first, i) {
    var month = first[0] * 12 + first[1] - 1 + i;
    return MONTHS[month % 12] + " " + Math.floor(month / 12);
  }
  function sparkline(series, now) {
    var values = series.values, width = 280, height = 74, top = 14, base = 58, highest = -1, peak = -1, last = -1;
    values.forEach(function (value, i) {
      if (value === null) { return; }
      last = i;
      if (value > highest) { highest = value; peak = i; }
    });
    if (last < 0) { return node("p", "rw-source", "No monthly figures."); }
    var x = function (i) { return values.length < 2 ? width / 2 : 4 + i * (width - 8) / (values.length - 1); };
    var y = function (value) { return base - (highest ? value / highest : 0) * (base - top); };
    var name = "By month, " + monthName(series.first, 0) + " to " + monthName(series.first, values.length - 1) +
      ": highest " + group3(highest) + " in " + monthName(series.first, peak) + ", latest " + group3(values[last]) +
      " in " + monthName(series.first, last) + ", " + series.unit + ".";
    var svg = shape("svg", { viewBox: "0 0 " + width + " " + height, role: "img", "aria-label": name, "class": "rw-spark" });
    var line = "", open = false;
    values.forEach(function (value, i) {
      if (value === null) { open = false; return; }
      line += (open ? "L" : "M") + x(i).toFixed(1) + " " + y(value).toFixed(1);
      if (!open && (i + 1 >= values.length || values[i + 1] === null)) { line += "h0.1"; }
      open = true;
    });
    svg.appendChild(shape("path", { d: "M4 " + base + "H" + (width - 4), stroke: "#9aa5ad", "stroke-width": 1, fill: "none" }));
    svg.appendChild(shape("path", {
      d: line, stroke: "#1f2a33", "stroke-width": 1.3, fill: "none", "stroke-linejoin": "round", "stroke-linecap": "round"
    }));
    svg.appendChild(shape("circle", { cx: x(last), cy: y(values[last]), r: 2.6, fill: "#D55E00" }));
    if (now >= 0 && now < values.length) {
      svg.appendChild(shape("path", { d: "M" + x(now).toFixed(1) + " " + (top - 2) + "V" + base, stroke: "#1f2a33", "stroke-dasharray": "2 2" }));
    }
    var write = function (text, at, level, anchor) {
      var words = shape("text", { x: at, y: level, "text-anchor": anchor, "font-size": 10, fill: "#55606a" });
      words.textContent = text;
      svg.appendChild(words);
    };
    var at = x(peak);
    write(group3(highest), at, top - 4, at < 40 ? "start" : at > width - 40 ? "end" : "middle");
    write(monthName(series.first, 0), 4, height - 4, "start");
    if (values.length > 1) { write(monthName(series.first, values.length - 1), width - 4, height - 4, "end"); }
    return svg;
  }

  /* --- months -------------------------------------------------------------------------------------------------- */
  var LONG = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"];
  function longMonth(first, at) {
    var month = first[0] * 12 + first[1] - 1 + at;
    return LONG[month % 12] + " " + Math.floor(month / 12);
  }
  /* The width of a figure: the counterpart of layers.palette.line_width. */
  function lineWidth(value, scale) {
    return Math.round(Math.max(scale[0], scale[1] * Math.sqrt(Math.min(value, scale[2]) / scale[2])) * 10) / 10;
  }
  /* What one row says of one month: published, zero, missing or withheld, and never one for the other. */
  function monthState(months, place, at) {
    var row = months.rows[place], code = row.codes[at], when = longMonth(months.first, at);
    if (code === undefined || code === -1) { return { kind: "none", w: null, text: "not published", when: when }; }
    if (code === -2) { return { kind: "held", w: null, text: "withheld, a figure exists", when: when }; }
    var bound = code % 2 === 1, value = Math.floor(code / 2) / (row.per || 1);
    var number = value % 1 ? group3(Math.floor(value)) + value.toFixed(1).slice(-2) : group3(value);
    var until = row.partial && row.partial[0] === at ? " (to " + row.partial[1] + ")" : "";
    return {
      kind: !value ? "zero" : bound ? "bound" : "own", w: lineWidth(value, months.scale), value: value, when: when,
      text: (bound && value ? "between 0 and " : "") + number + " " + row.unit + until
    };
  }
  function stateOf(feature, view) {
    var known = typeof feature.months === "number";
    if (view.month === null || !view.data.months) { return null; }
    return known ? view.states[feature.months] : { kind: "none", w: null, text: "not published", when: view.when };
  }
  function tellMonth(box, feature, view) {
    if (view.month === null || typeof feature.months !== "number") { return; }
    var state = stateOf(feature, view);
    box.appendChild(node("p", "rw-figure rw-month", state.when + ": " + state.text + "."));
  }
  function monthIn(series, view) {
    if (view.month === null) { return -1; }
    var first = view.data.months.first;
    return view.month + (first[0] - series.first[0]) * 12 + first[1] - series.first[1];
  }
  /* The slider under the map, and all that follows it. `drawn` pairs each feature with its layer. */
  function addTime(view, drawn, container) {
    var months = view.data.months, last = months.count - 1, timer = null, settling = null, dragging = false;
    months.rows.forEach(function (row) { row.codes = unpack(row.v); });
    var panel = node("div", "rw-time"), bar = node("div", "rw-time-bar"), said = node("p", "rw-time-label");
    var play = button("Play"), back = button("\u2039"), on = button("\u203a"), whole = button("Figures of the period");
    var slider = node("input", "rw-slider"), live = node("p", "rw-live"), name = node("strong"), told = node("span");
    panel.setAttribute("role", "group");
    panel.setAttribute("aria-label", "Month by month");
    back.setAttribute("aria-label", "Previous month");
    on.setAttribute("aria-label", "Next month");
    slider.type = "range";
    slider.min = 0;
    slider.max = last;
    slider.step = 1;
    slider.setAttribute("aria-label", "Month");
    live.setAttribute("role", "status");
    live.setAttribute("aria-live", "polite");
    said.appendChild(name);
    said.appendChild(told);
    [play, back, slider, on].concat(months.whole ? [whole] : []).forEach(function (part) { bar.appendChild(part); });
    [bar, said, live].forEach(function (part) { panel.appendChild(part); });
    container.parentNode.insertBefore(panel, container.nextSibling);
    function button(text) {
      var made = node("button", "", text);
      made.type = "button";
      return made;
    }
    var table = legTable(view, drawn);
    function corridors() {
      return months.corridors.map(function (row, i) {
        return view.data.titles[i] + ": " + (row === null ? "not published" : view.states[row].text);
      });
    }
    function show(at) {
      view.month = at;
      view.when = at === null ? "" : longMonth(months.first, at);
      view.states = at === null ? [] : months.rows.map(function (row, i) { return monthState(months, i, at); });
      drawn.forEach(function (one) {
        var state = at === null || one.still ? null : stateOf(one.feature, view);
        var key = state ? state.kind + (state.kind === "none" || state.kind === "held" ? "" : state.w + "/" + state.value) : "";
        if (one.key !== key) {
          one.layer.rwShow(state);
          one.key = key;
        } else if (state && one.layer.rwTell) {
          one.layer.rwTell();
        }
      });
      slider.value = at === null ? last : at;
      slider.setAttribute("aria-valuetext", at === null ? "Figures of the period, no single month" : view.when);
      name.textContent = at === null ? "Figures of the period" : view.when;
      told.className = at === null ? "rw-hint" : "";
      told.textContent = at === null ? " Move the slider for single months, " + longMonth(months.first, 0) + " to " +
        longMonth(months.first, last) + "." : " " + corridors().join("; ") + ".";
      whole.setAttribute("aria-pressed", at === null ? "true" : "false");
      container.setAttribute("aria-label", view.data.label + (at === null ? "" : ", " + view.when));
      table(at);
      var open = view.map._popup;
      if (open && open.isOpen() && open._source && open._source.rwElement) { open._updateContent(); open._updateLayout(); }
    }
    function announce() {
      clearTimeout(settling);
      settling = setTimeout(function () {
        live.textContent = view.month === null ? "Figures of the period." : view.when + ". " + corridors().join("; ") + ".";
      }, 250);
    }
    function go(at) {
      show(at === null ? null : Math.max(0, Math.min(last, at)));
      if (timer === null && !dragging) { announce(); }
    }
    function stop() {
      if (timer === null) { return; }
      clearInterval(timer);
      timer = null;
      play.textContent = "Play";
      announce();
    }
    function here() { return view.month === null ? last : view.month; }
    play.addEventListener("click", function () {
      if (timer !== null) { stop(); return; }
      play.textContent = "Pause";
      timer = setInterval(function () { if (here() >= last) { stop(); } else { go(here() + 1); } }, still ? 2000 : 800);
      go(view.month === null || here() >= last ? 0 : here() + 1);
    });
    back.addEventListener("click", function () { stop(); go(here() - 1); });
    on.addEventListener("click", function () { stop(); go(here() + 1); });
    whole.addEventListener("click", function () { stop(); go(null); });
    slider.addEventListener("input", function () { dragging = true; stop(); go(Number(slider.value)); });
    slider.addEventListener("change", function () { dragging = false; go(Number(slider.value)); });
    slider.addEventListener("keydown", function (event) {
      var to = {
        ArrowRight: here() + 1, ArrowUp: here() + 1, ArrowLeft: here() - 1, ArrowDown: here() - 1,
        PageUp: here() + 12, PageDown: here() - 12, Home: 0, End: last
      }[event.key];
      if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) { return; }
      event.preventDefault();
      event.stopPropagation();
      stop();
      go(to);
    });
    show(months.whole ? null : last);
  }
  /* The table of legs under the map, where the page has one: its figures follow the month. */
  function legTable(view, drawn) {
    var legs = drawn.filter(function (one) { return one.type === "leg"; });
    var frame = view.map.getContainer().closest("main, body").querySelector(".rw-legs table");
    var rows = frame ? Array.prototype.slice.call(frame.tBodies[0].rows) : [];
    if (!rows.length || rows.length !== legs.length) { return function () { return; }; }
    var head = frame.tHead.rows[0].cells[2], title = head.textContent, caption = frame.caption, about = caption.textContent;
    var held = rows.map(function (row) { return [row.cells[2].textContent, row.cells[3].textContent]; });
    var now = held.map(function (cells) { return cells[0]; }), from = held.map(function (cells) { return cells[1]; });
    return function (at) {
      head.textContent = at === null ? title : title + ", " + view.when;
      caption.textContent = at === null ? about : about + " Figures of " + view.when + ".";
      rows.forEach(function (row, i) {
        var state = at === null ? null : stateOf(legs[i].feature, view), text = state ? state.text : held[i][0];
        if (now[i] !== text) { row.cells[2].textContent = now[i] = text; }
        var source = state ? sourceOf(legs[i].feature, view) : held[i][1];
        if (from[i] !== source) { row.cells[3].textContent = from[i] = source; }
      });
    };
  }
  function sourceOf(feature, view) {
    var series = typeof feature.months === "number" && view.data.series[feature.series];
    return series && series.source.length ? series.source[series.source.length - 1] : "";
  }

  /* --- keyboard: one tab stop for everything drawn, arrows go from one to the next ----------------------------- */
  function Tabs(map) { this.items = []; this.map = map; this.current = null; }
  Tabs.prototype.add = function (layer, element, label) {
    var tabs = this;
    if (!element) { return; }
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", label);
    element.setAttribute("tabindex", "-1");
    if (!layer._rwKeys) {
      layer._rwKeys = true;
      layer.on("popupclose", function () {
        if (layer._rwReturn && layer.rwElement) { layer.rwElement.focus({ preventScroll: true }); }
        layer._rwReturn = false;
      });
    }
    if (layer.rwElement !== element) {
      element.addEventListener("keydown", function (event) { tabs.key(event, layer); });
      element.addEventListener("focus", function () { tabs.select(layer); });
    }
    layer.rwElement = element;
    if (!layer._rwListed) { layer._rwListed = true; this.items.push(layer); this.sorted = false; }
    if (!this.current) { this.select(layer); }
  };
  Tabs.prototype.drop = function (layer) {
    layer._rwListed = false;
    this.items = this.items.filter(function (item) { return item !== layer; });
    if (this.current !== layer) { return; }
    this.current = null;
    this.order();
    if (this.items.length) { this.select(this.items[0]); }
  };
  /* Sorted when somebody asks, not at each of hundreds of additions. */
  Tabs.prototype.order = function () {
    if (!this.sorted) { this.items.sort(function (a, b) { return a.rwOrder - b.rwOrder; }); }
    this.sorted = true;
  };
  Tabs.prototype.select = function (layer) {
    if (this.current && this.current.rwElement) { this.current.rwElement.setAttribute("tabindex", "-1"); }
    this.current = layer;
    layer.rwElement.setAttribute("tabindex", "0");
  };
  Tabs.prototype.key = function (event, layer) {
    this.order();
    var at = this.items.indexOf(layer), next = null;
    if (event.key === "Enter" || event.key === " ") {
      layer._rwReturn = true;
      layer.openPopup(layer.getCenter && layer._map && layer.getLatLngs ? middle(layer) : undefined);
      var card = this.map.getContainer().querySelector(".leaflet-popup .rw-card");
      if (card) { card.setAttribute("tabindex", "-1"); card.focus({ preventScroll: true }); }
    } else if (event.key === "ArrowRight" || event.key === "ArrowDown") {
      next = shownNext(this.items, at, 1);
    } else if (event.key === "ArrowLeft" || event.key === "ArrowUp") {
      next = shownNext(this.items, at, -1);
    } else if (event.key === "Home") {
      next = shownNext(this.items, -1, 1);
    } else if (event.key === "End") {
      next = shownNext(this.items, this.items.length, -1);
    } else if (event.key === "Escape") {
      this.map.closePopup();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (next) {
      next.rwElement.focus({ preventScroll: true });
      var where = next.getLatLng ? next.getLatLng() : middle(next);
      if (where && !this.map.getBounds().contains(where)) { this.map.panTo(where, { animate: !still }); }
    }
  };
  /* The next of the items that the view shows: small places are left out of far views. */
  function shownNext(items, at, step) {
    for (var i = 1, size = items.length; i <= size; i += 1) {
      var one = items[(at + step * i + size * (i + 1)) % size];
      if (one.rwElement && one.rwElement.getClientRects().length) { return one; }
    }
    return null;
  }
  function middle(layer) {
    var points = layer.getLatLngs();
    if (layer instanceof L.Polygon) { return layer.getBounds().getCenter(); }
    return L.latLng(points[Math.floor(points.length / 2)]);
  }

  /* --- basemap and labels -------------------------------------------------------------------------------------- */
  /* Lines of [lat, lon] in the plane of zoom 0, with their boxes: projected once, scaled at each view. */
  function flat(lines) {
    return lines.map(function (line) {
      var plane = new Float64Array(line.length * 2), west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
      for (var i = 0; i < line.length; i += 1) {
        var sine = Math.sin(Math.max(-85.0511, Math.min(85.0511, line[i][0])) * Math.PI / 180);
        var x = (line[i][1] + 180) / 360 * 256, y = 128 - Math.log((1 + sine) / (1 - sine)) * 64 / Math.PI;
        plane[2 * i] = x;
        plane[2 * i + 1] = y;
        if (x < west) { west = x; }
        if (x > east) { east = x; }
        if (y < north) { north = y; }
        if (y > south) { south = y; }
      }
      return { plane: plane, west: west, north: north, east: east, south: south };
    });
  }
  /* The land under the map: a few paths of one drawing, each written anew for a view. */
  var Ground = L.Renderer.extend({
    initialize: function (paths, pane) {
      L.Renderer.prototype.initialize.call(this, { pane: pane, padding: 0.4 });
      this.paths = paths;
    },
    _initContainer: function () {
      var svg = this._container = shape("svg", { "pointer-events": "none", fill: "none" });
      this.paths.forEach(function (path) { path.element = svg.appendChild(shape("path", path.look)); });
    },
    _destroyContainer: function () { this._container.remove(); delete this._container; },
    _updatePaths: function () { return; },
    _update: function () {
      if (this._map._animatingZoom && this._bounds) { return; }
      L.Renderer.prototype._update.call(this);
      var box = this._bounds, size = box.getSize(), svg = this._container, ground = this;
      L.DomUtil.setPosition(svg, box.min);
      svg.setAttribute("width", size.x);
      svg.setAttribute("height", size.y);
      svg.setAttribute("viewBox", [box.min.x, box.min.y, size.x, size.y].join(" "));
      this.paths.forEach(function (path) { path.element.setAttribute("d", ground.written(path)); });
    },
    written: function (path) {
      var factor = Math.pow(2, this._map.getZoom()), origin = this._map.getPixelOrigin(), box = this._bounds, d = [];
      var left = box.min.x - 5, right = box.max.x + 5, top = box.min.y - 5, bottom = box.max.y + 5;
      path.lines.forEach(function (line) {
        var plane = line.plane, pen = false, last = plane.length - 2, px, py;
        if (line.west * factor - origin.x > right || line.east * factor - origin.x < left ||
          line.north * factor - origin.y > bottom || line.south * factor - origin.y < top) { return; }
        for (var i = 0; i <= last; i += 2) {
          var x = Math.round(plane[i] * factor - origin.x), y = Math.round(plane[i + 1] * factor - origin.y);
          if (i && x === px && y === py) { continue; }
          if (path.closed) {
            d.push(i ? "L" : "M", x, " ", y);
          } else if (i && !((x < left && px < left) || (x > right && px > right) || (y < top && py < top) || (y > bottom && py > bottom))) {
            if (!pen) { d.push("M", px, " ", py); }
            d.push("L", x, " ", y);
            pen = true;
          } else {
            pen = false;
          }
          px = x;
          py = y;
        }
        if (path.closed) { d.push("Z"); }
      });
      return d.join("") || "M0 0";
    }
  });
  function drawBase(map, base, colours) {
    var pane = map.createPane("routeways-base"), coast = [];
    pane.style.zIndex = 150;
    pane.setAttribute("aria-hidden", "true");
    function rings(parts, scale) {
      return [].concat.apply([], parts.map(function (part) {
        return part.map(function (ring) { return decode(ring, scale); });
      }));
    }
    /* Where land ends at the edge of a box there is no coast. */
    function onEdge(a, b) {
      for (var i = 0; i < base.boxes.length; i += 1) {
        var box = base.boxes[i], near = 0.0015;
        if ((Math.abs(a[1] - box[0]) < near && Math.abs(b[1] - box[0]) < near) ||
          (Math.abs(a[1] - box[2]) < near && Math.abs(b[1] - box[2]) < near) ||
          (Math.abs(a[0] - box[1]) < near && Math.abs(b[0] - box[1]) < near) ||
          (Math.abs(a[0] - box[3]) < near && Math.abs(b[0] - box[3]) < near)) { return true; }
      }
      return false;
    }
    var land = rings(base.land, 1e3), borders = flat(base.borders.map(function (line) { return decode(line, 1e3); }));
    land.forEach(function (ring) {
      var run = [ring[0]];
      for (var i = 1; i < ring.length; i += 1) {
        if (onEdge(ring[i - 1], ring[i])) { if (run.length > 1) { coast.push(run); } run = [ring[i]]; } else { run.push(ring[i]); }
      }
      if (run.length > 1) { coast.push(run); }
    });
    var boxes = base.boxes.map(function (box) { return [[box[1], box[0]], [box[1], box[2]], [box[3], box[2]], [box[3], box[0]]]; });
    new Ground([
      { lines: flat(rings(base.backdrop, 100)), closed: true, look: { fill: colours.backdrop, "fill-rule": "evenodd" } },
      { lines: flat(boxes), closed: true, look: { fill: colours.sea } },
      { lines: flat(land), closed: true, look: { fill: colours.land, stroke: colours.land, "stroke-width": 0.6, "fill-rule": "evenodd" } },
      { lines: flat(coast), look: { stroke: colours.coast, "stroke-width": 0.8, "stroke-linejoin": "round" } },
      { lines: borders, look: { stroke: colours.land, "stroke-width": 2.2 } },
      { lines: borders, look: { stroke: colours.border, "stroke-width": 1, "stroke-dasharray": "4 2" } }
    ], "routeways-base").addTo(map);
  }
  /* Names keep clear of each other: earlier ones win, the others wait for a closer view. */
  function drawLabels(map, labels) {
    var pane = map.createPane("routeways-labels");
    pane.style.zIndex = 610;
    pane.style.pointerEvents = "none";
    pane.setAttribute("aria-hidden", "true");
    var made = labels.map(function (label) {
      return { label: label, at: L.latLng(decode(label.at, 1e4)[0]), from: label.from, country: label.country, sign: label.sign };
    });
    /* A name is made when the view first comes near enough for it. */
    function write(zoom) {
      var fresh = made.filter(function (one) { return !one.text && zoom >= one.from; });
      fresh.forEach(function (one) {
        var kind = one.sign ? "rw-sign" : one.country ? "rw-country" : "rw-place";
        one.text = node("span", "rw-label " + kind, one.label.text);
        L.marker(one.at, {
          icon: L.divIcon({ className: "rw-label-box", html: one.text, iconSize: [0, 0] }),
          interactive: false, keyboard: false, pane: "routeways-labels"
        }).addTo(map);
      });
      fresh.forEach(function (one) { one.width = one.text.offsetWidth; one.height = one.text.offsetHeight; });
    }
    /* Where a name may stand about its point; the first free place is taken. */
    function spots(one) {
      var w = one.width, h = one.height;
      if (one.sign) {
        return [0, 26, -26, 52, -52, 78, -78].map(function (away) { return [-w / 2, away - h / 2]; });
      }
      if (one.country) { return [[-w / 2, -h / 2], [-w / 2, -h / 2 - 16], [-w / 2, -h / 2 + 16]]; }
      return [[9, -h / 2], [-w - 9, -h / 2], [-w / 2, -h - 8], [-w / 2, 8]];
    }
    function clear() {
      var zoom = map.getZoom();
      write(zoom);
      var taken = [], size = map.getSize(), origin = map.getContainer().getBoundingClientRect();
      var points = [], add = function (element) {
        var box = element.getBoundingClientRect();
        if (box.width) {
          (element.closest(".rw-point") ? points : taken).push([box.left - origin.left + 2, box.top - origin.top + 2, box.right - origin.left - 2, box.bottom - origin.top - 2]);
        }
      };
      Array.prototype.forEach.call(map.getContainer().querySelectorAll(".rw-point svg, .rw-legend, .leaflet-control"), add);
      made.forEach(function (one) {
        if (!one.text) { return; }
        var at = map.latLngToContainerPoint(one.at), found = null;
        if (zoom >= one.from) {
          found = spots(one).find(function (spot) {
            var box = [at.x + spot[0], at.y + spot[1], at.x + spot[0] + one.width, at.y + spot[1] + one.height];
            if (box[0] < 2 || box[1] < 2 || box[2] > size.x - 2 || box[3] > size.y - 2) { return false; }
            var over = function (other) {
              return box[0] < other[2] + 2 && box[2] > other[0] - 2 && box[1] < other[3] && box[3] > other[1];
            };
            var free = !taken.some(over) && (one.sign || !points.some(over));
            if (free) { taken.push(box); }
            return free;
          });
        }
        one.text.style.visibility = found ? "visible" : "hidden";
        if (found) { one.text.style.transform = "translate(" + Math.round(found[0]) + "px," + Math.round(found[1]) + "px)"; }
      });
    }
    map.on("zoomend moveend resize viewreset", clear);
    return clear;
  }

  /* --- legend, attribution, layer names ------------------------------------------------------------------------ */
  function swatch(entry, colours, scale) {
    if (entry.symbol) { return symbol(entry.symbol.shape, entry.symbol.colour, entry.symbol.size); }
    var svg = shape("svg", { width: 54, height: 20, viewBox: "0 0 54 20", "aria-hidden": "true", focusable: "false" });
    if (entry.halo) {
      var box = node("span", "rw-swatch");
      box.appendChild(halo(entry, 11));
      box.firstChild.style.left = box.firstChild.style.top = "0";
      return box;
    }
    if (entry.area) {
      var turned = entry.kind === "more" || entry.kind === "less", gap = entry.kind === "none" || entry.kind === "held", rect = {
        x: 2, y: 3, width: 48, height: 14, fill: gap ? hatch(svg, entry.kind, colours.area) : colours.area,
        "fill-opacity": gap ? 1 : entry.value ? areaShade(entry.value, scale) : 0.12, stroke: colours.area
      };
      if (turned) {
        L.extend(rect, { fill: colours[entry.kind], stroke: colours[entry.kind], "fill-opacity": 0.12, "stroke-width": 2 });
      }
      if (entry.kind !== "own" && entry.kind !== "more") {
        rect["stroke-dasharray"] = entry.kind === "held" ? "0.1 4" : entry.kind === "less" ? "10 4" : "2 3";
      }
      svg.appendChild(shape("rect", rect));
      return svg;
    }
    var style = legStyle(entry.kind, entry.mode, entry.w, colours, entry.least), size = arrowSize(style);
    [entry.vague ? fuzzy(style) : null, style.band, style.line].forEach(function (look) {
      if (!look) { return; }
      var attributes = {
        d: "M2 10H" + (52 - size), stroke: look.color, "stroke-width": look.weight, "stroke-opacity": look.opacity, fill: "none"
      };
      if (look.dashArray) { attributes["stroke-dasharray"] = look.dashArray; }
      if (look.lineCap) { attributes["stroke-linecap"] = look.lineCap; }
      svg.appendChild(shape("path", attributes));
    });
    if (entry.plain) { return svg; }
    var head = size / 2, end = 51 - size;
    svg.appendChild(shape("path", {
      d: "M" + end + " " + (10 - head) + "L" + (end + size) + " 10L" + end + " " + (10 + head) + "Z", fill: style.arrow
    }));
    return svg;
  }
  function legendPart(box, part, colours, scale) {
    var list = node("ul");
    box.appendChild(node("p", "rw-legend-head", part.title));
    part.entries.forEach(function (entry) {
      var item = node("li");
      item.appendChild(swatch(entry, colours, scale));
      item.appendChild(node("span", "", entry.label));
      list.appendChild(item);
    });
    box.appendChild(list);
  }
  function addLegend(map, legend, colours, scale) {
    var control = L.control({ position: "bottomleft" });
    control.onAdd = function () {
      var box = node("details", "rw-legend leaflet-bar"), small = map.getContainer().clientWidth < 900;
      box.open = !small;
      box.appendChild(node("summary", "", legend.title));
      legend.parts.forEach(function (part) { legendPart(box, part, colours, scale); });
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    };
    control.addTo(map);
    return control;
  }
  function addAttribution(map, lines) {
    var control = map.attributionControl || L.control.attribution().addTo(map), update = control._update;
    control.setPrefix("Leaflet");
    control._update = function () {
      update.call(this);
      if (!this._container) { return; }
      lines.forEach(function (line) { this._container.appendChild(node("span", "rw-credit", " | " + line)); }, this);
    };
    control._update();
  }
  /* Leaflet writes names of layers as markup; here they are text, whoever gave them. */
  var addItem = L.Control.Layers.prototype._addItem;
  L.Control.Layers.include({
    _addItem: function (entry) {
      var label = addItem.call(this, L.extend({}, entry, { name: "" }));
      label.lastChild.lastChild.textContent = " " + (entry.layer.rwName || entry.name);
      return label;
    }
  });

  /* --- the sheet ----------------------------------------------------------------------------------------------- */
  function draw(blockId, map, groups) {
    var data = expand(JSON.parse(document.getElementById(blockId).textContent)), colours = data.colours, order = 0;
    var container = map.getContainer();
    container.setAttribute("role", "region");
    container.setAttribute("aria-label", data.label);
    container.style.background = colours.sea;
    if (still) { map.options.zoomAnimation = map.options.fadeAnimation = map.options.markerZoomAnimation = false; }
    [["areas", 405], ["legs", 410], ["points", 620]].forEach(function (pair) {
      map.createPane("routeways-" + pair[0]).style.zIndex = pair[1];
    });
    addLegend(map, data.legend, colours, data.months && data.months.scale);
    fit(data.bounds);
    /* The first view is always within reach, however wide the window. */
    map.options.maxBoundsViscosity = 0.8;
    map.setMaxBounds(map.getBounds().extend([data.reach[1], data.reach[0]]).extend([data.reach[3], data.reach[2]]));
    density();
    drawBase(map, data.base, colours);
    var view = {
      map: map, data: data, tabs: new Tabs(map), month: null, when: "", states: [],
      areas: L.svg({ pane: "routeways-areas", padding: 0.4 }), legs: L.svg({ pane: "routeways-legs", padding: 0.4 })
    };
    map.rwView = view;
    view.areas.addTo(map);
    view.legs.addTo(map);
    var drawn = [], later = [], makers = { area: drawArea, leg: drawLeg, point: drawPoint };
    /* Where the view goes beyond 180°, what lies west of it is drawn on the far side of the antimeridian. */
    function carry(numbers, scale) { if (data.bounds[2] > 180 && numbers[0] < 0) { numbers[0] += 360 * scale; } }
    data.labels.forEach(function (label) { carry(label.at, 1e4); });
    data.layers.forEach(function (layer, i) {
      layer.features.forEach(function (feature) {
        if (feature.line) { carry(feature.line, 1e4); }
        if (feature.at) { carry(feature.at, 1e4); }
        (feature.shape || []).forEach(function (part) { part.forEach(function (ring) { carry(ring, 1e3); }); });
      });
      groups[i].rwName = layer.name;
      layer.features.forEach(function (feature) {
        var dated = typeof feature.months === "number", place = order += 1;
        function make() {
          var made = makers[layer.type](feature, view);
          made.rwOrder = place;
          if (made.eachLayer) { made.eachLayer(function (inner) { inner.rwOrder = place; }); }
          made.addTo(groups[i]);
          return made;
        }
        /* Places that a far view leaves out are made when a nearer one first shows them. */
        if (layer.type === "point" && !feature.used && !dated && map.getZoom() < 6.5) { later.push(make); return; }
        var made = make();
        if (made.rwShow) {
          drawn.push({ feature: feature, layer: made, type: layer.type, key: "", still: layer.type !== "leg" && !dated });
        }
      });
    });
    map.on("zoomend", function () {
      if (map.getZoom() >= 6.5) { later.splice(0).forEach(function (make) { make(); }); }
    });
    var clear = drawLabels(map, data.labels);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    addAttribution(map, data.credits);
    function fit(box, animate) {
      map.stop();
      map.invalidateSize({ animate: false });
      if (!container.clientWidth) { return; }
      var legend = container.querySelector(".rw-legend"), wide = container.clientWidth > 900 && legend && legend.open;
      map.fitBounds([[box[1], box[0]], [box[3], box[2]]], {
        paddingTopLeft: [wide ? legend.offsetWidth + 16 : 24, 24], paddingBottomRight: [30, 34],
        animate: Boolean(animate) && !still
      });
    }
    function density() {
      container.classList.toggle("rw-far", map.getZoom() < 6.5);
      container.classList.toggle("rw-mid", map.getZoom() < 8);
      container.classList.toggle("rw-overview", map.getZoom() < 5.25);
    }
    map.on("zoomend", density);
    addViews(map, data.views, fit);
    if (data.months) { addTime(view, drawn, container); }
    clear();
    var moved = false;
    map.on("dragstart zoomstart", function () { moved = true; });
    if (window.ResizeObserver) {
      var width = container.clientWidth;
      new ResizeObserver(function () {
        if (container.clientWidth === width) { return; }
        var first = !width;
        width = container.clientWidth;
        map.invalidateSize({ animate: false });
        if (first || !moved) { fit(data.bounds); moved = false; }
      }).observe(container);
    }
    container.addEventListener("keydown", function (event) {
      if (event.key === "Escape") { map.closePopup(); }
    });
    map.on("autopanstart", function () { moved = true; });
    map.on("popupopen", function (event) {
      var close = event.popup._closeButton, content = event.popup._contentNode;
      if (content.classList.contains("leaflet-popup-scrolled")) { content.setAttribute("tabindex", "0"); }
      if (!close || !close.hasAttribute("href")) { return; }
      close.removeAttribute("href");
      close.setAttribute("tabindex", "0");
      close.addEventListener("keydown", function (key) {
        if (key.key === "Enter" || key.key === " ") { key.preventDefault(); map.closePopup(event.popup); }
      });
    });
    onPrint(container, function () { fit(data.bounds); });
    moved = false;
    container.setAttribute("data-ready", "true");
    document.documentElement.setAttribute("data-ready", "true");
  }
  /* On paper the legend stands below the map, open. */
  function onPrint(container, refit) {
    var legend = container.querySelector(".rw-legend"), home = legend.parentNode, paper = false, wasOpen = true;
    function enter() {
      if (!paper) {
        paper = true;
        wasOpen = legend.open;
        legend.open = true;
        container.parentNode.insertBefore(legend, container.nextSibling);
      }
      refit();
    }
    function leave() {
      if (paper) { paper = false; home.appendChild(legend); legend.open = wasOpen; refit(); }
    }
    window.addEventListener("beforeprint", enter);
    window.addEventListener("afterprint", leave);
    var media = window.matchMedia && window.matchMedia("print");
    if (media && media.addEventListener) {
      media.addEventListener("change", function () { if (media.matches) { enter(); } else { leave(); } });
    }
  }
  /* Buttons that show one corridor or all. */
  function addViews(map, views, fit) {
    if (views.length < 2) { return; }
    var bar = node("div", "rw-views");
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Show");
    views.forEach(function (view, i) {
      var button = node("button", "", view.name);
      button.type = "button";
      button.setAttribute("aria-pressed", i ? "false" : "true");
      button.addEventListener("click", function () {
        Array.prototype.forEach.call(bar.children, function (other) {
          other.setAttribute("aria-pressed", other === button ? "true" : "false");
        });
        map.closePopup();
        fit(view.bounds, true);
      });
      bar.appendChild(button);
    });
    map.getContainer().parentNode.insertBefore(bar, map.getContainer());
  }
  /* --- many lines of anybody's ---------------------------------------------------------------------------------- */
  /* One canvas for all: vertices are kept in the plane of zoom 0 and scaled at each view; equal widths share strokes. */
  var ManyLines = L.Renderer.extend({
    initialize: function (data, pane) {
      L.Renderer.prototype.initialize.call(this, { padding: 0.15, pane: pane });
      this.lines = data;
    },
    _initContainer: function () {
      this._container = node("canvas", "rw-canvas");
      this._container.setAttribute("role", "img");
      this._container.setAttribute("aria-label", this.lines.name + ": " + group3(this.lines.count) + " lines");
      this._pen = this._container.getContext("2d");
    },
    _destroyContainer: function () { this._container.remove(); delete this._container; delete this._pen; },
    _updatePaths: function () { return; },
    _update: function () {
      if (this._map._animatingZoom && this._bounds) { return; }
      L.Renderer.prototype._update.call(this);
      var size = this._bounds.getSize(), dense = window.devicePixelRatio || 1, canvas = this._container;
      L.DomUtil.setPosition(canvas, this._bounds.min);
      canvas.width = dense * size.x;
      canvas.height = dense * size.y;
      canvas.style.width = size.x + "px";
      canvas.style.height = size.y + "px";
      this._pen.setTransform(dense, 0, 0, dense, -dense * this._bounds.min.x, -dense * this._bounds.min.y);
      this.paint(this._pen, this._bounds);
    },
    paint: function (pen, view) {
      var all = this.lines, factor = Math.pow(2, this._map.getZoom()), origin = this._map.getPixelOrigin(), drawn = 0;
      var left = (view.min.x + origin.x) / factor, right = (view.max.x + origin.x) / factor, x = all.x, y = all.y;
      var top = (view.min.y + origin.y) / factor, bottom = (view.max.y + origin.y) / factor, box = all.boxes;
      pen.strokeStyle = all.colour;
      pen.lineJoin = "bevel";
      all.classes.forEach(function (one) {
        var near = 1;
        pen.lineWidth = one.width;
        pen.globalAlpha = one.alpha;
        pen.setLineDash(one.dash);
        pen.beginPath();
        one.parts.forEach(function (part) {
          var at = part * 4;
          if (box[at] > right || box[at + 2] < left || box[at + 1] > bottom || box[at + 3] < top) { return; }
          var first = all.starts[part], end = all.starts[part + 1], px = x[first] * factor - origin.x, py = y[first] * factor - origin.y;
          pen.moveTo(px, py);
          for (var i = first + 1; i < end; i += 1) {
            var qx = x[i] * factor - origin.x, qy = y[i] * factor - origin.y;
            if (i + 1 < end && Math.abs(qx - px) < near && Math.abs(qy - py) < near) { continue; }
            pen.lineTo(qx, qy);
            px = qx;
            py = qy;
          }
          drawn += 1;
          if (drawn % 100 === 0) { pen.stroke(); pen.beginPath(); }
        });
        pen.stroke();
      });
    },
    /* The line nearest to a place on the map, within some pixels, or -1. */
    nearest: function (point) {
      var all = this.lines, factor = Math.pow(2, this._map.getZoom()), best = -1, least = Math.pow(8 / factor, 2);
      var reach = 8 / factor, box = all.boxes, px = point.x / factor, py = point.y / factor;
      for (var part = 0; part + 1 < all.starts.length; part += 1) {
        var at = part * 4;
        if (box[at] > px + reach || box[at + 2] < px - reach || box[at + 1] > py + reach || box[at + 3] < py - reach) { continue; }
        for (var i = all.starts[part] + 1; i < all.starts[part + 1]; i += 1) {
          var away = toSegment(px, py, all.x[i - 1], all.y[i - 1], all.x[i], all.y[i]);
          if (away < least) { least = away; best = part; }
        }
      }
      return best < 0 ? -1 : all.owner[best];
    }
  });
  function toSegment(px, py, ax, ay, bx, by) {
    var dx = bx - ax, dy = by - ay, size = dx * dx + dy * dy, part = size ? ((px - ax) * dx + (py - ay) * dy) / size : 0;
    part = Math.max(0, Math.min(1, part));
    return Math.pow(px - ax - part * dx, 2) + Math.pow(py - ay - part * dy, 2);
  }
  function openLines(data) {
    var numbers = unpack(data.line), sizes = unpack(data.sizes), rows = data.parts ? unpack(data.parts) : null;
    var total = numbers.length / 2, x = new Float64Array(total), y = new Float64Array(total), lon = 0, lat = 0, i, part;
    var boxes = new Float64Array(sizes.length * 4), starts = new Int32Array(sizes.length + 1), owner = new Int32Array(sizes.length);
    for (part = 0, i = 0; part < sizes.length; part += 1) {
      var west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
      starts[part] = i;
      for (var end = i + sizes[part]; i < end; i += 1) {
        lon += numbers[2 * i];
        lat += numbers[2 * i + 1];
        var sine = Math.sin(Math.max(-85.0511, Math.min(85.0511, lat / data.scale)) * Math.PI / 180);
        x[i] = (lon / data.scale + 180) / 360 * 256;
        y[i] = 128 - Math.log((1 + sine) / (1 - sine)) * 64 / Math.PI;
        if (x[i] < west) { west = x[i]; }
        if (x[i] > east) { east = x[i]; }
        if (y[i] < north) { north = y[i]; }
        if (y[i] > south) { south = y[i]; }
      }
      boxes.set([west, north, east, south], part * 4);
    }
    if (i !== total) { throw new Error("Invalid lines: their sizes do not add up."); }
    starts[sizes.length] = total;
    for (part = 0, i = 0; part < sizes.length; i += 1) {
      for (var left = rows ? rows[i] : 1; left > 0; left -= 1) { owner[part] = i; part += 1; }
    }
    return L.extend(data, { x: x, y: y, boxes: boxes, starts: starts, owner: owner });
  }
  function lineLook(tenths) {
    if (tenths === 0) { return { width: 1.6, alpha: 0.85, dash: [5, 4] }; }
    return tenths === 1 ? { width: 1.2, alpha: 0.45, dash: [] } : { width: tenths / 10, alpha: 0.8, dash: [] };
  }
  /* Lines of equal width, wider ones first, so that the narrow ones stay in sight. */
  function byWidth(data) {
    var widths = data.widths ? unpack(data.widths) : null, found = {};
    data.owner.forEach(function (row, part) {
      var tenths = widths ? widths[row] : 20;
      found["w" + tenths] = found["w" + tenths] || L.extend(lineLook(tenths), { tenths: tenths, parts: [] });
      found["w" + tenths].parts.push(part);
    });
    return Object.keys(found).map(function (key) { return found[key]; }).sort(function (a, b) { return b.tenths - a.tenths; });
  }
  function cell(column, row) {
    if (column.numbers) {
      column.numbers = typeof column.numbers === "string" ? unpack(column.numbers) : column.numbers;
      return String(column.numbers[row]);
    }
    column.at = typeof column.at === "string" ? unpack(column.at) : column.at;
    return column.at[row] < 0 ? "" : column.texts[column.at[row]];
  }
  function lineCard(data, row) {
    var box = popup(data.title ? cell(data.title, row) : data.name, data.title ? data.name : "");
    facts(box, data.columns.map(function (column) { return [column.name, cell(column, row)]; }).filter(function (fact) { return fact[1]; }));
    return box;
  }
  function lines(blockId, map, groups) {
    var data = openLines(JSON.parse(document.getElementById(blockId).textContent)), group = groups[0];
    var container = map.getContainer(), alone = !map.rwView, pane = map.getPane("routeways-many");
    data.classes = byWidth(data);
    group.rwName = data.name;
    if (!pane) { pane = map.createPane("routeways-many"); pane.style.zIndex = 408; }
    if (alone && data.count) {
      container.style.background = "#fbfaf7";
      map.fitBounds([[data.bounds[1], data.bounds[0]], [data.bounds[3], data.bounds[2]]], { animate: false, padding: [20, 20] });
    }
    if (data.canvas) { onCanvas(data, map, group); } else { asPaths(data, map, group); }
    if (data.legend.length) { lineLegend(data, map); }
    container.setAttribute("data-ready", "true");
    document.documentElement.setAttribute("data-ready", "true");
  }
  function onCanvas(data, map, group) {
    var layer = new ManyLines(data, "routeways-many").addTo(group);
    map.getPane("routeways-many").style.pointerEvents = "none";
    map.on("click", function (event) {
      var row = layer._map ? layer.nearest(map.project(event.latlng)) : -1;
      if (row >= 0) { L.popup({ className: "rw-popup" }).setLatLng(event.latlng).setContent(lineCard(data, row)).openOn(map); }
    });
  }
  function asPaths(data, map, group) {
    var view = map.rwView || { map: map, tabs: new Tabs(map) }, renderer = L.svg({ pane: "routeways-many", padding: 0.4 });
    map.rwView = view;
    data.classes.forEach(function (look) {
      look.parts.forEach(function (part) {
        var points = [];
        for (var i = data.starts[part]; i < data.starts[part + 1]; i += 1) {
          points.push(map.unproject([data.x[i], data.y[i]], 0));
        }
        var row = data.owner[part], line = L.polyline(points, {
          color: data.colour, weight: look.width, opacity: look.alpha, dashArray: look.dash.length ? look.dash.join(" ") : null,
          lineCap: "butt", pane: "routeways-many", renderer: renderer, className: "rw-line"
        });
        line.rwOrder = 1e6 + row;
        bind(line, view, function () { return lineCard(data, row); });
        line.on("add", function () { view.tabs.add(line, line._path, data.title ? cell(data.title, row) : data.name + " " + (row + 1)); });
        line.on("remove", function () { view.tabs.drop(line); });
        line.addTo(group);
      });
    });
  }
  function lineLegend(data, map) {
    var look = { modes: {}, other: data.colour }, box = map.getContainer().querySelector(".rw-legend");
    var part = { title: data.name, entries: data.legend.map(function (one) { return L.extend({ kind: "own", mode: "", plain: true }, one); }) };
    part.entries.push({ label: "No figure", kind: "none", mode: "", w: null, plain: true });
    if (box) { legendPart(box, part, look); } else { addLegend(map, { title: "Legend", parts: [part] }, look); }
  }
  window.routeways = { lines: lines, draw: draw, unpack: unpack, node: node, sparkline: sparkline };
})();
