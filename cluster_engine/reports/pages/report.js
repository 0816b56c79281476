"use strict";
// Without this script the page is complete: it only sorts, searches, filters and draws.
document.documentElement.classList.add("scripted");
for (const node of document.querySelectorAll("[data-needs-script]")) node.hidden = false;

const table = document.getElementById("firms-table");
const firms = [...table.tBodies];
const words = firms.map((firm) => firm.textContent.toLocaleLowerCase("en"));
const search = document.getElementById("search");
const niche = document.getElementById("niche");
const sure = document.getElementById("sure");
const told = document.getElementById("told");

function filter() {
  const wanted = search.value.toLocaleLowerCase("en").split(/\s+/).filter(Boolean);
  let count = 0;
  firms.forEach((firm, place) => {
    const fits = wanted.every((word) => words[place].includes(word))
      && (!niche.value || firm.dataset.niche === niche.value)
      && (!sure.checked || firm.dataset.doubt === "");
    firm.hidden = !fits;
    count += fits;
  });
  told.textContent = `${count} of ${firms.length} firms shown`;
}

function sort(heading, column) {
  const upwards = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", upwards > 0 ? "ascending" : "descending");
  const key = (firm) => firm.rows[0].cells[column].dataset.key;
  const isNumber = heading.classList.contains("number") || heading.dataset.sorts === "number";
  const keys = new Map(firms.map((firm) => [firm, isNumber ? Number(key(firm)) : key(firm)]));
  const order = new Intl.Collator("en");
  firms.map((firm, place) => [firm, place]).sort(([one, first], [other, second]) => {
    const found = isNumber ? keys.get(one) - keys.get(other)
      : order.compare(keys.get(one), keys.get(other));
    return found * upwards || Number(one.dataset.rank) - Number(other.dataset.rank)
      || first - second;
  }).forEach(([firm]) => table.append(firm));
}

[...table.tHead.rows[0].cells].forEach((heading, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...heading.childNodes);
  button.addEventListener("click", () => sort(heading, column));
  heading.append(button);
});
for (const control of [search, niche, sure]) control.addEventListener("input", filter);
document.getElementById("clear").addEventListener("click", () => {
  search.value = niche.value = "";
  sure.checked = false;
  filter();
});
filter();

// On paper a closed reason cannot be opened: open those asked for, and close them afterwards.
let opened = [];
addEventListener("beforeprint", () => {
  const most = Number(document.getElementById("paper").value);
  const shown = [...table.tBodies].filter((firm) => !firm.hidden).slice(0, most);
  opened = [...document.querySelectorAll("main > section:not(.firms) details"),
    ...shown.map((firm) => firm.querySelector("details"))].filter((node) => node && !node.open);
  for (const node of opened) node.open = true;
});
addEventListener("afterprint", () => {
  for (const node of opened) node.open = false;
});

// The table can be read and used before the charts are drawn.
// ast: expressions are interpreted, not compiled, so that the policy can forbid eval.
const options = { ast: true, actions: false, renderer: "svg", mode: "vega-lite" };
addEventListener("load", async () => {
  for (const node of document.querySelectorAll("script[data-chart]")) {
    const place = document.getElementById(node.dataset.chart);
    try {
      await window.vegaEmbed(place, JSON.parse(node.textContent), options);
    } catch (fault) {
      place.textContent = `This chart cannot be drawn here (${fault.message}); see the table.`;
    }
  }
});
