import { html, nothing } from "lit";
import { type Comparison, compareNodes, FAULTS, nameOf, type RootsAt } from "../checks/compare-nodes.ts";
import type { Asking } from "../nodes/asking.ts";
import { factsOf, type NodeFacts, REGISTRIES, rootsAt } from "../nodes/facts.ts";
import { type RecentChange, recentChanges, shortName } from "../nodes/recent.ts";
import { type Sealers, sealersOf } from "../nodes/sealers.ts";
import { type NamedType, namedTypesAt } from "../nodes/type-documents.ts";
import { badge, code, moment, type Tone, table } from "../parts/pieces.ts";
import { hrefOf } from "../route.ts";
import type { Context, Drawing, Loaded } from "../view.ts";

/** Number of changes that are shown, and of those in which accreditations are searched for the names of subjects. */
const [SHOWN, LOOKED_THROUGH] = [12, 100];

interface Overview extends Comparison {
  readonly facts: readonly NodeFacts[];
  /** `undefined` where no node gave them. */
  readonly types: readonly NamedType[] | undefined;
  /** `none` where the node has no feed, `undefined` where no node gave them. */
  readonly changes: readonly RecentChange[] | "none" | undefined;
  readonly from: "reader" | "node" | undefined;
  readonly sealers: Sealers | undefined;
}

/** All nodes side by side: whether the network is up, whether its nodes agree, and the newest changes. */
export async function loadOverview(
  context: Context,
): Promise<Loaded & { readonly settled: ReadonlyMap<string, number> }> {
  const { asking, nodes, trusted, seen } = context;
  const facts = await Promise.all(nodes.map((url) => factsOf(url, asking)));
  const roots = await Promise.all(facts.map(async (one) => [one.url, await rootsOf(one, facts, asking)] as const));
  const own = facts.find(({ failure }) => failure === undefined);
  const [types, changes] = await Promise.all([
    own && namedTypesAt(own.url, context).catch(() => undefined),
    own &&
      recentChanges(own.url, asking, `limit=${LOOKED_THROUGH}`).then(
        (found) => found ?? ("none" as const),
        () => undefined,
      ),
  ]);
  const descriptor = trusted?.descriptor;
  const comparison = compareNodes({ facts, descriptor, rootsThere: new Map(roots), seen });
  const model: Overview = { facts, types, changes, from: trusted?.from, sealers: sealersOf(descriptor), ...comparison };
  return {
    title: ({ t }) => t("overview.title"),
    draw: (drawing) => draw(model, drawing),
    settled: new Map(facts.flatMap(({ url, settled }) => (settled ? [[url, settled.block] as const] : []))),
  };
}

/** A node's roots as of each block that is the newest finalized one of some node, and finalized here too. */
async function rootsOf({ url, settled }: NodeFacts, facts: readonly NodeFacts[], asking: Asking): Promise<RootsAt> {
  if (settled === undefined) return new Map();
  const blocks = new Set(facts.flatMap((one) => one.settled?.block ?? []).filter((block) => block <= settled.block));
  const ask = async (block: number) => (block === settled.block ? settled.roots : await rootsAt(url, block, asking));
  return new Map(await Promise.all([...blocks].map(async (block) => [block, await ask(block)] as const)));
}

function draw(model: Overview, drawing: Drawing) {
  const { facts, remarks, commonBlock, types, changes } = model;
  const { t, number } = drawing;
  const answering = facts.filter(({ failure }) => failure === undefined);
  const isFault = remarks.some(({ kind }) => FAULTS.has(kind));
  const [tone, headline]: [Tone, string] =
    answering.length === 0
      ? ["bad", t("overview.down")]
      : isFault
        ? ["bad", t("overview.fault")]
        : remarks.length > 0
          ? ["late", t("overview.late", { up: answering.length, all: facts.length })]
          : facts.length === 1
            ? ["good", t("overview.upOne")]
            : ["good", t("overview.up", { all: facts.length })];
  return html`
    <section class="headline ${tone}" aria-live="polite">
      <p class="verdict">${headline}</p>
      <p>
        ${commonBlock === undefined ? nothing : t("overview.asOf", { block: number(commonBlock) })}
        ${answering.length > 1 && commonBlock !== undefined && !remarks.some(({ kind }) => kind === "differs") ? t("overview.compared") : nothing}
      </p>
      ${remarks.length === 0 ? nothing : html`<ul>${remarks.map(({ kind, node, values }) => html`<li>${badge(FAULTS.has(kind) ? "bad" : "late", node)} ${t(`remark.${kind}`, values)}</li>`)}</ul>`}
    </section>
    <div class="columns">
      <section>
        <h2>${t("overview.tasks")}</h2>
        <ul class="links">
          <li><a href=${hrefOf("verify")}>${t("overview.verify")}</a></li>
          <li><a href=${hrefOf("onboarding")}>${t("overview.onboarding")}</a></li>
          <li><a href=${hrefOf("trust")}>${t("overview.trust")}</a></li>
        </ul>
        <h2>${t("overview.types")}</h2>
        ${
          types === undefined
            ? html`<p class="notice late">${t("failed.noAnswer")}</p>`
            : types.length === 0
              ? html`<p class="empty">${t("overview.noTypes")}</p>`
              : html`<ul class="links">${types.map(
                  ({ id, uri, names }) =>
                    html`<li><a href=${hrefOf("type", { id })}>${names.get(drawing.language) ?? shortType(uri)}</a> <span class="quiet">${uri}</span></li>`,
                )}</ul>`
        }
      </section>
      <section>
        <h2>${t("overview.changes")}</h2>
        ${
          changes === undefined
            ? html`<p class="notice late">${t("failed.noAnswer")}</p>`
            : changes === "none"
              ? html`<p class="empty">${t("overview.noFeed")}</p>`
              : html`<p>${todaysChanges(changes, drawing)}</p>
                ${table(
                  t("overview.changes"),
                  [t("change.when"), t("change.what"), t("change.about")],
                  changes
                    .slice(0, SHOWN)
                    .map((one) => [moment(one.time, drawing), drawing.of("event", one.type), subjectOf(one)]),
                  t("overview.noChanges"),
                )}
                <p><a href=${hrefOf("watch")}>${t("overview.allChanges")}</a></p>`
        }
      </section>
    </div>
    <h2>${t("overview.nodes")}</h2>
    <ul class="cards">${facts.map((one) => nodeCard(one, model, drawing))}</ul>
    ${model.sealers === undefined ? nothing : sealersPart(model.sealers, drawing)}`;
}

