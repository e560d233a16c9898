import { html, nothing } from "lit";
import { AnswerError, problemIn } from "../../nodes/asking.ts";
import { listOf, member, numberOf, textOf } from "../../nodes/json.ts";
import { badge, code, moment, table } from "../../parts/pieces.ts";
import { hrefOf } from "../../route.ts";
import { bearer } from "../../token.ts";
import { type Context, type Drawing, type Loaded, reasonOf } from "../../view.ts";
import { tokenForm } from "./token-form.ts";

/** Filters of the log, by the names of the audit listener's parameters. */
const FILTERS = ["kind", "subject", "type", "actor", "from", "to", "after"] as const;
const KINDS = ["did", "type", "grant", "list"] as const;
/** Names of changes of all kinds. */
const TYPES = [
  "owner",
  "delegate",
  "attribute",
  "typeAdded",
  "granted",
  "accepted",
  "withdrawn",
  "created",
  "changed",
  "closed",
  "checkpoint",
] as const;
/** Milliseconds for the whole log. */
const SAVE_TIMEOUT = 600_000;
const EXPORTS = [
  ["application/jsonl", "jsonl"],
  ["text/csv", "csv"],
] as const;

/** The log of changes, for auditors: filtered, in pages, and as a file. The token stays in the page's memory. */
export async function loadChanges(context: Context): Promise<Loaded> {
  const { route, asking: asker } = context;
  const query = new URLSearchParams(
    FILTERS.flatMap((name): [string, string][] => (route.query[name] ? [[name, route.query[name]]] : [])),
  );
  const path = `/audit/changes?${query}`;
  let page: unknown;
  let problem: AnswerError | undefined;
  try {
    page = await asker.json(path);
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error;
    problem = error;
  }
  const needsToken = problem?.status === 401;
  const saving: Saving = { fault: undefined };
  return {
    title: ({ t }) => t("changes.title"),
    draw(drawing) {
      if (needsToken) return tokenForm(problem?.message ?? "", drawing);
      return html`${filterForm(drawing)}
        ${problem === undefined ? logOf(page, drawing) : html`<div class="notice bad" role="alert"><p>${problem.message}</p></div>`}
        ${exports(query, saving, drawing)}
        ${bearer.has() ? html`<p><button type="button" class="quiet" @click=${() => leave(drawing)}>${drawing.t("token.forget")}</button></p>` : nothing}`;
    },
  };
}

function leave({ go }: Drawing): void {
  bearer.set(undefined);
  go(hrefOf("changes"));
}

function filterForm({ t, of, go, route }: Drawing) {
  const { query } = route;
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const given = Object.fromEntries([...data].map(([name, value]) => [name, String(value).trim()]));
    for (const name of ["from", "to"] as const) {
      const time = Date.parse(given[name] ?? "");
      given[name] = Number.isFinite(time) ? new Date(time).toISOString().replace(/\.\d+/, "") : "";
    }
    go(hrefOf("changes", given));
  };
  const local = (text: string | undefined) => {
    const time = Date.parse(text ?? "");
    if (!Number.isFinite(time)) return "";
    return new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  };
  return html`<form class="filters" @submit=${onSubmit}>
    <div class="row">
      <div><label for="kind">${t("changes.kind")}</label>
        <select id="kind" name="kind">
          <option value="">${t("changes.all")}</option>
          ${KINDS.map((kind) => html`<option value=${kind} ?selected=${query.kind === kind}>${of("kind", kind)}</option>`)}
        </select></div>
      <div><label for="type">${t("change.what")}</label>
        <select id="type" name="type">
          <option value="">${t("changes.all")}</option>
          ${TYPES.map((type) => html`<option value=${type} ?selected=${query.type === type}>${of("event", type)}</option>`)}
        </select></div>
      <div><label for="subject">${t("changes.subject")}</label><input id="subject" name="subject" .value=${query.subject ?? ""} autocomplete="off" spellcheck="false"></div>
      <div><label for="actor">${t("changes.actor")}</label><input id="actor" name="actor" .value=${query.actor ?? ""} autocomplete="off" spellcheck="false"></div>
    </div>
    <div class="row">
      <div><label for="from">${t("changes.from")}</label><input id="from" name="from" type="datetime-local" step="1" .value=${local(query.from)}></div>
      <div><label for="to">${t("changes.to")}</label><input id="to" name="to" type="datetime-local" step="1" .value=${local(query.to)}></div>
      <button type="submit">${t("changes.filter")}</button>
    </div>
  </form>`;
}

