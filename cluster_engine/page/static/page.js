// Makes the page quicker: the list follows the weights, ticks save themselves. All of it works without.
"use strict";

const root = document.documentElement;
root.classList.add("js");
const form = document.getElementById("choose");
const status = document.getElementById("status");
const REST_MS = 500;
const BUSY_MS = 3000;
let running = null;
let typing = 0;
let resting = 0;

function say(text) {
  if (status) status.textContent = text;
}

// The address of what is chosen; weights of the model and empty fields are left out.
function readQuery() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const field = form.elements.namedItem(name);
    const own = field && field.dataset ? field.dataset.own : undefined;
    const isDefault = own !== undefined && Number(own) === Number(value);
    if (value !== "" && !isDefault) query.append(name, own === undefined ? value : String(roundWeight(value)));
  }
  return query;
}

function roundWeight(value) {
  return Math.round(Number(value) * 100) / 100;
}

async function fetchList(intervals) {
  if (running) running.abort();
  running = new AbortController();
  const query = readQuery();
  history.replaceState(null, "", "/?" + query);
  query.set("part", "list");
  query.set("intervals", intervals ? "1" : "0");
  const old = document.getElementById("list");
  old.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch("/?" + query, { signal: running.signal, headers: { Accept: "text/html" } });
    const text = await answer.text();
    if (!answer.ok) {
      location.assign("/?" + readQuery());
      return;
    }
    const page = new DOMParser().parseFromString(text, "text/html");
    const fresh = page.getElementById("list");
    const focused = document.activeElement;
    const kept = old.contains(focused) ? { name: focused.name, value: focused.value, sort: focused.dataset.sort } : null;
    old.replaceWith(fresh);
    if (kept) restoreFocus(fresh, kept);
    say(fresh.dataset.told);
    if (fresh.dataset.intervals === "0") restart(intervals ? BUSY_MS : REST_MS);
  } catch (fault) {
    if (fault.name !== "AbortError") {
      old.removeAttribute("aria-busy");
      say("The list could not be fetched. Is cluster-engine still running?");
    }
  }
}

function restoreFocus(list, kept) {
  for (const one of list.querySelectorAll("input, button, a")) {
    const same = kept.sort ? one.dataset.sort === kept.sort : one.name && one.name === kept.name && one.value === kept.value;
    if (same) {
      one.focus();
      return;
    }
  }
}

// The ranges of the ranks take longer: they follow once the weights rest.
function restart(delay) {
  clearTimeout(resting);
  resting = setTimeout(() => fetchList(true), delay);
}

function refresh(delay) {
  clearTimeout(typing);
  clearTimeout(resting);
  typing = setTimeout(() => fetchList(false), delay);
}

function showWeight(slider) {
  slider.nextElementSibling.textContent = String(roundWeight(slider.value));
  slider.parentElement.classList.toggle("yours", Number(slider.value) !== Number(slider.dataset.own));
}

async function saveTick(box) {
  const ticks = document.getElementById("ticks");
  const body = new URLSearchParams();
  for (const name of ["csrf", "page", "back"]) body.set(name, ticks.elements.namedItem(name).value);
  body.set("shown", box.value);
  if (box.checked) body.set("firm", box.value);
  try {
    const answer = await fetch("/tick", { method: "POST", body, headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.error);
    document.getElementById("shortlist-count").textContent = told.listed;
    box.closest("tr").classList.toggle("ticked", box.checked);
    say(box.checked ? "Added to the shortlist." : "Taken off the shortlist.");
  } catch (fault) {
    box.checked = !box.checked;
    say("That was not saved. " + fault.message);
  }
}

if (form && document.getElementById("list")) {
  for (const slider of form.querySelectorAll("input[type=range]")) {
    showWeight(slider);
    slider.addEventListener("input", () => {
      showWeight(slider);
      refresh(60);
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    fetchList(false);
  });
  document.getElementById("search").addEventListener("input", () => refresh(200));
  for (const name of ["sort", "rows"]) {
    document.getElementById(name).addEventListener("change", () => refresh(0));
  }
  for (const box of form.querySelectorAll("input[name=cluster]")) {
    box.addEventListener("change", () => refresh(0));
  }
  document.getElementById("reset").addEventListener("click", (event) => {
    event.preventDefault();
    for (const slider of form.querySelectorAll("input[type=range]")) {
      slider.value = slider.dataset.own;
      showWeight(slider);
    }
    refresh(0);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("#list input[name=firm]")) saveTick(event.target);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#list a[data-sort]");
    if (link) {
      event.preventDefault();
      document.getElementById("sort").value = link.dataset.sort;
      refresh(0);
    }
  });
  if (document.getElementById("list").dataset.intervals === "0") restart(REST_MS);
}

if (form) {
  for (const menu of form.querySelectorAll("select[data-reload]")) {
    menu.addEventListener("change", () => {
      const query = new URLSearchParams();
      for (const [name, value] of readQuery()) {
        // Clusters and a search belong to the list that was shown.
        if (name !== "cluster" && name !== "search") query.append(name, value);
      }
      location.assign("/?" + query);
    });
  }
}

const waiting = document.querySelector("[data-wait]");
if (waiting) setTimeout(() => location.reload(), 1500);

const upload = document.querySelector("form.upload");
if (upload) {
  upload.addEventListener("submit", (event) => {
    const file = upload.elements.namedItem("file").files[0];
    if (file && file.size > Number(upload.dataset.most)) {
      event.preventDefault();
      document.getElementById("too-large").hidden = false;
    }
  });
}
