/** The list of documents, some at a time, under filters. */

import { listDocuments } from "./api.js";
import { byId, element } from "./dom.js";
import { known, label, t } from "./i18n.js";
import { problemView } from "./problem.js";

const ADDRESS = "#/documents";
const A_PAGE = 50;
const TYPING_MS = 250;
const LANGUAGES = ["ru", "en"];
const KINDS = ["treaty", "article", "book", "chapter", "conference paper", "report", "thesis", "web page", "note", "text"];

const form = byId("filters");
let offset = 0;
let typing = 0;
let loading = new AbortController();

/** @returns {string} the address of the list under its filters */
export function listAddress() {
  const given = [...new FormData(form), ["offset", String(offset || "")]].filter(([, value]) => value);
  return given.length ? `${ADDRESS}?${new URLSearchParams(/** @type {any} */ (given))}` : ADDRESS;
}

/** Show the list that an address names. @param {string|undefined} query what stands behind its "?" */
export function followList(query) {
  const given = new URLSearchParams(query);
  for (const field of form.elements) if (field.name) field.value = given.get(field.name) ?? "";
  offset = Math.max(0, Math.trunc(Number(given.get("offset"))) || 0);
  linkList();
  showDocuments();
}

function linkList() {
  byId("to-documents").href = listAddress();
}

/** Fill the menus and follow the filters. */
export function startDocuments() {
  fillMenu("language", LANGUAGES);
  fillMenu("kind", KINDS);
  const show = (/** @type {number} */ from) => {
    if (!form.checkValidity()) return;
    offset = from;
    linkList();
    history.replaceState(null, "", listAddress());
    showDocuments();
  };
  form.addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
  form.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(show, TYPING_MS, 0);
  });
  byId("previous").addEventListener("click", () => show(Math.max(0, offset - A_PAGE)));
  byId("next").addEventListener("click", () => show(offset + A_PAGE));
}

/** @param {string} name @param {string[]} values */
function fillMenu(name, values) {
  const options = values.map((value) => element("option", { value, t: `${name} ${value}` }));
  form.elements[name].append(element("option", { value: "", t: "any" }), ...options);
}

/** Load and show the documents under the filters. */
export async function showDocuments() {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  try {
    const page = await listDocuments({ ...Object.fromEntries(new FormData(form)), limit: A_PAGE, offset }, signal);
    showPage(page);
  } catch (problem) {
    if (signal.aborted) return;
    byId("count").textContent = "";
    byId("entries").replaceChildren(element("li", {}, problemView(problem, showDocuments)));
  }
}

/** @param {any} page */
function showPage({ documents, total }) {
  const shown = { first: Math.min(offset + 1, total), last: offset + documents.length, total };
  label(byId("count"), "t", total ? "shownOf" : "noDocuments", shown);
  byId("entries").replaceChildren(...documents.map(entry));
  byId("previous").disabled = offset === 0;
  byId("next").disabled = shown.last >= total;
  byId("paging").hidden = total <= A_PAGE;
}

/** @param {any} found */
function entry(found) {
  const kind = known(`kind ${found.kind}`, found.kind);
  const about = [kind, found.year, found.languages.join(", "), found.source, t("characters", { n: found.characters })];
  return element("li", {},
    element("a", { href: `#/documents/${encodeURIComponent(found.document)}` }, found.title || found.source),
    element("p", { class: "quiet" }, about.filter(Boolean).join(" · ")));
}
