import { html, nothing, type TemplateResult } from "lit";
import { formatDid } from "../../resolver/did/did.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import { keccak256Text } from "../../resolver/primitives/keccak.ts";
import { shownLabel } from "../../resolver/trust/label.ts";
import type { Check } from "../checks/check.ts";
import { trustedNetwork } from "../checks/network.ts";
import {
  type Clocks,
  checkTrees,
  momentsOf,
  type TreeGrant,
  type TreeItem,
  treeAsOf,
  treeAt,
} from "../checks/type-tree.ts";
import { documentOf, namesIn, type TypeDocument, typeAt } from "../nodes/type-documents.ts";
import { badge, checks, code, didLink, moment } from "../parts/pieces.ts";
import { hrefOf } from "../route.ts";
import { type Context, type Drawing, type Loaded, ViewError } from "../view.ts";
import { shortType } from "./overview.ts";

/** A credential type: who may issue it at a chosen moment, and its document. */
export async function loadType(context: Context): Promise<Loaded> {
  const { descriptor, check: network } = trustedNetwork(context);
  const { asking, nodes } = context;
  const [own = ""] = nodes;
  const given = context.route.query.id ?? "";
  const typeId = (/^0x[0-9a-f]{64}$/.test(given) ? given : keccak256Text(given)) as Hash;
  const [answers, types] = await Promise.all([
    Promise.all(
      nodes.map(async (url) => {
        try {
          return treeAt(url, await asking.json(`${url}/types/${typeId}/accreditations`), typeId, descriptor);
        } catch (failure) {
          return { url, failure };
        }
      }),
    ),
    Promise.allSettled(nodes.map((url) => typeAt(url, typeId, context))),
  ]);
  const type = types.flatMap((one) => (one.status === "fulfilled" && one.value) || [])[0];
  if (type === undefined) {
    if (types.some(({ status }) => status === "rejected")) throw new ViewError("failed.noAnswer");
    throw new ViewError("type.unknown", { id: given.slice(0, 80) });
  }
  const tree = answers.find((one) => "grants" in one);
  const model: TypeModel = {
    typeId,
    uri: type.uri,
    schemaUri: type.schemaUri,
    schemaHash: type.schemaHash,
    grants: tree?.grants ?? [],
    left: tree?.left ?? 0,
    found: [network, ...checkTrees(answers)],
    descriptor,
    document: await documentOf(own, type, context),
    now: context.now,
  };
  const names = namesIn(model.document);
  return {
    title: ({ language }) => names.get(language) ?? shortType(model.uri),
    draw: (drawing) => draw(model, drawing),
  };
}

interface TypeModel {
  readonly typeId: Hash;
  readonly uri: string;
  readonly schemaUri: string;
  readonly schemaHash: string;
  readonly grants: readonly TreeGrant[];
  readonly left: number;
  readonly found: readonly Check[];
  readonly descriptor: NetworkDescriptor;
  readonly document: TypeDocument;
  readonly now: number;
}

function draw(model: TypeModel, drawing: Drawing) {
  const { t } = drawing;
  const { uri, typeId, grants, left, found, document, schemaUri, schemaHash } = model;
  const clocks = clocksOf(model, drawing);
  const items = treeAsOf(grants, model.descriptor.chainId, clocks);
  return html`
    <p class="subject"><code class="whole">${uri}</code> ${code(typeId)}</p>
    ${checks(found, drawing)}
    <h2>${t("tree.title")}</h2>
    ${clockFields(model, clocks, drawing)}
    ${
      items.length === 0
        ? html`<p class="empty">${t("tree.none")}</p>`
        : html`<ul class="tree">${items.map((item) => treeItem(item, model, drawing))}</ul>`
    }
    ${left === 0 ? nothing : html`<p class="notice late">${t("tree.left", { count: left })}</p>`}
    <h2>${t("type.document")}</h2>
    <dl>
      <dt>${t("type.schemaUri")}</dt><dd><code class="whole">${schemaUri}</code></dd>
      <dt>${t("type.schemaHash")}</dt><dd>${code(schemaHash)}</dd>
      <dt>${t("type.documentHere")}</dt>
      <dd>${document.kind === "same" ? badge("good", t("type.same")) : document.kind === "other" ? badge("bad", t("type.other")) : badge("plain", t(document.kind === "none" ? "type.notHere" : "type.notAsked"))}</dd>
    </dl>
    ${document.kind === "same" ? html`<details><summary>${t("type.show")}</summary><pre tabindex="0" aria-label=${t("type.document")}>${document.text}</pre></details>` : nothing}
    <p><a href=${hrefOf("watch", { kind: "type", id: typeId })}>${t("watch.type")}</a></p>`;
}

