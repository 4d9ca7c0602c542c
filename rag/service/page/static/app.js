/** The page: what the address names is shown, the keyboard and the language are followed. */

import { startConversation, suggest } from "./conversation.js";
import { followList, listAddress, showDocuments, startDocuments } from "./documents.js";
import { byId } from "./dom.js";
import { switchLanguage, t, translate } from "./i18n.js";
import { offerModels } from "./models.js";
import { closeSource, openSource } from "./source.js";
import { hideQuote } from "./tooltip.js";

const VIEWS = { conversation: "#/", documents: "#/documents" };

/** @type {"conversation"|"documents"} */
let view = "conversation";

/** Show what the address names: the conversation, the list of documents, or a document beside either. */
function follow() {
  hideQuote();
  const [path, query] = location.hash.split("?");
  const name = path.match(/^#\/documents\/(.+)$/)?.[1];
  if (!name) {
    closeSource();
    const listed = path === VIEWS.documents;
    if (listed && (view !== "documents" || location.hash !== listAddress())) followList(query);
    show(listed ? "documents" : "conversation");
    return;
  }
  show(view);
  const given = new URLSearchParams(query);
  const [start, end] = ["start", "end"].map((key) => Math.max(0, Math.trunc(Number(given.get(key))) || 0));
  openSource({ document: decoded(name), start, end: Math.max(start, end), snapshot: given.get("snapshot") });
}

/** @param {string} name */
function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** @param {"conversation"|"documents"} chosen */
function show(chosen) {
  view = chosen;
  for (const name of Object.keys(VIEWS)) {
    byId(name).hidden = name !== chosen;
    byId(`to-${name}`).ariaCurrent = name === chosen ? "page" : null;
  }
  document.title = chosen === "documents" ? `${t("documents")} · eurag` : "eurag";
}

function leaveSource() {
  location.hash = view === "documents" ? listAddress() : VIEWS.conversation;
}

function translateAll() {
  translate();
  suggest();
}

startConversation();
startDocuments();
offerModels();
translateAll();
follow();

addEventListener("hashchange", follow);
byId("source-close").addEventListener("click", leaveSource);
byId("language").addEventListener("click", () => {
  switchLanguage();
  suggest();
  if (view === "documents") showDocuments();
});
byId("skip").addEventListener("click", (/** @type {Event} */ event) => {
  event.preventDefault();
  byId(view === "documents" ? "filters" : "ask").querySelector("input, textarea").focus();
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !hideQuote() && !byId("source").hidden) leaveSource();
});
addEventListener("click", (event) => {
  const link = /** @type {Element} */ (event.target).closest("a");
  if (link?.hash && link.hash === location.hash) follow(); // the address does not change, but its place is wanted again
});
