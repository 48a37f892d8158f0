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
  function legStyle(kind, mode, width, colours) {
    var colour = colours.modes[mode] || colours.other;
    if (kind === "own") {
      return { line: { color: colour, weight: width, opacity: 0.88, lineCap: "butt" }, arrow: colour, width: width };
    }
    if (kind === "bound") {
      return {
        band: { color: colour, weight: width, opacity: 0.16, lineCap: "butt" },
        line: { color: colour, weight: 1.5, opacity: 0.9, lineCap: "butt" }, arrow: colour, width: width, head: 4
      };
    }
    if (kind === "zero") {
      return { line: { color: colour, weight: 1.2, opacity: 0.45, lineCap: "butt" }, arrow: colour, width: 1.2 };
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
      var offset = this.options.offset || 0, trim = this.options.trim || 0;
      this._parts = this._parts.map(function (part) { return beside(part, offset, trim); });
      L.Polyline.prototype._updatePath.call(this);
      if (!this.options.arrow || !this._path) { return; }
      if (this._parts.length) { this._path.setAttribute("marker-end", this.options.arrow); }
      else { this._path.removeAttribute("marker-end"); }
    }
  });
  function arrowHead(renderer, style) {
    var size = arrowSize(style), id = "rw-arrow-" + (serial += 1), svg = renderer._container;
    var defs = svg.querySelector("defs");
    if (!defs) { defs = shape("defs", {}); svg.insertBefore(defs, svg.firstChild); }
    var marker = shape("marker", {
      id: id, markerUnits: "userSpaceOnUse", markerWidth: size, markerHeight: size, viewBox: "0 0 10 10",
      refX: "0.6", refY: "5", orient: "auto"
    });
    marker.appendChild(shape("path", { d: "M0 0L10 5L0 10Z", fill: style.arrow }));
    defs.appendChild(marker);
    return "url(#" + id + ")";
  }
  function legLabel(feature) {
    var mode = feature.facts.find(function (fact) { return fact[0] === "Mode"; });
    return feature.title + (mode ? ", " + mode[1] : "") + ". " + feature.figure;
  }
  function drawLeg(feature, view) {
    var style = legStyle(feature.kind, feature.mode, feature.w, view.data.colours);
    var points = decode(feature.line, 1e4), arrow = arrowSize(style);
    var common = {
      offset: style.width / 2 + 1.5, trim: arrow, noClip: true, smoothFactor: 1, pane: "routeways-legs",
      renderer: view.legs, interactive: false
    };
    var group = L.featureGroup();
    if (style.band) {
      new SideLine(points, L.extend({}, common, style.band, { className: "rw-band" })).addTo(group);
    }
    var line = new SideLine(points, L.extend({}, common, style.line, {
      className: "rw-leg rw-" + ({ own: "own", bound: "bound", zero: "zero" }[feature.kind] || "none")
    })).addTo(group);
    var hit = new SideLine(points, L.extend({}, common, {
      interactive: true, color: "#1f2a33", opacity: 0, weight: Math.max(14, style.width + 4), trim: 0,
      className: "rw-hit"
    })).addTo(group);
    line.on("add", function () {
      if (!line.options.arrow) { line.options.arrow = arrowHead(view.legs, style); line.redraw(); }
      line._path.setAttribute("aria-hidden", "true");
    });
    bind(hit, view, function () { return legPopup(feature, view); });
    hit.on("add", function () { view.tabs.add(hit, hit._path, legLabel(feature)); });
    hit.on("remove", function () { view.tabs.drop(hit); });
    return group;
  }

  /* --- areas and points ---------------------------------------------------------------------------------------- */
  function drawArea(feature, view) {
    var rings = feature.shape.map(function (part) {
      return part.map(function (ring) { return decode(ring, 1e3); });
    });
    var area = L.polygon(rings, {
      color: view.data.colours.area, weight: 1, opacity: 0.55, dashArray: "2 3", fillColor: view.data.colours.area,
      fillOpacity: 0.09, pane: "routeways-areas", renderer: view.areas, className: "rw-area"
    });
    bind(area, view, function () { return corridorPopup(feature, view); });
    area.on("add", function () { view.tabs.add(area, area._path, feature.aria); });
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
    marker.on("add", function () {
      view.tabs.add(marker, marker._icon, feature.name + ", " + look.one + (feature.countries ? ", " + feature.countries : ""));
    });
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
      options.maxWidth = Math.max(180, Math.min(330, frame.clientWidth - left - 70));
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
  function chart(box, series, prefix, told) {
    if (!series) { return; }
    box.appendChild(node("p", "rw-chart-title", (prefix || "") + series.label));
    box.appendChild(sparkline(series));
    series.source.forEach(function (line) {
      if (!told || told.indexOf(line) < 0) { box.appendChild(node("p", "rw-source", line)); }
    });
  }
  function legPopup(feature, view) {
    var box = popup(feature.title, view.data.titles[feature.corridor]);
    box.appendChild(node("p", "rw-figure", feature.figure));
    (feature.source || []).forEach(function (line) { box.appendChild(node("p", "rw-source", line)); });
    chart(box, view.data.series[feature.series], "Whole corridor: ", feature.source);
    facts(box, feature.facts);
    return box;
  }
  function corridorPopup(feature, view) {
    var box = popup(feature.title, "Corridor");
    if (feature.summary) { box.appendChild(node("p", "rw-lead", feature.summary)); }
    var told = feature.sentences.map(function (line) { return node("p", "rw-figure", line); });
    box.appendChild(told.shift());
    if (feature.caption) { box.appendChild(node("p", "rw-caption", feature.caption)); }
    chart(box, view.data.series[feature.series]);
    told.forEach(function (line) { box.appendChild(line); });
    facts(box, feature.facts);
    return box;
  }
  function placePopup(feature, look) {
    var box = popup(feature.name, look.one.charAt(0).toUpperCase() + look.one.slice(1));
    facts(box, feature.facts);
    return box;
  }
  function monthName(first, i) {
    var month = first[0] * 12 + first[1] - 1 + i;
    return MONTHS[month % 12] + " " + Math.floor(month / 12);
  }
  function sparkline(series) {
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
    if (this.items.indexOf(layer) < 0) { this.items.push(layer); }
    this.order();
  };
  Tabs.prototype.drop = function (layer) {
    this.items = this.items.filter(function (item) { return item !== layer; });
    if (this.current === layer) { this.current = null; }
    this.order();
  };
  Tabs.prototype.order = function () {
    this.items.sort(function (a, b) { return a.rwOrder - b.rwOrder; });
    if (!this.current && this.items.length) { this.select(this.items[0]); }
  };
  Tabs.prototype.select = function (layer) {
    if (this.current && this.current.rwElement) { this.current.rwElement.setAttribute("tabindex", "-1"); }
    this.current = layer;
    layer.rwElement.setAttribute("tabindex", "0");
  };
  Tabs.prototype.key = function (event, layer) {
    var at = this.items.indexOf(layer), size = this.items.length, next = null;
    if (event.key === "Enter" || event.key === " ") {
      layer._rwReturn = true;
      layer.openPopup(layer.getCenter && layer._map && layer.getLatLngs ? middle(layer) : undefined);
      var card = this.map.getContainer().querySelector(".leaflet-popup .rw-card");
      if (card) { card.setAttribute("tabindex", "-1"); card.focus({ preventScroll: true }); }
    } else if (event.key === "ArrowRight" || event.key === "ArrowDown") {
      next = this.items[(at + 1) % size];
    } else if (event.key === "ArrowLeft" || event.key === "ArrowUp") {
      next = this.items[(at + size - 1) % size];
    } else if (event.key === "Home") {
      next = this.items[0];
    } else if (event.key === "End") {
      next = this.items[size - 1];
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
  function middle(layer) {
    var points = layer.getLatLngs();
    if (layer instanceof L.Polygon) { return layer.getBounds().getCenter(); }
    return L.latLng(points[Math.floor(points.length / 2)]);
  }

  /* --- basemap and labels -------------------------------------------------------------------------------------- */
  function drawBase(map, base, colours) {
    var pane = map.createPane("routeways-base");
    pane.style.zIndex = 150;
    pane.setAttribute("aria-hidden", "true");
    var renderer = L.svg({ pane: "routeways-base", padding: 0.6 });
    var common = { pane: "routeways-base", renderer: renderer, interactive: false, smoothFactor: 0.6 };
    (base.backdrop || []).forEach(function (part) {
      L.polygon(part.map(function (ring) { return decode(ring, 100); }), L.extend({}, common, {
        stroke: false, fillColor: colours.backdrop, fillOpacity: 1, smoothFactor: 1
      })).addTo(map);
    });
    base.boxes.forEach(function (box) {
      L.rectangle([[box[1], box[0]], [box[3], box[2]]], L.extend({}, common, {
        stroke: false, fillColor: colours.sea, fillOpacity: 1
      })).addTo(map);
    });
    var edge = function (a, b) {
      return base.boxes.some(function (box) {
        var near = function (u, v) { return Math.abs(u - v) < 0.0015; };
        return (near(a[1], box[0]) && near(b[1], box[0])) || (near(a[1], box[2]) && near(b[1], box[2])) ||
          (near(a[0], box[1]) && near(b[0], box[1])) || (near(a[0], box[3]) && near(b[0], box[3]));
      });
    };
    var coast = [];
    base.land.forEach(function (part) {
      var rings = part.map(function (ring) { return decode(ring, 1e3); });
      L.polygon(rings, L.extend({}, common, {
        color: colours.land, weight: 0.6, fillColor: colours.land, fillOpacity: 1
      })).addTo(map);
      rings.forEach(function (ring) {
        var run = [ring[0]];
        for (var i = 1; i < ring.length; i += 1) {
          if (edge(ring[i - 1], ring[i])) { if (run.length > 1) { coast.push(run); } run = [ring[i]]; } else { run.push(ring[i]); }
        }
        if (run.length > 1) { coast.push(run); }
      });
    });
    L.polyline(coast, L.extend({}, common, { color: colours.coast, weight: 0.8 })).addTo(map);
    var borders = base.borders.map(function (line) { return decode(line, 1e3); });
    L.polyline(borders, L.extend({}, common, { color: colours.land, weight: 2.2 })).addTo(map);
    L.polyline(borders, L.extend({}, common, { color: colours.border, weight: 1, dashArray: "4 2" })).addTo(map);
  }
  /* Names keep clear of each other: earlier ones win, the others wait for a closer view. */
  function drawLabels(map, labels) {
    var pane = map.createPane("routeways-labels");
    pane.style.zIndex = 610;
    pane.style.pointerEvents = "none";
    pane.setAttribute("aria-hidden", "true");
    var made = labels.map(function (label) {
      var text = node("span", label.country ? "rw-label rw-country" : "rw-label rw-place", label.text);
      var marker = L.marker(decode(label.at, 1e4)[0], {
        icon: L.divIcon({ className: "rw-label-box", html: text, iconSize: [0, 0] }),
        interactive: false, keyboard: false, pane: "routeways-labels"
      }).addTo(map);
      return { text: text, marker: marker, from: label.from, country: label.country };
    });
    made.forEach(function (one) { one.width = one.text.offsetWidth; one.height = one.text.offsetHeight; });
    /* Where a name may stand about its point; the first free place is taken. */
    function spots(one) {
      var w = one.width, h = one.height;
      if (one.country) { return [[-w / 2, -h / 2], [-w / 2, -h / 2 - 16], [-w / 2, -h / 2 + 16]]; }
      return [[9, -h / 2], [-w - 9, -h / 2], [-w / 2, -h - 8], [-w / 2, 8]];
    }
    function clear() {
      var zoom = map.getZoom(), taken = [], size = map.getSize(), origin = map.getContainer().getBoundingClientRect();
      var add = function (element) {
        var box = element.getBoundingClientRect();
        if (box.width) {
          taken.push([box.left - origin.left + 2, box.top - origin.top + 2, box.right - origin.left - 2, box.bottom - origin.top - 2]);
        }
      };
      Array.prototype.forEach.call(map.getContainer().querySelectorAll(".rw-point svg, .rw-legend, .leaflet-control"), add);
      made.forEach(function (one) {
        var at = map.latLngToContainerPoint(one.marker.getLatLng()), found = null;
        if (zoom >= one.from) {
          found = spots(one).find(function (spot) {
            var box = [at.x + spot[0], at.y + spot[1], at.x + spot[0] + one.width, at.y + spot[1] + one.height];
            if (box[0] < 2 || box[1] < 2 || box[2] > size.x - 2 || box[3] > size.y - 2) { return false; }
            var free = !taken.some(function (other) {
              return box[0] < other[2] + 2 && box[2] > other[0] - 2 && box[1] < other[3] && box[3] > other[1];
            });
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
  function swatch(entry, colours) {
    if (entry.symbol) { return symbol(entry.symbol.shape, entry.symbol.colour, entry.symbol.size); }
    var svg = shape("svg", { width: 54, height: 20, viewBox: "0 0 54 20", "aria-hidden": "true", focusable: "false" });
    if (entry.area) {
      svg.appendChild(shape("rect", {
        x: 2, y: 3, width: 48, height: 14, fill: colours.area, "fill-opacity": 0.12, stroke: colours.area, "stroke-dasharray": "2 3"
      }));
      return svg;
    }
    var style = legStyle(entry.kind, entry.mode, entry.w, colours), size = arrowSize(style);
    [style.band, style.line].forEach(function (look) {
      if (!look) { return; }
      var attributes = {
        d: "M2 10H" + (52 - size), stroke: look.color, "stroke-width": look.weight, "stroke-opacity": look.opacity, fill: "none"
      };
      if (look.dashArray) { attributes["stroke-dasharray"] = look.dashArray; }
      svg.appendChild(shape("path", attributes));
    });
    var head = size / 2, end = 51 - size;
    svg.appendChild(shape("path", {
      d: "M" + end + " " + (10 - head) + "L" + (end + size) + " 10L" + end + " " + (10 + head) + "Z", fill: style.arrow
    }));
    return svg;
  }
  function addLegend(map, legend, colours) {
    var control = L.control({ position: "bottomleft" });
    control.onAdd = function () {
      var box = node("details", "rw-legend leaflet-bar"), small = map.getContainer().clientWidth < 700;
      box.open = !small;
      box.appendChild(node("summary", "", legend.title));
      legend.parts.forEach(function (part) {
        box.appendChild(node("p", "rw-legend-head", part.title));
        var list = node("ul", part.columns ? "rw-columns" : "");
        part.entries.forEach(function (entry) {
          var item = node("li");
          item.appendChild(swatch(entry, colours));
          item.appendChild(node("span", "", entry.label));
          list.appendChild(item);
        });
        box.appendChild(list);
      });
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
    drawBase(map, data.base, colours);
    var view = {
      map: map, data: data, tabs: new Tabs(map),
      areas: L.svg({ pane: "routeways-areas", padding: 0.4 }), legs: L.svg({ pane: "routeways-legs", padding: 0.4 })
    };
    view.areas.addTo(map);
    view.legs.addTo(map);
    var makers = { area: drawArea, leg: drawLeg, point: drawPoint };
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
        var made = makers[layer.type](feature, view);
        order += 1;
        made.rwOrder = order;
        if (made.eachLayer) { made.eachLayer(function (inner) { inner.rwOrder = order; }); }
        made.addTo(groups[i]);
      });
    });
    var clear = drawLabels(map, data.labels);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    addLegend(map, data.legend, colours);
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
    fit(data.bounds);
    map.options.maxBoundsViscosity = 0.8;
    map.setMaxBounds([[data.reach[1], data.reach[0]], [data.reach[3], data.reach[2]]]);
    density();
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
  window.routeways = { draw: draw, unpack: unpack, node: node, sparkline: sparkline };
})();
