import { html, nothing } from "lit";
import { readAttribute } from "../../resolver/did/attribute.ts";
import type { DidEvent } from "../../resolver/did/decode-log.ts";
import { didDocument } from "../../resolver/did/did-document.ts";
import { standingOf } from "../../resolver/trust/accreditation.ts";
import { shownLabel } from "../../resolver/trust/label.ts";
import type { Check } from "../checks/check.ts";
import { checkDid, type DidAtNode, didAtNodes } from "../checks/did-at-nodes.ts";
import { type KeyLane, keyLanes, kindOf } from "../checks/key-lanes.ts";
import { didIn, trustedNetwork } from "../checks/network.ts";
import { proveDid, withProofs } from "../checks/proofs.ts";
import { type Version, versionsOf } from "../checks/versions.ts";
import { typesOf } from "../nodes/types-of.ts";
import { differenceList } from "../parts/differences.ts";
import { keyPicture } from "../parts/lanes.ts";
import { badge, checks, code, moment, provenBadge, type Tone, table } from "../parts/pieces.ts";
import { hrefOf } from "../route.ts";
import type { Context, Drawing, Loaded } from "../view.ts";
import { shortType } from "./overview.ts";

/** A DID: its document, its history, its keys over time, what it may issue, and the checks of the nodes. */
export async function loadDid(context: Context): Promise<Loaded> {
  const { descriptor, check: network } = trustedNetwork(context);
  const did = didIn(context.route.query.id ?? "", descriptor);
  const atNodes = await didAtNodes(did, descriptor, context);
  const proofs = await proveDid(did, atNodes.answered, descriptor, context);
  const found = withProofs([network, ...checkDid(did, descriptor, atNodes)], proofs);
  const best = [...atNodes.answered].sort((a, b) => b.history.events.length - a.history.events.length)[0];
  const uris = best === undefined ? new Map<string, string>() : await typesOf(best.url, context);
  const { chainId } = descriptor;
  const events = best?.history.events ?? [];
  const model: DidModel = {
    did: did.did,
    address: did.address,
    chainId,
    best,
    found,
    uris,
    all: new Set(events.map(({ block }) => block)).size,
    lanes: keyLanes(events, context.now),
    now: context.now,
  };
  let versions = versionsOf(did.did, chainId, events, SHOWN);
  const showMore = ({ redraw }: Drawing) => {
    versions = versionsOf(did.did, chainId, events, versions.length + SHOWN);
    redraw();
  };
  return {
    title: ({ t }) => t("did.title"),
    draw: (drawing) => draw(model, drawing, { versions, showMore: () => showMore(drawing) }),
  };
}

/** Number of versions that are shown at first, and that each press of the button adds. */
const SHOWN = 20;

interface History {
  readonly versions: readonly Version[];
  readonly showMore: () => void;
}

interface DidModel {
  readonly did: string;
  readonly address: string;
  readonly chainId: number;
  /** The node with the most events. */
  readonly best: DidAtNode | undefined;
  readonly found: readonly Check[];
  /** URIs of credential types by their ids. */
  readonly uris: ReadonlyMap<string, string>;
  /** Number of its versions. */
  readonly all: number;
  readonly lanes: readonly KeyLane[];
  readonly now: number;
}

function draw(model: DidModel, drawing: Drawing, history: History) {
  const { did, best, found } = model;
  const { t, number } = drawing;
  const state = best?.history.state;
  const names = labelsOf(model);
  const [tone, standing]: [Tone, string] =
    best === undefined
      ? ["late", t("did.unknown")]
      : state === undefined
        ? ["plain", t("did.none")]
        : state.deactivated !== null
          ? ["bad", t("did.deactivated")]
          : ["good", t("did.active")];
  return html`
    <p class="subject"><code>${did}</code> <button type="button" class="small" data-copy=${did}>${t("copy")}</button></p>
    <p>${badge(tone, standing)} ${provenBadge(found, drawing)} ${names.map((name) => html`<strong class="name" lang="ko">${name}</strong> `)}
      ${best === undefined ? nothing : html`<span class="quiet">${t("asOf", { block: number(best.snapshot.asOf.number), date: drawing.date(best.snapshot.asOf.time) })}</span>`}
    </p>
    ${checks(found, drawing)}
    ${state === undefined ? nothing : drawExisting(model, drawing, history)}
  `;
}

