// The rows of the table: only those in sight are in the page. Every row has the same height,
// and two empty rows, above and below, stand for the others.
"use strict";
(() => {
  const MORE = 8;
  const { element } = report;
  const scroll = document.getElementById("scroll");
  const grid = document.getElementById("decisions");
  const body = grid.tBodies[0];
  const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

  let rows = new Uint32Array(0);
  let height = 52;
  let active = 0;
  let first = -1;
  let last = -1;

  const space = (pixels) => {
    const cell = element("td");
    const row = element("tr", { className: "space" }, cell);
    row.setAttribute("role", "presentation");
    cell.setAttribute("role", "presentation");
    row.style.height = `${pixels}px`;
    return row;
  };

  const cell = (kind, ...children) => {
    const made = element("td", { className: `c-${kind}` }, element("div", {}, ...children));
    made.title = made.textContent;
    return made;
  };

  const outcome = (place) => {
    const { outcomeNames, outcomeValues } = report.table;
    return element("span", {
      className: `outcome ${outcomeValues[place].replaceAll("_", "-")}`,
      textContent: outcomeNames[place],
    });
  };

  const outcomeCell = (row) => {
    const { table } = report;
    const others = report.setOf(row).filter((place) => place !== table.outcome[row]);
    const made = cell("outcome", outcome(table.outcome[row]));
    if (others.length) {
      const names = others.map((place) => table.outcomeNames[place].toLowerCase()).join(", ");
      made.firstChild.append(element("span", { className: "also", textContent: `or ${names}` }));
      made.title += ` or ${names}`;
    }
    return made;
  };

  report.addressOf = (row) => `decisions/${Math.floor(row / 1000)}/${row + 1}.html`;
  report.shownDate = (row) => {
    const iso = report.label("date", row);
    return iso ? date.format(new Date(`${iso}T00:00:00Z`)) : "";
  };

  const tableRow = (place) => {
    const row = rows[place];
    const { table } = report;
    const link = element("a", {
      href: table.pages ? report.addressOf(row) : `#row=${row + 1}`,
      textContent: table.names[row],
      tabIndex: place === active ? 0 : -1,
    });
    const named = cell("name", link);
    // On small screens the authority stands here and its own column is left out.
    named.firstChild.append(element("span", { className: "also small-only", textContent: report.label("authority", row) }));
    const name = report.publishedName(row);
    const published = cell("published", name && !report.differs(row) ? "Same" : name);
    published.title = name;
    published.classList.toggle("differs", report.differs(row));
    const made = element("tr", { className: place === active ? "active" : "" },
      named,
      cell("authority", report.label("authority", row)),
      cell("category", report.label("category", row)),
      cell("date", report.shownDate(row)),
      outcomeCell(row),
      cell("probability", report.percent(table.probability[row])),
      cell("ground", report.label("ground", row)),
      published,
      cell("review", table.review[row] ? "Review" : ""));
    made.dataset.place = place;
    made.setAttribute("aria-rowindex", place + 2);
    return made;
  };

  const inSight = () => {
    const room = scroll.clientHeight - grid.tHead.offsetHeight;
    return [Math.floor(scroll.scrollTop / height), Math.ceil((scroll.scrollTop + room) / height)];
  };

  const draw = (again) => {
    const [top, bottom] = inSight();
    const from = Math.max(0, top - MORE);
    const to = Math.min(rows.length, bottom + MORE);
    if (!again && from === first && to === last) return;
    const hadFocus = body.contains(document.activeElement);
    // A row that is scrolled away hands its place in the tab order to one in sight.
    if (active < from || active >= to) active = Math.max(0, Math.min(Math.max(active, top), bottom - 1));
    [first, last] = [from, to];
    const drawn = [];
    for (let place = from; place < to; place += 1) drawn.push(tableRow(place));
    body.replaceChildren(space(from * height), ...drawn, space((rows.length - to) * height));
    if (hadFocus) focus();
  };

  const focus = () => {
    body.querySelector("tr.active a")?.focus({ preventScroll: true });
  };

  const moveTo = (place) => {
    active = Math.max(0, Math.min(rows.length - 1, place));
    const top = active * height;
    const room = scroll.clientHeight - grid.tHead.offsetHeight;
    if (top < scroll.scrollTop) scroll.scrollTop = top;
    if (top + height > scroll.scrollTop + room) scroll.scrollTop = top + height - room;
    draw(true);
    focus();
  };

  // Show other rows, from the first on.
  report.show = (shown) => {
    rows = shown;
    active = 0;
    grid.setAttribute("aria-rowcount", rows.length + 1);
    document.getElementById("nothing").hidden = rows.length > 0;
    scroll.scrollTop = 0;
    draw(true);
    // The style sheet says how high a row is, and says it differently on small screens.
    const drawn = body.rows.length > 2 ? body.rows[1].getBoundingClientRect().height : 0;
    if (drawn && Math.abs(drawn - height) > 0.01) {
      height = drawn;
      draw(true);
    }
  };
  report.shown = () => rows;
  report.openedPlace = (place) => { active = place; moveTo(place); };

  let waiting = false;
  scroll.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(false); });
  });
  window.addEventListener("resize", () => draw(false));

  body.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const [top, bottom] = inSight();
    const page = Math.max(1, bottom - top - 2);
    const target = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    moveTo(target);
  });
  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-place]");
    if (!row || window.getSelection().toString()) return;
    active = Number(row.dataset.place);
    const onLink = event.target.closest("a");
    if (report.table.pages) {
      if (!onLink) row.querySelector("a").click();
      return;
    }
    event.preventDefault();
    draw(true);
    report.open(active);
  });
})();