function clocksOf({ now }: TypeModel, { route }: Drawing): Clocks {
  const read = (text: string | undefined) => (text === undefined ? Number.NaN : Date.parse(text) / 1_000);
  const [asOf, at] = [read(route.query.asOf), read(route.query.at)];
  return { asOf: Number.isFinite(asOf) ? asOf : now, at: Number.isFinite(at) ? at : now };
}

/**
 * Inputs for the two clocks: what was known, and the moment that is judged. A slider moves from event to event, a field accepts
 * any moment.
 */
function clockFields({ grants, typeId, now }: TypeModel, clocks: Clocks, { t, go, date, route }: Drawing) {
  const moments = momentsOf(grants);
  const set = (changed: Partial<Record<"asOf" | "at", number | undefined>>) => {
    const text = (value: number | undefined) =>
      value === undefined ? undefined : new Date(value * 1_000).toISOString().replace(".000", "");
    const all = {
      asOf: route.query.asOf,
      at: route.query.at,
      ...Object.fromEntries(Object.entries(changed).map(([name, value]) => [name, text(value)])),
    };
    go(hrefOf("type", { id: typeId, ...all }), { replace: true });
  };
  const local = (seconds: number) => {
    const shifted = new Date(seconds * 1_000 - new Date(seconds * 1_000).getTimezoneOffset() * 60_000);
    return shifted.toISOString().slice(0, 19);
  };
  const known = moments.filter((time) => time <= clocks.asOf).length;
  const field = (name: "asOf" | "at", label: string) => html`<div>
      <label for=${name}>${label}</label>
      <input id=${name} type="datetime-local" step="1" .value=${local(clocks[name])}
        @change=${(event: Event) => {
          const value = Date.parse((event.target as HTMLInputElement).value) / 1_000;
          set({ [name]: Number.isFinite(value) ? value : undefined });
        }}>
    </div>`;
  return html`<form class="clocks" @submit=${(event: Event) => event.preventDefault()}>
    <div class="row">${field("at", t("tree.at"))}${field("asOf", t("tree.asOf"))}
      <button type="button" class="quiet" @click=${() => set({ asOf: undefined, at: undefined })}>${t("tree.now")}</button>
    </div>
    <label for="step">${t("tree.step", { known, all: moments.length })}</label>
    <input id="step" type="range" min="0" max=${moments.length} .value=${String(known)} aria-valuetext=${date(clocks.asOf)}
      @input=${(event: Event) => {
        const at = Number((event.target as HTMLInputElement).value);
        set({ asOf: at >= moments.length ? undefined : at === 0 ? (moments[0] ?? now) - 1 : moments[at - 1] });
      }}>
  </form>`;
}

function treeItem({ grant, standing, children }: TreeItem, model: TypeModel, drawing: Drawing): TemplateResult {
  const { t, of } = drawing;
  const label = shownLabel(grant.label);
  const until = grant.withdrawnFrom ?? grant.notAfter;
  return html`<li>
    <div class=${standing.holds ? "grant" : "grant over"}>
      <p><strong class="name" lang="ko">${label ?? t("tree.noLabel")}</strong> ${standing.holds ? badge("good", t("grant.holds")) : badge("bad", of("grant", standing.reason ?? ""))}
        <span class="quiet">${t(grant.mayGrant ? "grant.mayGrant" : "grant.mayIssue")}</span></p>
      <p>${didLink(formatDid(model.descriptor.name, grant.subject))}</p>
      <p class="quiet">${moment(grant.notBefore, drawing)} – ${moment(until, drawing)}</p>
    </div>
    ${children.length === 0 ? nothing : html`<ul>${children.map((item) => treeItem(item, model, drawing))}</ul>`}
  </li>`;
}