function drawExisting(model: DidModel, drawing: Drawing, { versions, showMore }: History) {
  const { t, of } = drawing;
  const { best, did, chainId, lanes, now, all } = model;
  const state = best?.history.state;
  const document = state && state.deactivated === null ? didDocument({ did, chainId, state, at: now }).document : null;
  return html`
    <h2>${t("did.keys")}</h2>
    ${lanes.length === 0 ? nothing : keyPicture(lanes, now, drawing)}
    ${table(
      t("did.keys"),
      [t("key.id"), t("key.purpose"), t("key.curve"), t("key.standing"), t("key.from"), t("key.until")],
      lanes.map((lane) => [
        code(`#${lane.fragment}`, 18),
        of("purpose", lane.purpose),
        lane.curve ?? t("key.account"),
        badge(
          lane.standing === "good" ? "good" : lane.standing === "revoked" ? "bad" : "plain",
          t(`key.${lane.standing}`),
        ),
        lane.spans[0] ? moment(lane.spans[0].from, drawing) : "–",
        lane.revokedAt === undefined ? moment(lane.validTo, drawing) : moment(lane.revokedAt, drawing),
      ]),
      t("key.none"),
    )}
    <h2>${t("did.accreditations")}</h2>
    ${accreditations(model, drawing)}
    <h2>${t("did.lists")}</h2>
    ${table(
      t("did.lists"),
      [t("list.number"), t("list.type"), t("list.size"), t("list.state")],
      (best?.issuer.lists ?? []).map(({ number: at, typeId, size, closed }) => [
        html`<a href=${hrefOf("list", { issuer: model.address, number: at })}>${t("list.name", { number: at })}</a>`,
        typeLink(model, typeId),
        drawing.number(size),
        closed ? badge("plain", t("list.closed")) : badge("good", t("list.open")),
      ]),
      t("list.none"),
    )}
    <h2>${t("did.history")}</h2>
    <ol class="timeline" reversed>
      ${versions.toReversed().map((version) => versionItem(version, drawing))}
    </ol>
    ${versions.length === all ? nothing : html`<p><button type="button" class="quiet" id="older" @click=${showMore}>${t("did.older", { count: drawing.number(all - versions.length) })}</button></p>`}
    <h2>${t("did.document")}</h2>
    ${document === null ? html`<p class="empty">${t("did.noDocument")}</p>` : html`<pre tabindex="0" aria-label=${t("did.document")}>${JSON.stringify(document, null, 2)}</pre>`}
    <p><a href=${hrefOf("watch", { kind: "did", id: did })}>${t("watch.this")}</a> · <a href=${hrefOf("onboarding", { id: did })}>${t("onboarding.this")}</a></p>`;
}

function versionItem({ block, time, transactions, events, changes }: Version, drawing: Drawing) {
  const { t, number } = drawing;
  return html`<li>
    <p><strong>${moment(time, drawing)}</strong> <span class="quiet">${t("block", { block: number(block) })}</span> ${transactions.map((one) => code(one))}</p>
    <ul>${events.map((event) => html`<li>${describe(event, drawing)}</li>`)}</ul>
    <details><summary>${t("did.diff", { count: changes.length })}</summary>${differenceList(changes, drawing)}</details>
  </li>`;
}

/** An event as text. */
function describe(event: DidEvent, { t, of, date }: Drawing): string {
  if (event.type === "owner") {
    return /^0x0+$/.test(event.owner) ? t("event.deactivated") : t("event.newOwner", { owner: event.owner });
  }
  const isRevoked = event.validTo === 0;
  if (event.type === "delegate") {
    return t(isRevoked ? "event.delegateRevoked" : "event.delegateSet", {
      account: event.delegate,
      until: date(event.validTo),
    });
  }
  const attribute = readAttribute(event);
  const until = date(event.validTo);
  if (attribute?.kind === "key") {
    const values = { curve: kindOf(attribute.jwk), purpose: of("purpose", attribute.purpose), until };
    return t(isRevoked ? "event.keyRevoked" : "event.keySet", values);
  }
  if (attribute?.kind === "service") {
    return t(isRevoked ? "event.serviceRevoked" : "event.serviceSet", {
      type: attribute.type,
      fragment: attribute.fragment,
      until,
    });
  }
  return t(isRevoked ? "event.attributeRevoked" : "event.attributeSet", { until });
}

function accreditations(model: DidModel, drawing: Drawing) {
  const { t, of } = drawing;
  const { best, now } = model;
  if (best === undefined) return nothing;
  const grants = new Map(best.issuer.grants.map((grant) => [grant.grantId, grant]));
  const ends = new Map(best.issuer.grants.map(({ subject, deactivatedAt }) => [subject, deactivatedAt ?? undefined]));
  const lookup = {
    grant: (id: `0x${string}`) => grants.get(id),
    deactivatedAt: (one: string) => ends.get(one as `0x${string}`),
  };
  const rows = best.issuer.accepted.flatMap((id) => {
    const grant = grants.get(id);
    if (grant === undefined) return [];
    const { holds, reason } = standingOf(lookup, id, now);
    return [
      [
        typeLink(model, grant.typeId),
        holds ? badge("good", t("grant.holds")) : badge("bad", of("grant", reason ?? "")),
        grant.mayGrant ? t("grant.mayGrant") : t("grant.mayIssue"),
        moment(grant.notBefore, drawing),
        moment(grant.withdrawnFrom ?? grant.notAfter, drawing),
      ],
    ];
  });
  const head = [t("list.type"), t("grant.standing"), t("grant.right"), t("grant.from"), t("grant.until")];
  return table(t("did.accreditations"), head, rows, t("grant.none"));
}

function typeLink({ uris }: DidModel, typeId: string) {
  const uri = uris.get(typeId);
  return html`<a href=${hrefOf("type", { id: typeId })}>${uri === undefined ? code(typeId) : shortType(uri)}</a>`;
}

/** The official names in its accreditations, as far as they may be shown. */
function labelsOf({ best, address }: DidModel): string[] {
  const own = best?.issuer.grants.filter(({ subject }) => subject === address) ?? [];
  return [...new Set(own.flatMap(({ label }) => shownLabel(label) ?? []))];
}
