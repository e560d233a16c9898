import { hrefOf } from "../route.ts";
import { AnswerError, type Asking } from "./asking.ts";
import { listOf, member, numberOf, textOf } from "./json.ts";

/** Most changes of an answer that are shown: a node gives at most as many. */
const MAX_CHANGES = 200;

/** A change in the node's feed. */
export interface RecentChange {
  readonly time: number;
  readonly block: number;
  readonly transaction: string;
  readonly kind: string;
  readonly subject: string;
  readonly type: string;
  /** The name of its subject. */
  readonly label: string | undefined;
  /** The view that shows it. */
  readonly href: string | undefined;
}

/**
 * The newest changes of a node's feed; `undefined` where it has no feed.
 * @throws Error when it can't be asked.
 */
export async function recentChanges(
  url: string,
  { json }: Asking,
  query = "limit=20",
): Promise<readonly RecentChange[] | undefined> {
  try {
    return changesIn(await json(`${url}/changes?${query}`));
  } catch (error) {
    if (error instanceof AnswerError && error.status === 404) return undefined;
    throw error;
  }
}

/** A DID or list, shortened and without the network, which is that of the page. */
export function shortName(name: string): string {
  return name.replace(/^did:mapae:[^:]+:(0x[0-9a-f]{6})[0-9a-f]+([0-9a-f]{4})/, "$1…$2");
}

/**
 * Reads an answer of the feed, and leaves out what is no change. The names of DIDs come from accreditations in the same answer.
 */
export function changesIn(answer: unknown): RecentChange[] {
  const all = listOf(member(answer, "changes")).slice(0, MAX_CHANGES);
  const names = new Map(
    all.flatMap((one): [string, string][] => {
      const [did, label] = [textOf(member(one, "did")), textOf(member(one, "label"))];
      return did === undefined || label === undefined ? [] : [[did, label]];
    }),
  );
  return all.flatMap((one) => {
    const [kind, subject, type, transaction, time] = ["kind", "subject", "type", "transaction", "time"].map((name) =>
      textOf(member(one, name)),
    );
    const block = numberOf(member(one, "block"));
    if (!kind || !subject || !type || !transaction || !time || block === undefined) return [];
    return [
      { time: Date.parse(time) / 1_000, block, transaction, kind, subject, type, ...named(kind, subject, one, names) },
    ];
  });
}

function named(
  kind: string,
  subject: string,
  change: unknown,
  names: ReadonlyMap<string, string>,
): Pick<RecentChange, "label" | "href"> {
  const text = (name: string) => textOf(member(change, name));
  const called = names.get(text("did") ?? "") ?? text("did");
  switch (kind) {
    case "did":
      return { label: called, href: hrefOf("did", { id: text("did") ?? subject }) };
    case "type":
      return { label: text("uri"), href: hrefOf("type", { id: subject }) };
    case "grant":
      return { label: text("label") ?? text("did"), href: hrefOf("type", { id: text("typeId") }) };
    case "list":
      return {
        label: `${called}/${text("number")}`,
        href: hrefOf("list", { issuer: text("issuer"), number: text("number") }),
      };
    default:
      return { label: undefined, href: undefined };
  }
}
