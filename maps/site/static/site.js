// Small comforts on top of pages that work without: tables that sort, and focus on what is wrong in a form.

function valueOf(row, column) {
  const cell = row.cells[column];
  const given = cell.dataset.sort ?? cell.textContent.trim();
  const number = Number(given);
  return given === "" ? null : Number.isNaN(number) ? given : number;
}

function compare(a, b, language) {
  // what is missing comes last, whichever way the table is sorted
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), language, { numeric: true });
}

function sortBy(table, column, down) {
  const body = table.tBodies[0];
  const language = document.documentElement.lang;
  const rows = [...body.rows].map((row, place) => ({ row, place, value: valueOf(row, column) }));
  rows.sort((a, b) => {
    const order = compare(a.value, b.value, language);
    const turned = down && a.value !== null && b.value !== null ? -order : order;
    return turned || a.place - b.place;
  });
  body.append(...rows.map((item) => item.row));
}

function makeSortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  // columns that are links are sorted by the service
  if (heads.some((head) => head.querySelector("a"))) return;
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      sortBy(table, column, down);
    });
  });
}

document.querySelectorAll("table.sortable").forEach(makeSortable);
// tables that a script put on the page later
document.addEventListener("kring:fresh", (event) => {
  event.target.querySelectorAll("table.sortable").forEach(makeSortable);
});
document.querySelector("#fouten")?.focus();

document.querySelectorAll("[data-copy]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.innerText ?? source.value);
    button.textContent = button.dataset.done;
  });
});

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
