// What a row holds, in a panel, for reports without a page for each decision. The script file
// with the row is loaded when it is first asked for.
"use strict";
(() => {
  const { element, percent } = report;
  const dialog = document.getElementById("details");
  const content = document.getElementById("details-body");
  const [previous, next, close] = ["previous", "next", "close"].map((id) => document.getElementById(id));
  let place = 0;
  let names;

  report.addNames = (added) => { names = added; };
  report.addDetails = (file, rows) => { report.details.set(file, rows); };

  const load = (address) => new Promise((resolve, reject) => {
    const script = element("script", { src: address });
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });

  const detailsOf = async (row) => {
    const size = report.table.detailsInAFile;
    const file = Math.floor(row / size);
    if (!names) await load("data/names.js");
    if (!report.details.has(file)) await load(`data/details-${file}.js`);
    return report.details.get(file)[row % size];
  };

  const bars = (caption, lines) => {
    const body = element("tbody");
    for (const [name, thousandths, kind] of lines) {
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      bar.setAttribute("class", "plot track");
      bar.setAttribute("width", "100%");
      bar.setAttribute("height", "8");
      bar.setAttribute("aria-hidden", "true");
      const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      rect.setAttribute("class", `fill-${kind}`);
      rect.setAttribute("width", `${thousandths / 10}%`);
      rect.setAttribute("height", "100%");
      bar.append(rect);
      body.append(element("tr", {},
        element("th", { scope: "row", textContent: name }),
        element("td", { className: "bar" }, bar),
        element("td", { className: "number", textContent: percent(thousandths) })));
    }
    return element("table", { className: "bars" },
      element("caption", { className: "visually-hidden", textContent: caption }), body);
  };

  const facts = (pairs) => {
    const list = element("dl", { className: "facts" });
    for (const [term, text] of pairs) {
      list.append(element("dt", { textContent: term }), element("dd", { textContent: text }));
    }
    return list;
  };

  const heading = (text) => element("h3", { textContent: text });
  const paragraph = (className, text) => element("p", { className, textContent: text });

  const build = (row, [source, provisions, grounds, evidence, warnings]) => {
    const { table } = report;
    const possible = report.setOf(row).map((bit) => table.outcomeNames[bit]).join(", ");
    const about = [table.names[row], report.label("category", row), report.shownDate(row)];
    const parts = [
      element("h2", { id: "details-title", textContent: report.label("authority", row) || table.names[row] }),
      paragraph("lead", about.filter(Boolean).join(" · ")),
    ];
    if (table.review[row] || warnings.length) {
      const notice = element("div", { className: "notice" });
      if (table.review[row]) {
        notice.append(paragraph("", "For review: a person should read this decision before its outcome is counted."));
      }
      if (warnings.length) {
        notice.append(element("ul", {}, ...warnings.map((text) => element("li", { textContent: text }))));
      }
      parts.push(notice);
    }
    parts.push(
      heading("Outcome"),
      paragraph("verdict", table.outcomeNames[table.outcome[row]]),
      bars("Probability of each outcome", table.outcomeNames.map((name, number) =>
        [name, table.probabilities[number][row], table.outcomeValues[number].replaceAll("_", "-")])),
      facts([
        ["Possible outcomes", possible || "None is probable enough"],
        ["Published as", report.publishedName(row)
          ? report.publishedName(row) + (report.differs(row) ? " (differs)" : "") : "Not known"],
      ]),
      heading("Grounds"),
      paragraph("verdict", report.label("ground", row) || "No ground was found"));
    if (grounds.length) {
      parts.push(bars("Probability of each ground", grounds.slice(0, 6).map(([number, thousandths]) =>
        [names.grounds[number], thousandths, "plain"])));
    }
    parts.push(heading("What weighed most"));
    if (evidence.length) {
      parts.push(element("ol", { className: "evidence" }, ...evidence.map(([section, text, weight]) =>
        element("li", {}, element("p", { textContent: text }),
          paragraph("source", `${names.sections[section]} · weight ${weight.toFixed(2)}`)))));
    } else parts.push(paragraph("muted", "No sentence stood out."));
    parts.push(heading("Provisions cited"));
    if (provisions.length) {
      parts.push(element("ul", { className: "provisions" }, ...provisions.map((number) => {
        const [text, href] = names.provisions[number];
        return element("li", {}, href
          ? element("a", { href, textContent: text, rel: "noopener noreferrer" }) : text);
      })));
    } else parts.push(paragraph("muted", "None was found."));
    parts.push(paragraph("note", `Read from ${source || "an unnamed input"}`));
    return parts;
  };

  report.open = async (at) => {
    place = at;
    const row = report.shown()[at];
    previous.disabled = at === 0;
    next.disabled = at === report.shown().length - 1;
    let parts;
    try {
      parts = build(row, await detailsOf(row));
    } catch {
      parts = [
        element("h2", { id: "details-title", textContent: "This decision cannot be shown" }),
        paragraph("", "A file of the report is missing. Copy the whole folder, or make the report again."),
      ];
    }
    content.replaceChildren(...parts);
    content.scrollTop = 0;
    if (!dialog.open) dialog.showModal();
    content.focus({ preventScroll: true });
  };

  const step = (by) => {
    const wanted = place + by;
    if (wanted >= 0 && wanted < report.shown().length) report.open(wanted);
  };
  previous.addEventListener("click", () => step(-1));
  next.addEventListener("click", () => step(1));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });
  dialog.addEventListener("close", () => report.openedPlace(place));
})();