/** The number of changes since midnight, by the user's own clock. */
function todaysChanges(changes: readonly RecentChange[], { t, number, now }: Drawing): string {
  const midnight = new Date(now * 1_000).setHours(0, 0, 0, 0) / 1_000;
  const count = changes.filter(({ time }) => time >= midnight).length;
  const isMore = count === changes.length && count >= LOOKED_THROUGH;
  return count === 0
    ? t("overview.todayNone")
    : t(isMore ? "overview.todayMore" : "overview.today", { count: number(count) });
}

/** The validators or operators whose signatures prove the nodes' answers. */
function sealersPart({ kind, names, threshold }: Sealers, { t, number }: Drawing) {
  const values = { threshold: number(threshold), count: number(names.length) };
  return html`<h2>${t("overview.sealers")}</h2>
    <p>${t(`sealers.${kind}`, values)}</p>
    ${kind === "none" ? nothing : html`<ul class="links">${names.map((name) => html`<li>${kind === "qbft" ? html`<code>${name}</code>` : html`<span lang="ko">${name}</span>`}</li>`)}</ul>`}`;
}

function subjectOf({ kind, subject, label, href }: RecentChange) {
  return href === undefined
    ? html`${kind} ${code(subject)}`
    : html`<a href=${href} title=${label ?? subject}>${shortName(label ?? subject)}</a>`;
}

function nodeCard(node: NodeFacts, { facts, remarks }: Overview, { t, number, ago, now, of }: Drawing) {
  const { url, failure, state = "", newest, settled, attested, lag, head, version, reason } = node;
  const own = remarks.filter((one) => one.node === nameOf(url));
  const tone: Tone =
    own.some(({ kind }) => FAULTS.has(kind)) || failure !== undefined ? "bad" : own.length > 0 ? "late" : "good";
  const word = failure !== undefined ? t("state.unreachable") : of("state", state);
  const lastSeen = facts.flatMap(({ peers = [], url: by }) =>
    peers.flatMap(({ peer, comparedAt }) =>
      nameOf(peer) === nameOf(url) && comparedAt !== undefined ? [{ by: nameOf(by), comparedAt }] : [],
    ),
  );
  return html`<li class="card">
    <h3>${nameOf(url)}</h3>
    <p>${badge(tone, word)}</p>
    ${
      failure !== undefined
        ? nothing
        : html`<dl>
            <dt>${t("node.newest")}</dt><dd>${newest === undefined ? "–" : html`${number(newest.block)} <span class="quiet">${ago(newest.time, now)}</span>`}</dd>
            <dt>${t("node.lag")}</dt><dd>${lag === undefined ? "–" : number(lag)} <span class="quiet">${head === undefined ? "" : t("node.head", { block: number(head) })}</span></dd>
            ${attested === undefined ? nothing : html`<dt>${t("node.proven")}</dt><dd>${number(attested)}</dd>`}
            <dt>${t("node.settled")}</dt><dd>${settled === undefined ? "–" : number(settled.block)}</dd>
            ${settled === undefined ? nothing : REGISTRIES.map((name) => html`<dt>${of("root", name)}</dt><dd>${code(settled.roots[name])}</dd>`)}
            <dt>${t("node.version")}</dt><dd>${version ?? "–"}</dd>
          </dl>
          ${state === "following" ? nothing : html`<p>${reason}</p>`}`
    }
    ${lastSeen.map(({ by, comparedAt }) => html`<p class="quiet">${t("node.lastSeen", { by, ago: ago(comparedAt, now) })}</p>`)}
  </li>`;
}

/** The last part of a type's URI, without its version. */
export function shortType(uri: string): string {
  const parts = uri.split(/[/:#]/).filter((part) => part !== "" && !/^v?\d+(\.\d+)*$/.test(part));
  return parts.at(-1) ?? uri;
}
