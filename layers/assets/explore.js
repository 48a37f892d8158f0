/* Draws shapes of a user's own on the map of routeways, from one block of JSON.
   Text becomes text nodes; colours come from the palette of the package. Part of routeways. */
(function () {
  "use strict";
  if (!window.routeways || window.routeways.explore) { return; }
  var node = window.routeways.node, MANY = 1000;

  function decode(numbers, turn) {
    var lon = turn && numbers[0] < 0 ? 3600000 : 0, lat = 0, points = [];
    for (var i = 0; i < numbers.length; i += 2) {
      lon += numbers[i]; lat += numbers[i + 1];
      points.push([lat / 1e4, lon / 1e4]);
    }
    return points;
  }
  function card(feature) {
    var box = node("div", "rw-card"), list = node("dl", "rw-facts");
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", feature.title);
    box.appendChild(node("p", "rw-card-title", feature.title));
    feature.facts.forEach(function (pair) {
      list.appendChild(node("dt", "", pair[0]));
      list.appendChild(node("dd", "", pair[1]));
    });
    if (feature.facts.length) { box.appendChild(list); }
    return box;
  }
  /* One tab stop for all shapes; arrows go from one to the next. */
  function Stops(map) { this.items = []; this.map = map; }
  Stops.prototype.add = function (layer, label) {
    var stops = this, element = layer.getElement && layer.getElement();
    if (!element || element.rwStop) { return; }
    element.rwStop = true;
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", label);
    element.setAttribute("tabindex", this.items.length ? "-1" : "0");
    this.items.push(layer);
    element.addEventListener("keydown", function (event) { stops.key(event, layer); });
    layer.on("popupclose", function () {
      if (layer.rwReturn) { element.focus({ preventScroll: true }); }
      layer.rwReturn = false;
    });
  };
  Stops.prototype.key = function (event, layer) {
    var step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      layer.rwReturn = true;
      layer.openPopup();
      var content = layer.getPopup().getElement();
      content = content && content.querySelector(".rw-card");
      if (content) { content.setAttribute("tabindex", "-1"); content.focus({ preventScroll: true }); }
    } else if (step) {
      event.preventDefault();
      event.stopPropagation();
      var shown = this.items.filter(function (one) { return one.getElement() && one.getElement().isConnected; });
      var next = shown[(shown.indexOf(layer) + step + shown.length) % shown.length];
      shown.forEach(function (one) { one.getElement().setAttribute("tabindex", one === next ? "0" : "-1"); });
      next.getElement().focus({ preventScroll: true });
      var where = next.getBounds ? next.getBounds().getCenter() : next.getLatLng();
      if (!this.map.getBounds().contains(where)) { this.map.panTo(where, { animate: false }); }
    }
  };
  function draw(feature, turn, options) {
    var parts = feature.shape.map(function (part) {
      return part.map(function (ring) { return decode(ring, turn); });
    });
    var look = L.extend({ color: feature.colour, fillColor: feature.colour }, options);
    if (feature.as === "point") {
      var spots = [].concat.apply([], parts).map(function (ring) {
        return L.circleMarker(ring[0], L.extend({}, look, { radius: 6, weight: 1.5, color: "#ffffff", fillOpacity: 0.9 }));
      });
      return spots;
    }
    if (feature.as === "area") { return [L.polygon(parts, L.extend({}, look, { weight: 1.5, fillOpacity: 0.45 }))]; }
    return [L.polyline([].concat.apply([], parts), L.extend({}, look, { weight: 3, opacity: 0.9 }))];
  }
  function explore(blockId, map, groups) {
    var data = JSON.parse(document.getElementById(blockId).textContent), group = groups[0];
    var features = data.layers[0].features, turn = data.east > 180, many = features.length > MANY;
    var pane = map.createPane("routeways-explore"), stops = new Stops(map);
    pane.style.zIndex = 415;
    var options = {
      pane: "routeways-explore", className: "rw-shape",
      renderer: many ? L.canvas({ pane: "routeways-explore", padding: 0.4 }) : L.svg({ pane: "routeways-explore", padding: 0.4 })
    };
    group.rwName = data.layers[0].name;
    features.forEach(function (feature) {
      draw(feature, turn, options).forEach(function (layer) {
        layer.bindPopup(function () { return card(feature); }, { className: "rw-popup", maxWidth: 330, maxHeight: 360 });
        if (feature.tip) { layer.bindTooltip(function () { return node("span", "", feature.tip); }, { sticky: true }); }
        layer.on("add", function () { stops.add(layer, feature.aria); });
        layer.addTo(group);
      });
    });
  }
  window.routeways.explore = explore;
})();