function logOf(page: unknown, drawing: Drawing) {
  const { t, of, number, route } = drawing;
  const next = textOf(member(page, "next"));
  const rows = listOf(member(page, "changes")).map((one) => {
    const text = (name: string) => textOf(member(one, name)) ?? "";
    return [
      html`${moment(Date.parse(text("time")) / 1_000, drawing)}<br><span class="quiet">${t("block", { block: number(numberOf(member(one, "block")) ?? 0) })}</span>`,
      html`${of("event", text("type"))}${member(one, "details", "heals") === true ? html` ${badge("bad", t("changes.heals"))}` : nothing}`,
      html`${of("kind", text("kind"))} <a href=${hrefOf("changes", { kind: text("kind"), subject: text("subject") })}>${code(text("subject"))}</a>`,
      html`<a href=${hrefOf("changes", { actor: text("actor") })}>${code(text("actor"))}</a>`,
      code(text("transaction")),
      html`<details><summary>${t("changes.details")}</summary><code class="whole">${JSON.stringify(member(one, "details"))}</code></details>`,
    ];
  });
  const block = numberOf(member(page, "asOf", "block"));
  const time = Date.parse(textOf(member(page, "asOf", "time")) ?? "") / 1_000;
  return html`
    <p class="quiet">${block === undefined ? nothing : t("asOf", { block: number(block), date: drawing.date(time) })}</p>
    ${table(
      t("changes.title"),
      [
        t("change.when"),
        t("change.what"),
        t("change.about"),
        t("changes.actor"),
        t("changes.transaction"),
        t("changes.details"),
      ],
      rows,
      next === undefined ? t("changes.none") : t("changes.noneYet"),
    )}
    <p class="row">
      ${route.query.after === undefined ? nothing : html`<a href=${hrefOf("changes", { ...route.query, after: undefined })}>${t("changes.first")}</a>`}
      ${next === undefined ? nothing : html`<a href=${hrefOf("changes", { ...route.query, after: next })}>${t("page.next")}</a>`}
    </p>`;
}

/** Why the last file could not be made. */
interface Saving {
  fault: unknown;
}

/** The file is created in the browser, because a link can't send the token. */
function exports(query: URLSearchParams, saving: Saving, drawing: Drawing) {
  const { t, redraw } = drawing;
  const save = async (type: string, ending: string) => {
    saving.fault = undefined;
    redraw();
    try {
      const href = URL.createObjectURL(await wholeLog(query, type));
      Object.assign(document.createElement("a"), { href, download: `changes.${ending}` }).click();
      setTimeout(() => URL.revokeObjectURL(href), 60_000);
    } catch (error) {
      saving.fault = error;
      redraw();
    }
  };
  return html`${saving.fault === undefined ? nothing : html`<div class="notice bad" role="alert"><p>${reasonOf(saving.fault, drawing)}</p></div>`}
    <p class="row exports">${EXPORTS.map(
      ([type, ending]) =>
        html`<button type="button" class="quiet" @click=${() => void save(type, ending)}>${t(`changes.${ending}`)}</button>`,
    )}</p>`;
}

/** The log of any length: the browser may hold a blob on disk. */
async function wholeLog(query: URLSearchParams, type: string): Promise<Blob> {
  const response = await fetch(`/audit/changes?${query}`, {
    headers: { ...bearer.headers(), accept: type },
    ...({ redirect: "error", credentials: "omit", referrerPolicy: "no-referrer" } as const),
    signal: AbortSignal.timeout(SAVE_TIMEOUT),
  });
  if (response.status === 200) return response.blob();
  throw new AnswerError(response.status, problemIn(await response.text()));
}
