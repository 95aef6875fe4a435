// Small tables of the overview: sort by a column, find a row.
"use strict";
(() => {
  const value = (row, column) => {
    const cell = row.cells[column];
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    const text = cell.textContent.trim();
    return cell.classList.contains("number") ? Number(text.replaceAll(",", "")) : text;
  };
  const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b, "en-GB"));

  const sort = (table, header) => {
    const column = header.cellIndex;
    // Figures start with the highest, names with A.
    const first = header.classList.contains("number") ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const direction = header.getAttribute("aria-sort") === first ? other : first;
    for (const cell of header.parentElement.cells) cell.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", direction);
    const sign = direction === "ascending" ? 1 : -1;
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [value(row, column), row]);
    rows.sort((a, b) => sign * compare(a[0], b[0]));
    body.append(...rows.map(([, row]) => row));
  };

  for (const table of document.querySelectorAll("table[data-sortable]")) {
    for (const header of table.tHead.rows[0].cells) {
      if ("fixed" in header.dataset) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = header.textContent;
      header.replaceChildren(button);
      button.addEventListener("click", () => sort(table, header));
    }
  }
  for (const input of document.querySelectorAll("input[data-find]")) {
    const rows = document.getElementById(input.dataset.find).tBodies[0].rows;
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      for (const row of rows) {
        row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
      }
    });
  }
})();
