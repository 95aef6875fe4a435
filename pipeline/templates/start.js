// The filters, the sort order and the address of the page: each follows the others, so that a
// filtered table can be bookmarked and sent on.
"use strict";
(() => {
  const form = document.getElementById("filters");
  const headers = [...document.querySelectorAll("#decisions thead th")];
  const count = document.getElementById("count");
  const clear = document.getElementById("clear");
  const NOT_GIVEN = "(not given)";
  let sort = { key: "", descending: false };

  const fill = (name, pairs) => {
    for (const [value, label] of pairs) form.elements[name].append(new Option(label || NOT_GIVEN, value || NOT_GIVEN));
  };

  const criteria = () => {
    const found = {};
    for (const [key, value] of new FormData(form)) {
      if (value.trim() !== "") found[key] = value === NOT_GIVEN ? "" : value.trim();
    }
    return found;
  };

  const writeAddress = (found) => {
    const address = new URLSearchParams();
    for (const [key, value] of Object.entries(found)) address.set(key, value);
    if (sort.key) address.set("sort", (sort.descending ? "-" : "") + sort.key);
    const text = address.toString();
    history.replaceState(null, "", text ? `#${text}` : location.pathname);
  };

  const readAddress = () => {
    const address = new URLSearchParams(location.hash.slice(1));
    form.reset();
    for (const field of form.elements) {
      if (!field.name || !address.has(field.name)) continue;
      if (field.type === "checkbox") field.checked = address.get(field.name) === "1";
      else field.value = address.get(field.name) || NOT_GIVEN;
    }
    const wanted = address.get("sort") || "";
    const key = wanted.replace("-", "");
    sort = headers.some((header) => header.dataset.key === key)
      ? { key, descending: wanted.startsWith("-") } : { key: "", descending: false };
  };

  const update = () => {
    const found = criteria();
    const rows = report.sort(report.filter(found), sort.key, sort.descending);
    for (const header of headers) {
      if (header.dataset.key === sort.key) {
        header.setAttribute("aria-sort", sort.descending ? "descending" : "ascending");
      } else header.removeAttribute("aria-sort");
    }
    const all = report.table.count;
    const number = new Intl.NumberFormat("en-GB");
    count.textContent = rows.length === all
      ? `${number.format(all)} decisions`
      : `${number.format(rows.length)} of ${number.format(all)} decisions`;
    clear.hidden = Object.keys(found).length === 0;
    report.show(rows);
    writeAddress(found);
  };

  // A spreadsheet would run a text that begins like a formula; an apostrophe keeps it a text.
  const harmless = (text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
  const quoted = (value) => `"${harmless(String(value)).replaceAll('"', '""')}"`;
  const csv = () => {
    const { table } = report;
    const lines = [["reference", "authority", "category", "date", "outcome", "probability",
      "possible_outcomes", "review", "published_as", "main_ground"]];
    for (const row of report.shown()) {
      lines.push([table.names[row], report.label("authority", row), report.label("category", row),
        report.label("date", row), table.outcomeNames[table.outcome[row]],
        table.probability[row] / 1000, report.setOf(row).map((bit) => table.outcomeNames[bit]).join(" | "),
        table.review[row] ? "yes" : "no", report.publishedName(row), report.label("ground", row)]);
    }
    return `\ufeff${lines.map((line) => line.map(quoted).join(",")).join("\r\n")}\r\n`;
  };
  const save = () => {
    const address = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
    report.element("a", { href: address, download: "decisions.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  };

  // The overview links to a single decision as "#row=12".
  const openAsked = () => {
    const row = Number(new URLSearchParams(location.hash.slice(1)).get("row")) - 1;
    return row >= 0 && row < report.table.count ? () => report.open(row) : () => {};
  };
  const followAddress = () => {
    const open = openAsked();
    readAddress();
    update();
    open();
  };

  report.start = () => {
    const { table } = report;
    for (const name of ["category", "authority", "ground"]) {
      fill(name, table[name].values.map((value, place) => [value, table[name].labels[place]]));
    }
    const outcomes = table.outcomeNames.map((name, place) => [table.outcomeValues[place], name]);
    fill("outcome", outcomes);
    fill("published", outcomes);
    followAddress();
  };

  form.addEventListener("input", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  clear.addEventListener("click", () => { form.reset(); update(); form.elements.search.focus(); });
  document.getElementById("save").addEventListener("click", save);
  window.addEventListener("hashchange", followAddress);
  for (const header of headers) {
    header.querySelector("button").addEventListener("click", () => {
      const { key } = header.dataset;
      sort = sort.key !== key ? { key, descending: false }
        : sort.descending ? { key: "", descending: false } : { key, descending: true };
      update();
    });
  }
})();
