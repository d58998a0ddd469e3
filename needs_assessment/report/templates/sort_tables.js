"use strict";
(() => {
  const number = (text) => {
    const plain = text.replace(/[,%\s]/g, "").replace("\u2212", "-");
    return plain === "" || Number.isNaN(Number(plain)) ? null : Number(plain);
  };
  const compare = (one, other) => {
    const [first, second] = [number(one), number(other)];
    if (first !== null && second !== null) return first - second;
    if (first !== null) return -1;
    if (second !== null) return 1;
    return one.localeCompare(other, "en-GB");
  };
  for (const table of document.querySelectorAll("table")) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    if (body.rows.length < 2) continue;
    heads.forEach((head, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.textContent = head.textContent.trim();
      head.textContent = "";
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const text = (row) => row.cells[place].textContent.trim();
        const missing = (row) => text(row).startsWith("[");
        const rows = [...body.rows];
        rows.sort((one, other) => {
          if (missing(one) !== missing(other)) return missing(one) ? 1 : -1;
          return down ? compare(text(other), text(one)) : compare(text(one), text(other));
        });
        body.append(...rows);
      });
    });
  }
})();
