/** The conversation as a Markdown file, with what it cites. */

import { placeOf } from "./answer.js";
import { t } from "./i18n.js";

/** @param {string} text @returns {string} what Markdown shows as this text, in one line */
const plain = (text) => text.replace(/\s+/g, " ").trim().replace(/[\\`*_{}[\]<>()#+.!|~&-]/g, "\\$&");

/** @param {import("./conversation.js").Turn[]} turns @returns {string} */
export function asMarkdown(turns) {
  const day = new Date().toISOString().slice(0, 10);
  return [`# ${t("exported", { day })}`, ...turns.flatMap(turnLines)].join("\n\n") + "\n";
}

/** @param {import("./conversation.js").Turn} turn */
function turnLines({ question, answer }) {
  const heading = `## ${plain(question)}`;
  if (!answer) return [heading, t("unanswered")];
  const understood = answer.question === answer.asked ? [] : [plain(t("understood", { question: answer.question }))];
  if (!answer.answerable) return [heading, ...understood, plain(answer.answer)];
  const said = answer.sentences.map((s) => `${plain(s.text)} ${s.citations.map((n) => `\\[${n}\\]`).join("")}`);
  const grouped = (answer.groups ?? []).flatMap(({ heading: above, sentences }) => [`**${plain(above)}**`, ...sentences.map((n) => said[n])]);
  const body = [...(grouped.length ? grouped : said), ...(answer.notes ?? []).map(plain)];
  return [heading, ...understood, ...body, `### ${t("sources")}`, ...answer.citations.map((c) => source(c, answer.snapshot))];
}

/** @param {import("./api.js").Citation} citation @param {string} snapshot */
function source(citation, snapshot) {
  const address = new URL(placeOf(citation, snapshot), document.baseURI);
  const section = citation.section ? ` § ${plain(citation.section)}` : "";
  return `\\[${citation.n}\\] ${plain(citation.reference)}${section} <${address}>\n\n> ${plain(citation.quote)}`;
}
