import { html, nothing } from "lit";
import { AnswerError } from "../nodes/asking.ts";
import { member, textOf } from "../nodes/json.ts";
import { changesIn, shortName } from "../nodes/recent.ts";
import { moment, table } from "../parts/pieces.ts";
import { hrefOf } from "../route.ts";
import { type Context, type Drawing, type Loaded, ViewError } from "../view.ts";

const KINDS = ["did", "type", "list"] as const;

/** The changes of one DID, type or list, and the feed of further changes. */
export async function loadWatch(context: Context): Promise<Loaded> {
  const { route, nodes, asking } = context;
  const [node] = nodes;
  if (node === undefined) throw new ViewError("failed.noNode");
  const { kind = "", id = "", before } = route.query;
  const isGiven = kind !== "" && id !== "";
  const query = new URLSearchParams([
    ...(isGiven
      ? [
          ["kind", kind],
          ["subject", id],
        ]
      : []),
    ...(before ? [["before", before]] : []),
  ]);
  let answer: unknown;
  let problem: string | undefined;
  try {
    answer = await asking.json(`${node}/changes?${query}`);
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error;
    problem = error.message;
  }
  const changes = changesIn(answer);
  const next = textOf(member(answer, "next"));
  const feed = new URL(
    `${node}/changes.atom${isGiven ? `?${new URLSearchParams({ kind, subject: id })}` : ""}`,
    location.href,
  ).href;
  return {
    title: ({ t }) => t("watch.title"),
    draw(drawing) {
      const { t, of, number } = drawing;
      return html`
        <p class="lead">${t("watch.text")}</p>
        ${form(drawing)}
        ${
          problem !== undefined
            ? html`<div class="notice bad" role="alert"><p>${problem}</p></div>`
            : html`<h2>${t("watch.feed")}</h2>
                <p class="subject"><a class="id" href=${feed}>${feed}</a> <button type="button" class="small" data-copy=${feed}>${t("copy")}</button></p>
                <h2>${t("overview.changes")}</h2>
                ${table(
                  t("overview.changes"),
                  [t("change.when"), t("change.what"), t("change.about"), t("watch.block")],
                  changes.map(({ time, type, label, subject, href, block }) => [
                    moment(time, drawing),
                    of("event", type),
                    href === undefined
                      ? (label ?? subject)
                      : html`<a href=${href} title=${label ?? subject}>${shortName(label ?? subject)}</a>`,
                    number(block),
                  ]),
                  t("watch.none"),
                )}
                ${next === undefined ? nothing : html`<p><a href=${hrefOf("watch", { kind, id, before: next })}>${t("watch.older")}</a></p>`}`
        }`;
    },
  };
}

function form({ t, of, go, route }: Drawing) {
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const id = String(data.get("id")).trim();
    go(hrefOf("watch", id === "" ? {} : { kind: String(data.get("kind")), id }));
  };
  return html`<form @submit=${onSubmit}>
    <div class="row">
      <div><label for="kind">${t("changes.kind")}</label>
        <select id="kind" name="kind">${KINDS.map((kind) => html`<option value=${kind} ?selected=${route.query.kind === kind}>${of("kind", kind)}</option>`)}</select></div>
      <div><label for="id">${t("watch.id")}</label><input id="id" name="id" .value=${route.query.id ?? ""} autocomplete="off" spellcheck="false"></div>
      <button type="submit">${t("watch.button")}</button>
    </div>
  </form>`;
}
