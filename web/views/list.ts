import { html, nothing } from "lit";
import { formatDid } from "../../resolver/did/did.ts";
import type { StatusList } from "../../resolver/status/status-list.ts";
import { TimeSlice } from "../../resolver/time-slice.ts";
import { checkLists, type ListAtNode, listAtNodes } from "../checks/lists/list-at-nodes.ts";
import { ListPlayer } from "../checks/lists/list-history.ts";
import { proveList } from "../checks/lists/prove-list.ts";
import { didIn, trustedNetwork } from "../checks/network.ts";
import { withProofs } from "../checks/proofs.ts";
import { typesOf } from "../nodes/types-of.ts";
import { type Bitmap, bitmapOf, bitmapPicture, statusName } from "../parts/bitmap.ts";
import { badge, checks, code, didLink, moment, provenBadge, table } from "../parts/pieces.ts";
import { type Playing, playerControls } from "../parts/player.ts";
import { hrefOf } from "../route.ts";
import { type Context, type Drawing, type Loaded, ViewError } from "../view.ts";
import { shortType } from "./overview.ts";

/** Rows of the table per page. */
const PAGE = 100;

/** A whole status list, verified here, as a picture and as a table; with a proven history also at any earlier moment. */
export async function loadList(context: Context): Promise<Loaded> {
  const { descriptor, check: network } = trustedNetwork(context);
  const { issuer = "", number = "" } = context.route.query;
  if (!/^(?:0|[1-9][0-9]{0,77})$/.test(number)) throw new ViewError("list.wrong", { got: number.slice(0, 40) });
  const did = didIn(formatDid(descriptor.name, issuer as `0x${string}`), descriptor);
  const answers = await listAtNodes({ did, number: BigInt(number) }, descriptor, context);
  const known = answers.find((one) => one.facts);
  if (known?.facts === undefined || known.facts === null) {
    if (answers.some(({ facts }) => facts === null)) throw new ViewError("list.unknown", { number });
    throw new ViewError("failed.noAnswer");
  }
  const { facts } = known;
  const lists = answers.filter((one): one is ListAtNode => "verified" in one);
  const [shown] = lists;
  const proven = await proveList({ did, number: BigInt(number) }, lists, descriptor, context);
  const proofs = proven.checks;
  const player = proven.history && new ListPlayer(proven.history);
  player?.moveTo(player.stepAsOf(context.route.query.asOf ?? "") ?? player.step);
  const playing: Playing = { timer: undefined };
  // The current moment shows the signed list that a node serves, any other moment the proven one.
  const here = () => (player && !player.isNewest ? player.list : (shown?.verified.list ?? player?.list));
  const types = await typesOf(known.url, context);
  await new TimeSlice().next();
  let bitmap = bitmapAt(here());
  await new TimeSlice().next();
  let from = 0;
  return {
    title: ({ t }) => t("list.title", { number }),
    draw(drawing) {
      const { t } = drawing;
      const turn = (by: number) => {
        from = Math.max(0, from + by);
        drawing.redraw();
      };
      const moved = () => {
        bitmap = bitmapAt(here(), bitmap?.selected);
        from = 0;
        drawing.redraw();
      };
      const stayed = () => {
        const asOf = player?.isNewest ? undefined : player?.moment.block;
        drawing.go(hrefOf("list", { issuer, number, asOf }), { replace: true });
      };
      return html`
        <p>${didLink(did.did)} · <a href=${hrefOf("type", { id: facts.typeId })}>${shortType(types.get(facts.typeId) ?? facts.typeId)}</a>
          · ${t("list.entries", { count: drawing.number(facts.size) })} ${facts.closed ? badge("late", t("list.closed")) : nothing} ${code(facts.list)} ${provenBadge(proofs, drawing)}</p>
        ${checks(withProofs([network, ...checkLists(answers, drawing.date)], proofs), drawing)}
        ${
          bitmap === undefined
            ? html`<p class="empty">${t("list.noPicture")}</p>`
            : html`<h2>${t("list.pictureTitle")}</h2>
                ${player === undefined ? html`<p class="quiet">${t("play.none")}</p>` : playerControls(player, playing, drawing, { moved, stayed })}
                ${bitmapPicture(bitmap, drawing, drawing.redraw)}
                <h2>${t("list.marked", { count: drawing.number(bitmap.marked.length) })}</h2>
                ${markedTable(bitmap, from, drawing)}
                ${
                  bitmap.marked.length > PAGE
                    ? html`<p class="row"><button type="button" ?disabled=${from === 0} @click=${() => turn(-PAGE)}>${t("page.before")}</button>
                        <button type="button" ?disabled=${from + PAGE >= bitmap.marked.length} @click=${() => turn(PAGE)}>${t("page.next")}</button></p>`
                    : nothing
                }`
        }
        ${shown === undefined || player?.isNewest === false ? nothing : html`<p class="quiet">${t("list.until")} ${moment(shown.verified.expiresAt, drawing)}</p>`}
        <p><a href=${hrefOf("watch", { kind: "list", id: `${issuer}/${number}` })}>${t("watch.list")}</a></p>`;
    },
  };
}

function bitmapAt(list: StatusList | undefined, selected?: number): Bitmap | undefined {
  return list && bitmapOf(list, selected);
}

function markedTable({ marked }: Bitmap, from: number, { t, number }: Drawing) {
  return table(
    t("list.marked", { count: number(marked.length) }),
    [t("list.index"), t("list.state")],
    marked
      .slice(from, from + PAGE)
      .map(({ index, value }) => [
        number(index),
        badge(statusName(value) === "revoked" ? "bad" : "late", t(`status.${statusName(value)}`)),
      ]),
    t("list.allValid"),
  );
}
