// The table's data: unpacked once, then filtered and sorted as arrays of numbers.
"use strict";
const report = { details: new Map() };

(() => {
  const NO_OUTCOME = 3;

  const digits = (text) => Uint8Array.from(text, Number);
  const column = ({ values, labels, codes }) => ({ values, labels, codes: Uint32Array.from(codes) });

  report.load = (packed) => {
    const table = {
      count: packed.count,
      pages: packed.pages,
      detailsInAFile: packed.detailsInAFile,
      outcomeNames: packed.outcomes,
      outcomeValues: packed.outcomeValues,
      names: packed.names,
      searched: packed.names.map((name) => name.toLowerCase()),
      authority: column(packed.authority),
      category: column(packed.category),
      ground: column(packed.ground),
      date: column(packed.date),
      outcome: digits(packed.outcome),
      published: digits(packed.published),
      set: digits(packed.set),
      review: digits(packed.review),
      probabilities: packed.probabilities.map((values) => Uint16Array.from(values)),
    };
    table.probability = Uint16Array.from(
      table.outcome, (outcome, row) => table.probabilities[outcome][row]);
    report.table = table;
    report.start();
  };

  // Each test takes a row and says whether it stays. Criteria are the form's fields.
  const tests = (criteria) => {
    const { table } = report;
    const found = [];
    for (const key of ["authority", "category", "ground"]) {
      if (criteria[key] === undefined) continue;
      const wanted = table[key].values.indexOf(criteria[key]);
      const { codes } = table[key];
      found.push((row) => codes[row] === wanted);
    }
    for (const key of ["outcome", "published"]) {
      if (criteria[key] === undefined) continue;
      const wanted = table.outcomeValues.indexOf(criteria[key]);
      found.push((row) => table[key][row] === wanted);
    }
    if (criteria.review) found.push((row) => table.review[row] === 1);
    if (criteria.differs) found.push(report.differs);
    if (criteria.from || criteria.to) {
      // Dates are in order, so a span of months is a span of places among them.
      const { values, codes } = table.date;
      const inside = values.map((date) =>
        date !== "" && (!criteria.from || date.slice(0, criteria.from.length) >= criteria.from)
        && (!criteria.to || date.slice(0, criteria.to.length) <= criteria.to));
      found.push((row) => inside[codes[row]]);
    }
    for (const word of (criteria.search || "").toLowerCase().split(/\s+/).filter(Boolean)) {
      found.push(holds(word));
    }
    return found;
  };

  const holds = (word) => {
    const { table } = report;
    const columns = ["authority", "category", "ground"].map((key) => ({
      codes: table[key].codes,
      hits: table[key].labels.map((label) => label.toLowerCase().includes(word)),
    }));
    return (row) =>
      columns.some(({ codes, hits }) => hits[codes[row]]) || table.searched[row].includes(word);
  };

  report.filter = (criteria) => {
    const all = tests(criteria);
    const rows = new Uint32Array(report.table.count);
    let kept = 0;
    for (let row = 0; row < rows.length; row += 1) {
      if (all.every((test) => test(row))) rows[kept++] = row;
    }
    return rows.subarray(0, kept);
  };

  const rank = (key) => {
    const { table } = report;
    if (key === "name") {
      table.nameRank ??= ranks(table.searched);
      return table.nameRank;
    }
    return table[key].codes || table[key];
  };

  const ranks = (texts) => {
    const order = texts.map((_, row) => row);
    order.sort((a, b) => (texts[a] < texts[b] ? -1 : texts[a] > texts[b] ? 1 : 0));
    const result = new Uint32Array(texts.length);
    order.forEach((row, place) => { result[row] = place; });
    return result;
  };

  // Rows that are alike keep the order of the scored table.
  report.sort = (rows, key, descending) => {
    if (!key) return rows;
    const values = rank(key);
    const sign = descending ? -1 : 1;
    return rows.sort((a, b) => sign * (values[a] - values[b]) || a - b);
  };

  report.differs = (row) => {
    const { published, outcome } = report.table;
    return published[row] !== NO_OUTCOME && published[row] !== outcome[row];
  };
  report.publishedName = (row) => report.table.outcomeNames[report.table.published[row]] || "";
  report.label = (key, row) => report.table[key].labels[report.table[key].codes[row]];
  // The outcomes of a set, as places among the outcomes.
  report.setOf = (row) => [0, 1, 2].filter((bit) => report.table.set[row] & (1 << bit));
  report.percent = (thousandths) => {
    if (thousandths > 0 && thousandths < 5) return "<1%";
    if (thousandths < 1000 && thousandths >= 995) return ">99%";
    return `${Math.round(thousandths / 10)}%`;
  };
  report.element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
})();
