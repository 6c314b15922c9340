// Drawing the boundary of a plan on the map. The form works without: what is drawn lands in its text field, and
// who cannot use a pointer types coordinates there. Everything shown is set as text.

const SOURCE = "plan-draw";
const DECIMALS = 6; // about a decimetre
const LAYERS = ["area", "line", "corner"].map((part) => `${SOURCE}-${part}`);
const STILL = 4; // pixels that a click may move
const WORDS = {
  nl: {
    start: "Teken op de kaart", point: "Punt in het midden van de kaart", back: "Laatste punt weg", clear: "Begin opnieuw",
    how: "Klik op de kaart om punten te zetten. Met het toetsenbord: schuif de kaart met de pijltjes; Enter zet een punt in het midden.",
    few: "Nog ten minste {n} punten nodig.", done: "{n} punten. U kunt het plan toetsen.", test: "Toets dit plan",
  },
  en: {
    start: "Draw on the map", point: "Point in the middle of the map", back: "Remove last point", clear: "Start again",
    how: "Click on the map to set points. By keyboard: move the map with the arrow keys; Enter sets a point in its middle.",
    few: "At least {n} more points needed.", done: "{n} points. You can test the plan.", test: "Test this plan",
  },
};

const round = (value) => Number(value.toFixed(DECIMALS));

/** Boundary of points (longitude, latitude) as text for the form; empty with fewer than three. */
export function boundary(points) {
  if (points.length < 3) return "";
  return points.map((point) => point.map(round).join(" ")).join("\n");
}

/** What the map shows of points: the area as soon as there is one, its line and its corners. */
export function shapes(points) {
  const feature = (type, coordinates) => ({ type: "Feature", properties: {}, geometry: { type, coordinates } });
  const features = points.map((point) => feature("Point", point));
  if (points.length > 2) features.push(feature("Polygon", [[...points, points[0]]]));
  else if (points.length === 2) features.push(feature("LineString", points));
  return { type: "FeatureCollection", features };
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button secondary";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

function addLayers(map) {
  map.addSource(SOURCE, { type: "geojson", data: shapes([]) });
  const common = { source: SOURCE };
  const [area, line, corner] = LAYERS;
  map.addLayer({ ...common, id: area, type: "fill", filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": "#a4161a", "fill-opacity": 0.25 } });
  map.addLayer({ ...common, id: line, type: "line", filter: ["!=", ["geometry-type"], "Point"],
    paint: { "line-color": "#a4161a", "line-width": 3 } });
  map.addLayer({ ...common, id: corner, type: "circle", filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-radius": 5, "circle-color": "#ffffff", "circle-stroke-color": "#a4161a", "circle-stroke-width": 2 } });
}

// before the map does with a click or Enter what it does otherwise; a drag is no click
function listen(map, drawing, add) {
  const box = map.getContainer();
  let down = null;
  const onCanvas = (event) => drawing() && event.target === map.getCanvas();
  box.addEventListener("pointerdown", (event) => { down = [event.clientX, event.clientY]; }, true);
  box.addEventListener("click", (event) => {
    if (!onCanvas(event)) return;
    event.stopPropagation();
    const moved = down === null ? 0 : Math.hypot(event.clientX - down[0], event.clientY - down[1]);
    const edge = map.getCanvas().getBoundingClientRect();
    if (moved <= STILL) add(map.unproject([event.clientX - edge.left, event.clientY - edge.top]));
  }, true);
  box.addEventListener("keydown", (event) => {
    if (!onCanvas(event) || event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    add(map.getCenter());
  }, true);
}

/** Let the reader draw on a MapLibre map; `place` holds the buttons and names the field (`data-target`). */
export function attachDrawing(map, place) {
  const words = WORDS[document.documentElement.lang] ?? WORDS.nl;
  const field = document.getElementById(place.dataset.target);
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  let points = [];
  let drawing = false;

  function change(next) {
    points = next;
    map.getSource(SOURCE).setData(shapes(points));
    // what the legend switched on since lies over it
    LAYERS.forEach((name) => map.moveLayer(name));
    test.disabled = points.length < 3;
    field.value = boundary(points);
    const left = 3 - points.length;
    said.textContent = left > 0 ? words.few.replace("{n}", left) : words.done.replace("{n}", points.length);
  }
  const add = ({ lng, lat }) => change([...points, [lng, lat]]);

  const test = button(words.test, () => field.form.requestSubmit());
  test.className = "button";
  test.disabled = true;
  const tools = [
    button(words.point, () => add(map.getCenter())),
    button(words.back, () => change(points.slice(0, -1))),
    button(words.clear, () => change([])),
    test,
  ];
  const start = button(words.start, () => {
    drawing = true;
    start.hidden = true;
    tools.forEach((one) => { one.hidden = false; });
    map.getCanvas().classList.add("plan-drawing");
    said.textContent = words.how;
    tools[0].focus();
  });
  tools.forEach((one) => { one.hidden = true; });
  addLayers(map);
  listen(map, () => drawing, add);
  place.replaceChildren(start, ...tools, said);
  place.hidden = false;
}

// the map of the page says when it is there
document.addEventListener("kring:map", (event) => {
  const place = document.querySelector("[data-map-draw]");
  if (place !== null) attachDrawing(event.detail.map, place);
});
