// Draws the map of a page that says everything without it: legend, table and words stand there already.
// Text is only ever set as text, and nothing is asked of another host than the page's own (but for a
// background that the service was told to show).

const ready = [];
const SIDES = [["north", 0, -1, "↑"], ["west", -1, 0, "←"], ["east", 1, 0, "→"], ["south", 0, 1, "↓"]];
const ROUND = [1, 2, 3, 5, 10];
const SHARPNESS = 2.5; // pixels on paper per pixel on the screen
const TOP = "top";
const NEAR = 4; // pixels round a pointer in which something is met

/** Promise of every map of this page: a list of `{element, map, view}`; those that could not start are left out. */
export async function mapsReady() {
  const found = await Promise.all(ready);
  return found.filter((one) => one !== null);
}

function el(tag, attributes = {}, text = null) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== null) node.textContent = text;
  return node;
}

// the service writes whole addresses, perhaps of the name by which it knows itself: stay where the page is
function local(address) {
  return address.replace(/^https?:\/\/[^/]+/, location.origin);
}

async function json(address) {
  const answer = await fetch(local(address), { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return answer.json();
}

let library = null;

function loadLibrary(state) {
  library ??= new Promise((done, failed) => {
    document.head.append(el("link", { rel: "stylesheet", href: state.stylesheet }));
    const script = el("script", { src: state.library });
    script.addEventListener("load", () => done(window.maplibregl));
    script.addEventListener("error", () => failed(new Error("library")));
    document.head.append(script);
  });
  return library;
}

function nextIdle(map) {
  return new Promise((done) => {
    map.once("idle", done);
    // a map that is idle already says so again after another frame
    map.triggerRepaint();
  });
}

class View {
  constructor(section) {
    this.section = section;
    this.element = section.querySelector(".map-canvas");
    this.state = JSON.parse(section.querySelector("script[type='application/json']").textContent);
    this.words = this.state.words;
    this.layers = new Map(this.state.layers.map((layer, place) => [layer.name, { ...layer, place }]));
    this.parts = [];
    this.names = [];
    this.asked = new Map();
    this.touched = false;
    this.selected = null;
    this.swap = 0;
  }

  find(selector) {
    return this.section.querySelector(selector);
  }

  say(text) {
    this.find(".map-said").textContent = text;
  }

  async start() {
    if (!("WebGL2RenderingContext" in window)) return this.without(this.words.noWebGL);
    this.element.replaceChildren(el("p", { class: "map-message" }, this.words.loading));
    // what the first layers need is under way while the library is
    for (const layer of this.layers.values()) if (layer.on) this.sheets(layer).catch(() => {});
    try {
      this.gl = await loadLibrary(this.state);
    } catch {
      return this.without(this.words.failed);
    }
    try {
      this.make();
    } catch {
      return this.without(this.words.noWebGL);
    }
    this.listen();
    this.section.classList.add("live");
    await new Promise((done) => this.map.once("style.load", done));
    this.element.querySelector(".map-message")?.remove();
    // whoever draws on the map can begin as soon as it is there
    this.element.dispatchEvent(
      new CustomEvent("kring:map", { bubbles: true, detail: { map: this.map, view: this, gl: this.gl } }),
    );
    await Promise.all([...this.layers.values()].map((layer) => this.show(layer)));
    this.showNames();
    if (this.state.selected) await this.select(this.state.selected.layer, this.state.selected.id, false);
    await nextIdle(this.map);
    this.element.dataset.idle = "true";
    this.touched = true;
    return { element: this.element, map: this.map, view: this };
  }

  // the legend and the table stay as they are
  without(text) {
    this.element.replaceChildren(el("p", { class: "map-message", role: "status" }, text));
    this.element.dataset.absent = "true";
    return null;
  }

  make() {
    const query = this.state.share ? new URLSearchParams(location.search) : new URLSearchParams();
    const [lat, lon] = (query.get("midden") ?? "").split(",").map(Number);
    const zoom = Number(query.get("zoom"));
    const placed = Math.abs(lat) <= 85 && Math.abs(lon) <= 180 && zoom > 0 && query.get("midden") !== "";
    const [west, south, east, north] = this.state.bounds;
    const start = placed ? { center: [lon, lat], zoom } : { bounds: [[west, south], [east, north]] };
    this.map = new this.gl.Map({
      container: this.element,
      style: {
        version: 8,
        sources: {},
        layers: [
          { id: "paper", type: "background", paint: { "background-color": "#f4f3ee" } },
          // nothing to see: ours lie under it, what another script draws lies over it
          { id: TOP, type: "background", layout: { visibility: "none" } },
        ],
        sprite: new URL(`${this.state.service}/styles/sprite`, location.href).href,
      },
      ...start,
      fitBoundsOptions: { padding: 16 },
      minZoom: 6,
      maxZoom: 18,
      maxPitch: 0,
      dragRotate: false,
      pitchWithRotate: false,
      fadeDuration: 0,
      attributionControl: false,
      refreshExpiredTiles: false,
      // a finger that moves the page, or a wheel that does, must not be caught by the map
      cooperativeGestures: this.state.embedded || matchMedia("(pointer: coarse)").matches,
      locale: this.words.locale,
    });
    this.map.keyboard.disableRotation();
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new this.gl.NavigationControl({ showCompass: false }), "top-left");
    this.map.addControl({ onAdd: () => this.arrows(), onRemove() {} }, "top-left");
    this.map.addControl(new this.gl.ScaleControl({ maxWidth: 140, unit: "metric" }), "bottom-left");
    this.element.append(el("div", { class: "map-cross", "aria-hidden": "true" }), this.nameBox());
    this.map.getCanvas().setAttribute("aria-describedby", `${this.section.id}-keys`);
    if (this.state.ground) this.showGround();
  }

  showGround() {
    const ground = { type: "raster", tiles: [this.state.ground], tileSize: 256 };
    this.map.once("load", () => {
      this.map.addSource("ground", ground);
      this.map.addLayer({ id: "ground", type: "raster", source: "ground" }, this.parts[0]?.id ?? TOP);
    });
  }

  // a way to move without dragging, WCAG 2.5.7
  arrows() {
    const box = el("div", { class: "maplibregl-ctrl maplibregl-ctrl-group map-arrows" });
    for (const [name, right, down, sign] of SIDES) {
      const button = el("button", { type: "button", class: `map-${name}`, "aria-label": this.words[name] }, sign);
      button.addEventListener("click", () => this.map.panBy([right * 120, down * 120]));
      box.append(button);
    }
    const whole = el("button", { type: "button", class: "map-whole", "aria-label": this.words.whole }, "⌂");
    whole.addEventListener("click", () => this.fit(this.state.bounds));
    box.append(whole);
    return box;
  }

  fit([west, south, east, north], maxZoom = 15) {
    this.map.fitBounds([[west, south], [east, north]], { padding: 40, maxZoom });
  }

  // ---- layers -------------------------------------------------------------------------------------------

  /** The style of a layer and where its tiles are; asked for once. */
  sheets(layer) {
    const root = this.state.service;
    const addresses = [
      `${root}/styles/${encodeURIComponent(layer.style)}?f=mapbox`,
      `${root}/collections/${layer.name}/tiles/WebMercatorQuad?f=tilejson`,
    ];
    return Promise.all(
      addresses.map((address) => {
        if (!this.asked.has(address)) this.asked.set(address, json(address));
        return this.asked.get(address).catch((error) => {
          this.asked.delete(address);
          throw error;
        });
      }),
    );
  }

  async show(layer) {
    this.remove(layer);
    if (!layer.on) return;
    const wanted = layer.style;
    try {
      const [sheet, tiles] = await this.sheets(layer);
      // meanwhile it may have been switched off, or to another style
      if (layer.on && layer.style === wanted && !this.map.getSource(layer.name)) this.add(layer, sheet, tiles);
    } catch {
      this.say(this.words.layerFailed.replace("{}", layer.label));
    }
  }

  add(layer, sheet, tiles) {
    const { minzoom, maxzoom, bounds } = tiles;
    this.map.addSource(layer.name, { type: "vector", tiles: tiles.tiles.map(local), minzoom, maxzoom, bounds });
    for (const part of sheet.layers) this.addPart({ ...part, source: layer.name }, layer, layer.place);
    if (layer.context) {
      // its fill lies under everything, its borders over the areas
      const outline = sheet.layers.find((part) => part.id.endsWith("/outline"));
      const paint = { "line-color": "#55504a", "line-width": 1, "line-dasharray": [4, 2] };
      if (outline) this.addPart({ ...outline, id: `${layer.name}/border`, source: layer.name, paint }, layer, this.state.above);
    }
    this.mark();
  }

  addPart(part, layer, rank) {
    const next = this.parts.findIndex((other) => other.rank > rank);
    const place = next < 0 ? this.parts.length : next;
    const before = this.parts[place]?.id ?? (this.map.getLayer("chosen-line") ? "chosen-line" : TOP);
    this.map.addLayer(part, before);
    this.parts.splice(place, 0, { id: part.id, rank, layer: layer.name, context: layer.context });
  }

  remove(layer) {
    for (const part of this.parts.filter((one) => one.layer === layer.name)) this.map.removeLayer(part.id);
    this.parts = this.parts.filter((one) => one.layer !== layer.name);
    if (this.selected?.layer === layer.name) this.unmark();
    if (this.map.getSource(layer.name)) this.map.removeSource(layer.name);
  }

  /** Switch a layer on or off, or to another style; the legend, the link and the tables follow. */
  async change(name, on, style = null) {
    const layer = this.layers.get(name);
    layer.on = on;
    layer.style = style ?? layer.style;
    for (const part of this.section.querySelectorAll(`[data-legend-of="${name}"]`)) {
      part.hidden = !on || part.dataset.style !== layer.style;
    }
    if (this.selected?.layer === name) this.close();
    this.write();
    await Promise.all([this.show(layer), this.swapTables()]);
    this.say(this.words[on ? "isOn" : "isOff"].replace("{}", layer.label));
  }

  // the page itself knows the tables of the layers that are on: ask it for them
  async swapTables() {
    const place = this.state.tables && document.getElementById(this.state.tables);
    if (!place) return;
    const turn = (this.swap += 1);
    try {
      const answer = await fetch(this.address(), { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(this.state.tables);
      if (turn === this.swap && fresh) {
        place.replaceChildren(...fresh.childNodes);
        place.dispatchEvent(new CustomEvent("kring:fresh", { bubbles: true }));
      }
    } catch {
      place.replaceChildren(el("p", { class: "warning" }, this.words.tablesFailed));
    }
  }

  // ---- what lies somewhere ------------------------------------------------------------------------------

  at(point) {
    const box = [[point.x - NEAR, point.y - NEAR], [point.x + NEAR, point.y + NEAR]];
    const layers = this.parts.filter((part) => !part.context).map((part) => part.id);
    const met = new Map();
    for (const feature of this.map.queryRenderedFeatures(box, { layers })) {
      // what no rule of the style holds for is there but not drawn
      const seen = feature.layer.type !== "fill" || feature.layer.paint["fill-color"]?.a !== 0;
      const layer = this.layers.get(feature.source);
      const id = feature.properties[layer.identifier];
      if (seen && id !== undefined) met.set(`${layer.name}:${id}`, { layer: layer.name, id: String(id) });
    }
    return [...met.values()];
  }

  async open(things, at, focus = true) {
    this.close(false);
    if (!things.length) {
      this.say(this.words.nothing);
      return;
    }
    let facts;
    try {
      facts = await this.facts(things[0]);
    } catch {
      this.say(this.words.factsFailed);
      return;
    }
    const content = this.content(facts, things, at);
    this.popup = new this.gl.Popup({ maxWidth: "min(21rem, 86vw)", focusAfterOpen: false, closeOnClick: false })
      .setLngLat(at ?? facts.point)
      .setDOMContent(content)
      .addTo(this.map);
    this.popup.getElement().addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
    this.popup.on("close", () => this.closed());
    this.selected = things[0];
    this.mark();
    this.write();
    if (focus) content.focus({ preventScroll: true });
  }

  facts({ layer, id }) {
    return json(`${this.state.facts}/${layer}/${encodeURIComponent(id)}`);
  }

  content(facts, things, at) {
    const box = el("div", { class: "map-facts", tabindex: "-1", role: "group", "aria-label": facts.title });
    box.append(el("p", { class: "map-kind" }, facts.layer), el("h3", {}, facts.title));
    if (facts.place) box.append(el("p", { class: "map-place" }, facts.place));
    for (const [text, address] of facts.links) {
      const line = el("p");
      line.append(el("a", { href: address }, text));
      box.append(line);
    }
    const list = el("dl");
    for (const [label, text, missing] of facts.rows) {
      list.append(el("dt", {}, label), el("dd", missing ? { class: "missing" } : {}, text));
    }
    box.append(list);
    this.others(box, things, at);
    return box;
  }

  others(box, things, at) {
    if (things.length < 2) return;
    box.append(el("p", { class: "map-also" }, this.words.also));
    const list = el("ul");
    for (const other of things.slice(1, 9)) {
      const button = el("button", { type: "button" }, `${this.layers.get(other.layer).label}: ${other.id}`);
      const rest = things.filter((one) => one !== other);
      button.addEventListener("click", () => this.open([other, ...rest], at));
      const item = el("li");
      item.append(button);
      list.append(item);
    }
    box.append(list);
  }

  close(back = true) {
    this.back = back;
    this.popup?.remove();
  }

  closed() {
    const inside = this.popup.getElement()?.contains(document.activeElement);
    this.popup = null;
    this.unmark();
    this.write();
    if (this.back !== false || inside) this.map.getCanvas().focus({ preventScroll: true });
    this.back = true;
  }

  // what was chosen gets a line in two colours, so that it shows on every fill
  mark() {
    const chosen = this.selected;
    const layer = chosen && this.layers.get(chosen.layer);
    if (!chosen || !this.map.getSource(layer.name)) return;
    this.unmark(false);
    const filter = ["==", ["to-string", ["get", layer.identifier]], chosen.id];
    const base = { source: layer.name, "source-layer": layer.name, filter };
    const lines = [["chosen-line", "#ffffff", 7], ["chosen-core", "#b3261e", 3]];
    for (const [id, colour, width] of lines) {
      this.map.addLayer({ ...base, id, type: "line", paint: { "line-color": colour, "line-width": width } }, TOP);
    }
    const ring = { "circle-radius": 10, "circle-opacity": 0, "circle-stroke-color": "#b3261e", "circle-stroke-width": 3 };
    const points = ["all", ["==", ["geometry-type"], "Point"], filter];
    this.map.addLayer({ ...base, filter: points, id: "chosen-point", type: "circle", paint: ring }, TOP);
  }

  unmark(forget = true) {
    for (const id of ["chosen-line", "chosen-core", "chosen-point"]) {
      if (this.map.getLayer(id)) this.map.removeLayer(id);
    }
    if (forget) this.selected = null;
  }

  /** Go to a row of a layer, switch its layer on and show what is known of it. */
  async select(name, id, focus = true) {
    const layer = this.layers.get(name);
    if (!layer) return;
    try {
      const facts = await this.facts({ layer: name, id });
      if (!layer.on) {
        const box = this.section.querySelector(`input[name="lagen"][value="${name}"]`);
        if (box) box.checked = true;
        await this.change(name, true);
      }
      // a link that holds a place keeps it
      if (focus || !new URLSearchParams(location.search).get("midden")) {
        this.map.fitBounds(facts.box, { padding: 80, maxZoom: 14, animate: false });
      }
      await this.open([{ layer: name, id }], facts.point, focus);
    } catch {
      this.say(this.words.factsFailed);
    }
  }

  // ---- link ---------------------------------------------------------------------------------------------

  address() {
    const { lng, lat } = this.map.getCenter();
    const query = new URLSearchParams(location.search);
    for (const name of ["midden", "zoom", "lagen", "kleur", "kies"]) query.delete(name);
    query.set("midden", `${lat.toFixed(5)},${lng.toFixed(5)}`);
    query.set("zoom", this.map.getZoom().toFixed(2));
    const on = [...this.layers.values()].filter((layer) => layer.on);
    query.set("lagen", on.map((layer) => layer.name).join(","));
    const styled = on.filter((layer) => layer.style !== layer.usual).map((layer) => layer.style);
    if (styled.length) query.set("kleur", styled.join(","));
    if (this.selected) query.set("kies", `${this.selected.layer}:${this.selected.id}`);
    // commas and colons may stand in a query as they are, and read better in a mail
    const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
    return `${location.pathname}?${text}`;
  }

  write() {
    if (this.touched && this.state.share) history.replaceState(history.state, "", this.address());
  }

  async copy() {
    const whole = new URL(this.address(), location.href).href;
    const field = this.find(".map-link");
    try {
      await navigator.clipboard.writeText(whole);
      this.say(this.words.copied);
    } catch {
      // a browser that keeps the clipboard to itself: show the link, ready to be copied
      field.hidden = false;
      field.value = whole;
      field.select();
      this.say(this.words.copyYourself);
    }
  }

  // ---- search and names ---------------------------------------------------------------------------------

  async places() {
    this.known ??= json(this.state.names);
    return this.known;
  }

  async search(text) {
    const list = this.find(".map-found");
    const wanted = text.trim().toLocaleLowerCase("nl");
    list.replaceChildren();
    if (wanted.length < 2) {
      this.find(".map-count").textContent = "";
      return [];
    }
    const all = await this.places();
    const rank = (place) => (place.name.toLocaleLowerCase("nl").startsWith(wanted) ? 0 : 1);
    const found = all.filter((place) => place.name.toLocaleLowerCase("nl").includes(wanted));
    found.sort((a, b) => rank(a) - rank(b));
    for (const place of found.slice(0, 8)) {
      const button = el("button", { type: "button" }, place.where ? `${place.name} (${place.where})` : place.name);
      button.addEventListener("click", () => this.go(place));
      const item = el("li");
      item.append(button);
      list.append(item);
    }
    const count = this.words[found.length === 1 ? "foundOne" : "foundMany"];
    this.find(".map-count").textContent = found.length ? count.replace("{}", found.length) : this.words.foundNone;
    return found;
  }

  go(place) {
    this.find(".map-found").replaceChildren();
    this.find(".map-count").textContent = "";
    if (this.layers.has(place.layer) && !this.layers.get(place.layer).context) {
      this.select(place.layer, place.id);
      return;
    }
    this.fit(place.box);
    this.map.getCanvas().focus({ preventScroll: true });
    this.say(this.words.shown.replace("{}", place.name));
  }

  nameBox() {
    this.nameLayer = el("div", { class: "map-names", "aria-hidden": "true" });
    return this.nameLayer;
  }

  async showNames() {
    const all = await this.places().catch(() => []);
    this.names = all
      .filter((place) => place.layer === "municipalities")
      .map((place) => ({ place, node: el("span", {}, place.name) }));
    this.nameLayer.replaceChildren(...this.names.map((name) => name.node));
    this.map.on("move", () => this.putNames());
    this.map.on("resize", () => this.putNames());
    this.putNames();
  }

  putNames() {
    const on = this.layers.get("municipalities")?.on ?? true;
    const taken = [];
    const { clientWidth: width, clientHeight: height } = this.element;
    for (const name of this.names) {
      const { x, y } = this.map.project(name.place.point);
      const half = name.place.name.length * 3.6 + 4;
      const box = [x - half, y - 9, x + half, y + 9];
      const inside = box[0] > 0 && box[1] > 0 && box[2] < width && box[3] < height;
      const free = taken.every((t) => box[0] > t[2] || t[0] > box[2] || box[1] > t[3] || t[1] > box[3]);
      name.at = on && inside && free ? [x, y] : null;
      name.node.hidden = name.at === null;
      if (name.at) {
        taken.push(box);
        name.node.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
      }
    }
  }

  // ---- paper --------------------------------------------------------------------------------------------

  /** A round distance and the share of the map's width that it covers, both measured on the ground. */
  bar() {
    const { clientWidth: width, clientHeight: height } = this.element;
    const middle = height / 2;
    const reach = width / 4;
    const left = this.map.unproject([width / 2 - reach / 2, middle]);
    const metres = left.distanceTo(this.map.unproject([width / 2 + reach / 2, middle]));
    const power = 10 ** Math.floor(Math.log10(metres));
    const round = power * Math.max(...ROUND.filter((step) => step * power <= metres));
    const text = round >= 1000 ? `${round / 1000} km` : `${round} m`;
    return { text, share: (round / metres) * (reach / width), metres: round };
  }

  // on paper stands a picture: a browser does not keep what WebGL drew
  capture() {
    const sheet = el("canvas");
    this.map.redraw();
    const drawn = this.map.getCanvas();
    sheet.width = drawn.width;
    sheet.height = drawn.height;
    const pen = sheet.getContext("2d");
    pen.drawImage(drawn, 0, 0);
    const ratio = drawn.width / this.element.clientWidth;
    pen.font = `${12 * ratio}px system-ui, sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineWidth = 3 * ratio;
    pen.strokeStyle = "#ffffff";
    pen.fillStyle = "#2b2926";
    for (const { at, place } of this.names.filter((name) => name.at)) {
      pen.strokeText(place.name, at[0] * ratio, at[1] * ratio);
      pen.fillText(place.name, at[0] * ratio, at[1] * ratio);
    }
    this.find(".map-picture").replaceChildren(el("img", { alt: this.find(`#${this.section.id}-title`).textContent, src: sheet.toDataURL() }));
    const { text, share } = this.bar();
    this.find(".map-bar span").style.width = `${(share * 100).toFixed(3)}%`;
    this.find(".map-bar-text").textContent = text;
    this.find(".map-printed").textContent = this.words.printed.replace("{}", new Date().toLocaleDateString(this.state.language));
    this.section.classList.add("captured");
  }

  // the map takes the size of the paper, is drawn sharp, and everything beside it is left off
  async print(paper) {
    const seen = this.map.getBounds();
    const button = this.find(".map-print");
    button.disabled = true;
    this.say(this.words.printing);
    this.section.classList.add("sizing", paper);
    this.map.setPixelRatio(SHARPNESS);
    this.map.resize();
    this.map.fitBounds(seen, { animate: false });
    await nextIdle(this.map);
    this.putNames();
    this.capture();
    this.section.classList.remove("sizing");
    this.map.setPixelRatio(window.devicePixelRatio);
    this.map.resize();
    this.map.fitBounds(seen, { animate: false });
    this.alone(paper, true);
    window.addEventListener("afterprint", () => {
      this.alone(paper, false);
      this.section.classList.remove(paper);
    }, { once: true });
    button.disabled = false;
    this.say("");
    await this.find(".map-picture img").decode().catch(() => {});
    this.ownSheet = true;
    window.print();
  }

  alone(paper, on) {
    document.documentElement.classList.toggle(`print-${paper}`, on);
    for (let node = this.section; node !== document.body; node = node.parentElement) {
      for (const other of node.parentElement.children) {
        if (other !== node) other.classList.toggle("map-aside", on);
      }
    }
  }

  // ---- events -------------------------------------------------------------------------------------------

  listen() {
    const { map, section } = this;
    map.on("click", (event) => {
      if (!this.busy()) this.open(this.at(event.point), event.lngLat);
    });
    map.on("moveend", () => this.write());
    map.getCanvas().addEventListener("keydown", (event) => this.key(event));
    map.on("mousemove", (event) => {
      map.getCanvas().style.cursor = this.at(event.point).length ? "pointer" : "";
    });
    this.find(".map-legend").addEventListener("change", (event) => {
      const { name, value, checked, dataset } = event.target;
      if (name === "lagen") this.change(value, checked);
      if (name === "kleur") this.change(dataset.layer, this.layers.get(dataset.layer).on, value);
    });
    const search = this.find(".map-search");
    if (search) {
      const field = search.querySelector("input");
      field.addEventListener("input", () => this.search(field.value));
      search.addEventListener("submit", async (event) => {
        event.preventDefault();
        const [first] = await this.search(field.value);
        if (first) this.go(first);
      });
    }
    this.find(".map-middle").addEventListener("click", () => this.openMiddle());
    this.find(".map-copy")?.addEventListener("click", () => this.copy());
    this.find(".map-print").addEventListener("click", () => this.print(this.find(".map-size").value));
    document.addEventListener("click", (event) => {
      const [layer, id] = this.rowOf(event);
      if (!layer) return;
      event.preventDefault();
      section.scrollIntoView();
      this.select(layer, id);
    });
    window.addEventListener("beforeprint", () => {
      if (!this.ownSheet && this.element.dataset.idle) this.capture();
    });
    window.addEventListener("afterprint", () => {
      this.ownSheet = false;
      section.classList.remove("captured");
    });
  }

  // a link of a table to its row on this map
  rowOf(event) {
    const link = event.target.closest?.("a[href*='kies=']");
    if (!link || link.hash !== `#${this.section.id}` || link.pathname !== location.pathname) return [];
    if (event.ctrlKey || event.metaKey || event.shiftKey) return [];
    const [layer, ...id] = new URLSearchParams(link.search).get("kies").split(":");
    return this.layers.has(layer) ? [layer, id.join(":")] : [];
  }

  // while somebody draws on the map a click is a point of the drawing
  busy() {
    return this.map.getCanvas().classList.contains("plan-drawing");
  }

  key(event) {
    if (event.key === "Enter" && !this.busy()) {
      event.preventDefault();
      this.openMiddle();
    } else if (event.key === "Escape") {
      this.close();
    }
  }

  openMiddle() {
    const middle = this.map.getCenter();
    return this.open(this.at(this.map.project(middle)), middle);
  }
}

for (const section of document.querySelectorAll("section.map")) ready.push(new View(section).start());
