import { html, nothing } from "lit";
import { keccak256Text } from "../../../resolver/primitives/keccak.ts";
import { AnswerError } from "../../nodes/asking.ts";
import { listOf, member, textOf } from "../../nodes/json.ts";
import { factList } from "../../parts/facts.ts";
import { hrefOf } from "../../route.ts";
import type { Context, Drawing, Loaded } from "../../view.ts";
import { tokenForm } from "./token-form.ts";

/** The questions of an auditor about one subject, with their fields; those with a star may be empty. */
const QUESTIONS = {
  status: ["issuer", "number", "index", "asOf*"],
  trust: ["issuer", "key", "type", "at", "list*", "index*", "asOf*"],
  writers: ["kind", "id", "asOf*"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
type Question = keyof typeof QUESTIONS;
const NAMES = Object.keys(QUESTIONS) as Question[];
const KINDS = ["did", "type", "grant", "list"] as const;

/**
 * Answers of the audit listener on the status of a credential, on trust in it, and on who could write, with the accounts that
 * caused them.
 */
export async function loadQuestions({ route, asking }: Context): Promise<Loaded> {
  const asked = NAMES.find((name) => name === route.query.ask);
  const path = asked && pathOf(asked, route.query);
  let answer: unknown;
  let problem: AnswerError | undefined;
  try {
    if (path !== undefined) answer = await asking.json(path);
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error;
    problem = error;
  }
  return {
    title: ({ t }) => t("questions.title"),
    draw(drawing) {
      const { t } = drawing;
      if (problem?.status === 401) return tokenForm(problem.message, drawing);
      return html`<p class="lead">${t("questions.text")}</p>
        ${problem === undefined ? nothing : html`<div class="notice bad" role="alert"><p>${problem.message}</p></div>`}
        ${answer === undefined || asked === undefined ? nothing : answerPart(asked, answer, drawing)}
        ${NAMES.map((name) => form(name, drawing))}`;
    },
  };
}

function pathOf(asked: Question, query: Readonly<Record<string, string>>): string {
  const value = (name: string) => encodeURIComponent(query[name] ?? "");
  const options = (names: readonly string[]) =>
    new URLSearchParams(names.flatMap((name): [string, string][] => (query[name] ? [[name, query[name]]] : [])));
  switch (asked) {
    case "status":
      return `/audit/status/${addressIn(query.issuer ?? "")}/${value("number")}/${value("index")}?${options(["asOf"])}`;
    case "trust":
      return `/audit/trust?${options(["issuer", "key", "at", "list", "index", "asOf"])}&type=${typeIdOf(query.type ?? "")}`;
    case "writers":
      return `/audit/writers/${value("kind")}/${value("id")}?${options(["asOf"])}`;
  }
}

/** The address of a DID; any other text unchanged. */
function addressIn(text: string): string {
  return encodeURIComponent(text.split(":").at(-1) ?? "");
}

/** The id of a type: the listener requires it, but the auditor may only have the URI. */
function typeIdOf(text: string): string {
  return /^0x[0-9a-f]{64}$/.test(text) ? text : keccak256Text(text);
}

/** The answer as a sentence, followed by the whole answer. */
function answerPart(asked: Question, answer: unknown, { t, of }: Drawing) {
  const said = (...path: string[]) => textOf(member(answer, ...path)) ?? "";
  const sentence = {
    status: () => of("status", said("status")),
    trust: () => `${of("verdict", said("verdict"))}${said("reason") === "" ? "" : `: ${of("why", said("reason"))}`}`,
    writers: () => t("questions.writersCount", { count: listOf(member(answer, "writers")).length }),
  }[asked]();
  const madeBy = said("madeSo", "transaction");
  return html`<section class="headline plain" id="answer" tabindex="-1" aria-labelledby="answer-title">
      <h2 id="answer-title">${t("questions.answer")}</h2>
      <p class="verdict">${sentence}</p>
      ${madeBy === "" ? nothing : html`<p>${t("questions.madeBy")} <code class="whole">${madeBy}</code></p>`}
    </section>
    ${factList(answer)}`;
}

function form(asked: Question, { t, of, go, route }: Drawing) {
  const own = route.query.ask === asked ? route.query : {};
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const given = Object.fromEntries([...data].map(([name, value]) => [name, String(value).trim()]));
    go(hrefOf("questions", { ask: asked, ...given }));
  };
  const field = (one: string) => {
    const name = one.replace("*", "");
    const id = `${asked}-${name}`;
    const label = html`<label for=${id}>${of("questions.field", name)}</label>`;
    if (name === "kind") {
      return html`<div>${label}<select id=${id} name=${name}>${KINDS.map((kind) => html`<option value=${kind} ?selected=${own.kind === kind}>${of("kind", kind)}</option>`)}</select></div>`;
    }
    return html`<div>${label}<input id=${id} name=${name} .value=${own[name] ?? ""} ?required=${name === one} autocomplete="off" spellcheck="false"></div>`;
  };
  return html`<form class="filters" @submit=${onSubmit} aria-labelledby=${`${asked}-title`}>
    <h2 id=${`${asked}-title`}>${of("questions", asked)}</h2>
    <div class="row">${QUESTIONS[asked].map(field)} <button type="submit">${t("questions.ask")}</button></div>
  </form>`;
}
