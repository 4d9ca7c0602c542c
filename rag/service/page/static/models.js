/** Which model answers: a choice only where the service has more than the one that quotes. */

import { listModels } from "./api.js";
import { byId, element } from "./dom.js";
import { recall, remember } from "./storage.js";

const QUOTING = "eurag";
const ANSWERING = [QUOTING, "eurag-llm"];

const menu = byId("model");
menu.addEventListener("change", () => remember("model", menu.value));

/** @returns {string} the model that the next question goes to */
export const chosenModel = () => menu.value || QUOTING;

/** Ask the service what there is to choose from, once the key is known. */
export async function offerModels() {
  const offered = await listModels().catch(() => []);
  const names = ANSWERING.filter((name) => offered.includes(name));
  menu.replaceChildren(...names.map((name) => element("option", { value: name, t: `model ${name}` })));
  menu.value = names.includes(recall("model")) ? recall("model") : QUOTING;
  byId("model-choice").hidden = names.length < 2;
}
