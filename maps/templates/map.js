// draws a release on a Leaflet map; every text arrives ready to read and is only ever set as text
var kring = (function () {
  "use strict";

  var MICRO = 1e6;

  function el(tag, attributes, text) {
    var node = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    if (text !== undefined) { node.textContent = text; }
    return node;
  }

  function unpackPath(steps) {
    var path = [], x = 0, y = 0;
    for (var i = 0; i < steps.length; i += 2) {
      x += steps[i];
      y += steps[i + 1];
      path.push([y / MICRO, x / MICRO]);
    }
    return path;
  }

  function unpack(parts) { return parts.map(function (rings) { return rings.map(unpackPath); }); }

  function pattern(theme, code) { return "url(#p-" + theme + "-" + code.replace(/\./g, "-") + ")"; }

  function table(data, section, texts) {
    var rows = el("tbody");
    data.labels.forEach(function (label, index) {
      if (label[0] !== section || texts[index] === null) { return; }
      var row = el("tr");
      row.appendChild(el("th", { scope: "row" }, label[1]));
      var value = texts[index];
      row.appendChild(el("td", value === "niet beoordeeld" ? { "class": "missing" } : {}, value));
      rows.appendChild(row);
    });
    var node = el("table");
    node.appendChild(rows);
    return rows.childNodes.length ? node : null;
  }

  function sections(parent, data, texts, open) {
    if (data.sections.length === 1) {
      var only = table(data, 0, texts);
      if (only) { parent.appendChild(only); }
      return;
    }
    // a fixed height, because a popup does not follow what is folded open in it
    parent.classList.add("tall");
    data.sections.forEach(function (title, index) {
      var content = table(data, index, texts);
      if (!content) { return; }
      var fold = el("details", open && index === 0 ? { open: "" } : {});
      fold.appendChild(el("summary", {}, title));
      fold.appendChild(content);
      parent.appendChild(fold);
    });
  }

  function heading(title, place) {
    var node = el("div", { "class": "evidence", tabindex: "-1", role: "group", "aria-label": title });
    node.appendChild(el("h2", {}, title));
    if (place) { node.appendChild(el("p", { "class": "place" }, place)); }
    return node;
  }

  function start(map, groups, data, styles) {
    var state = { theme: "heavy", reading: 0, inside: true, touched: false };
    var parksById = {}, shapesById = {}, plotShapes = [];
    var bounds = L.latLngBounds(data.bounds);

    map.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
    L.control.zoom({ position: map.getSize().x < 600 ? "bottomright" : "topleft", zoomInTitle: "Inzoomen", zoomOutTitle: "Uitzoomen" }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
    fit();
    map.setMaxBounds(bounds.pad(0.5));

    function fit() { map.fitBounds(bounds, { padding: [8, 8], animate: false }); }

    // who lies under whom: places, sub-areas, water, zones, parks, plots, lines, names
    ["places", "areas", "water", "zones", "parks", "plots", "extra", "names"].forEach(function (name, index) {
      map.createPane("kring-" + name).style.zIndex = 400 + index * 10;
    });
    map.getPane("kring-names").style.pointerEvents = "none";

    function popup(layer, content) {
      var width = Math.min(340, map.getSize().x - 60);
      layer.bindPopup(content, { maxWidth: width, minWidth: width, autoPanPadding: [12, 12] });
      return layer;
    }

    function parkContent(park, before) {
      var node = heading(park.title, [park.place, park.id].filter(Boolean).join(" · "));
      if (before) { node.appendChild(before); }
      sections(node, data.parks, park.texts, !before);
      return node;
    }

    function classOf(item) {
      var pair = item.themes[state.theme];
      return pair ? pair[state.reading] : null;
    }

    function paint(item, shape, outlineOnly) {
      var code = classOf(item), pair = item.themes[state.theme];
      if (code === null || outlineOnly) {
        shape.setStyle({ fill: false, color: "#3b2354", weight: 1.5, dashArray: null });
        return;
      }
      var theme = styles.themes[state.theme];
      shape.setStyle({
        fill: true, fillColor: pattern(theme, code), fillOpacity: 1,
        color: styles.lines[theme][code], weight: pair[0] === pair[1] ? 1.5 : 2.5,
        dashArray: pair[0] === pair[1] ? null : "5 4"
      });
    }

    function drawPlaces() {
      data.municipalities.forEach(function (place) {
        L.polygon(unpack(place.g), {
          pane: "kring-places", color: "#8a8678", weight: 1, fillColor: "#f7f5ee", fillOpacity: 1,
          interactive: false
        }).addTo(groups.municipalities);
        if (!place.label) { return; }
        var icon = el("span", { "class": "place-name" }, place.title);
        L.marker(place.label, {
          pane: "kring-names", interactive: false, keyboard: false,
          icon: L.divIcon({ className: "place-anchor", html: icon, iconSize: null })
        }).addTo(groups.municipalities);
      });
    }

    function drawWater() {
      if (!data.waterways) { return; }
      data.waterways.items.forEach(function (water) {
        var style = styles.water[water.band];
        var options = {
          pane: "kring-water", color: style.color, weight: style.weight, dashArray: style.dash, fillOpacity: 0.5
        };
        addShapes(water, options, groups.waterways, function () { return overlayContent(data.waterways, water); });
      });
    }

    function addShapes(item, options, group, content) {
      item.g.forEach(function (rings) {
        var paths = rings.map(unpackPath), first = paths[0], last = first.length - 1, shape;
        if (first.length === 1) {
          shape = L.circleMarker(first[0], Object.assign({}, options, { radius: 5, fill: true }));
        } else if (first[0][0] === first[last][0] && first[0][1] === first[last][1]) {
          shape = L.polygon(paths, options);
        } else {
          shape = L.polyline(first, Object.assign({}, options, { fill: false }));
        }
        popup(shape, content).addTo(group);
      });
    }

    function overlayContent(overlay, item) {
      var node = heading(item.title, "");
      sections(node, overlay, item.texts, true);
      return node;
    }

    function drawOverlays() {
      data.overlays.forEach(function (overlay) {
        var style = styles.overlays[overlay.id];
        var looks = styles.looks[overlay.id];
        overlay.items.forEach(function (item) {
          var options = Object.assign({ pane: "kring-extra" }, style);
          if (looks) {
            Object.assign(options, { fillColor: pattern(looks[0], item.look), fillOpacity: 0.8, color: looks[1][item.look] });
          }
          addShapes(item, options, groups[overlay.id], function () { return overlayContent(overlay, item); });
        });
      });
    }

    function drawParks() {
      if (!data.parks) { return; }
      data.parks.items.forEach(function (park) {
        parksById[park.id] = park;
        var shape = L.polygon(unpack(park.g), { pane: "kring-parks" });
        shapesById[park.id] = shape;
        popup(shape, function () { return parkContent(park); }).addTo(groups.parks);
        shape.bindTooltip(el("span", {}, park.title), { sticky: true });
      });
    }

    function drawPlots() {
      if (!data.plots) { return; }
      data.plots.items.forEach(function (plot) {
        var shape = L.polygon(unpack(plot.g), { pane: "kring-plots" });
        plotShapes.push([plot, shape]);
        popup(shape, function () {
          var park = parksById[plot.park];
          var node = heading("Kavel " + plot.title, park ? park.title + ", " + park.place : "");
          sections(node, data.plots, plot.texts, true);
          return node;
        }).addTo(groups.plots);
      });
    }

    function drawZones() {
      groups.zones.clearLayers();
      var covered = {};
      if (!data.zones || state.theme !== "usable") { return covered; }
      data.zones.items.forEach(function (zone) {
        if (zone.reading !== state.reading || zone.inside !== state.inside) { return; }
        covered[zone.park] = true;
        var governed = styles.governed && zone.governed;
        popup(L.polygon(unpack(zone.g), {
          pane: "kring-zones", fillColor: pattern("category", zone["class"]), fillOpacity: 1,
          color: governed ? styles.governed : styles.lines.category[zone["class"]],
          weight: governed ? 2 : 0.6, dashArray: governed ? "2 5" : null
        }), function () {
          var park = parksById[zone.park] || { title: zone.park, place: "", id: "", texts: [] };
          return parkContent(park, table(data.zones, 0, zone.texts));
        }).addTo(groups.zones);
      });
      return covered;
    }

    function repaint() {
      var covered = drawZones();
      Object.keys(parksById).forEach(function (id) {
        var park = parksById[id];
        if (state.theme === "usable" && !park.themes.usable) {
          shapesById[id].setStyle(covered[id]
            ? { fill: false, color: "#3b2354", weight: 1.5, dashArray: null }
            : { fill: true, fillColor: pattern("category", "not_assessed"), fillOpacity: 1,
                color: styles.lines.category.not_assessed, weight: 1.5, dashArray: null });
        } else {
          paint(park, shapesById[id], false);
        }
      });
      plotShapes.forEach(function (pair) { paint(pair[0], pair[1], false); });
      document.querySelectorAll("[data-theme]").forEach(function (node) {
        node.hidden = node.getAttribute("data-theme").split(" ").indexOf(state.theme) < 0;
      });
    }

    function say(text) { document.getElementById("zoek-melding").textContent = text; }

    function show(park) {
      state.touched = true;
      var shape = shapesById[park.id];
      map.fitBounds(shape.getBounds(), { maxZoom: 14, padding: [60, 60], animate: false });
      shape.openPopup(shape.getBounds().getCenter());
      var node = document.querySelector(".leaflet-popup .evidence");
      if (node) { node.focus(); }
      say(park.title + " staat op de kaart.");
    }

    function optionText(park) { return park.place ? park.title + " (" + park.place + ")" : park.title; }

    function find(text) {
      var wanted = text.trim().toLocaleLowerCase("nl");
      if (!wanted) { return; }
      var parks = data.parks.items;
      var found = parks.filter(function (park) {
        return optionText(park).toLocaleLowerCase("nl") === wanted || park.title.toLocaleLowerCase("nl") === wanted
          || park.id.toLocaleLowerCase("nl") === wanted;
      });
      if (!found.length) {
        found = parks.filter(function (park) {
          return optionText(park).toLocaleLowerCase("nl").indexOf(wanted) >= 0;
        });
      }
      if (!found.length) { say("Geen terrein gevonden met \u201c" + text.trim() + "\u201d."); return; }
      show(found[0]);
      if (found.length > 1) { say(found.length + " terreinen gevonden; het eerste staat op de kaart."); }
    }

    function fillLists() {
      var options = document.getElementById("terreinen"), list = document.getElementById("terreinlijst");
      if (!data.parks) { return; }
      data.parks.items.slice().sort(function (a, b) {
        return a.title.localeCompare(b.title, "nl") || (a.id < b.id ? -1 : 1);
      }).forEach(function (park) {
        options.appendChild(el("option", { value: optionText(park) }));
        var item = el("li"), button = el("button", { type: "button" }, optionText(park));
        button.addEventListener("click", function () { show(park); });
        item.appendChild(button);
        list.appendChild(item);
      });
    }

    function listen() {
      document.getElementById("zoekformulier").addEventListener("submit", function (event) {
        event.preventDefault();
        find(document.getElementById("zoek").value);
      });
      document.getElementById("zoek").addEventListener("input", function (event) {
        // choosing from the list of names fires no submit
        var chosen = event.inputType === undefined || event.inputType === "insertReplacementText";
        if (chosen) { find(event.target.value); }
      });
      document.querySelectorAll("input[name=thema]").forEach(function (input) {
        input.addEventListener("change", function () { state.theme = input.value; map.closePopup(); repaint(); });
      });
      document.querySelectorAll("input[name=lezing]").forEach(function (input) {
        input.addEventListener("change", function () { state.reading = Number(input.value); repaint(); });
      });
      var inside = document.getElementById("objecten-op-terrein");
      if (inside) {
        inside.addEventListener("change", function () { state.inside = inside.checked; repaint(); });
      }
      document.querySelectorAll("input[data-group]").forEach(function (input) {
        var group = groups[input.getAttribute("data-group")];
        var legend = document.querySelector("[data-legend=" + input.getAttribute("data-group") + "]");
        function set() {
          if (input.checked) { group.addTo(map); } else { group.remove(); }
          if (legend) { legend.hidden = !input.checked; }
        }
        input.addEventListener("change", set);
        set();
      });
      document.addEventListener("keydown", function (event) { if (event.key === "Escape") { map.closePopup(); } });
      map.on("popupopen", function (event) {
        var close = event.popup.getElement().querySelector(".leaflet-popup-close-button");
        if (close) { close.setAttribute("aria-label", "Sluiten"); close.setAttribute("title", "Sluiten"); }
      });
      map.on("zoomend", names);
      // a turned telephone shows the whole area again, until the reader has chosen a place
      map.on("resize", function () { if (!state.touched) { fit(); } });
      ["pointerdown", "wheel", "keydown"].forEach(function (name) {
        map.getContainer().addEventListener(name, function () { state.touched = true; }, { passive: true });
      });
      window.addEventListener("beforeprint", function () { resize(true); });
      window.addEventListener("afterprint", function () { resize(false); });
    }

    function resize(printing) {
      // the paper gets its size before the browser lays it out, so that the map can follow
      var seen = map.getBounds();
      state.touched = true;
      document.documentElement.classList.toggle("printing", printing);
      map.invalidateSize({ animate: false });
      map.fitBounds(seen, { animate: false });
    }

    function names() {
      map.getContainer().classList.toggle("far", map.getZoom() < 10);
      var kept = [];
      document.querySelectorAll(".place-name").forEach(function (name) {
        var box = name.getBoundingClientRect();
        var covers = kept.some(function (other) {
          return box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
        });
        name.classList.toggle("covered", covers);
        if (!covers) { kept.push(box); }
      });
    }

    drawPlaces();
    drawWater();
    drawParks();
    drawPlots();
    drawOverlays();
    fillLists();
    listen();
    repaint();
    names();
    document.documentElement.setAttribute("data-ready", "yes");
  }

  return { start: start };
}());
