import {
  type ChainSnapshot,
  chainSnapshot,
  dateTime,
  formatDid,
  type GrantFacts,
  type Hash,
  type Purpose,
  shownGrant,
} from "../../../resolver/index.ts";
import { GRANT_FAULT_TEXTS } from "../../../resolver/trust/grant-fault-texts.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { namedIfGiven } from "../../terminal/named.ts";
import { linesOf } from "../../terminal/printable.ts";
import { nodeUrl, openNetwork } from "../../terminal/settings.ts";
import { fetchPurpose, purposeInWords } from "../../trust/fetch-purpose.ts";
import { type ReadGrant, readGrants } from "../../trust/read-grants.ts";
import { typeIdOf } from "../../trust/terms.ts";
import { addressOf } from "../../values/did.ts";
import { moment, parseTime } from "../../values/time.ts";
import { parseBlock } from "../../values/whole.ts";

interface Options {
  readonly type?: string;
  readonly at?: string;
  readonly asOf?: string;
  readonly node?: string;
}

/** `mapae trust show` */
export const addTrustShow: AddCommand = (parent, terminal) => {
  parent
    .command("show <did>")
    .description("show the accreditations of a DID, each with its chain to the root")
    .option("--type <uri or id>", "only this credential type")
    .option("--at <time>", "the moment to judge, such as 2026-11-01T00:00:00Z (default: that of the newest block)")
    .option("--as-of <block>", "use only what was known at this block (default: the newest)")
    .option("--node <url>", "also show what a verifier may ask for, by the documents of types that this node has")
    .addHelpText(
      "after",
      `
A type may be a purpose, whose document names the claims that a verifier may ask for. A node serves it; it is shown only when its
hash is that on chain.

Examples:
  $ mapae trust show did:mapae:local:0x… --at 2026-11-01T00:00:00Z
  $ mapae trust show did:mapae:local:0x… --node http://127.0.0.1:8080`,
    )
    .action(async (did: string, { type, at, asOf, node }: Options, command) => {
      const call = callOf(terminal, command);
      const from = namedIfGiven("--node", node, nodeUrl);
      const block = namedIfGiven("--as-of", asOf, parseBlock) ?? "latest";
      const time = namedIfGiven("--at", at, parseTime);
      const wanted = namedIfGiven("--type", type, typeIdOf);
      const network = await openNetwork(terminal, call.options);
      const subject = addressOf(did, network.descriptor);
      if ((await network.reader.header(block)) === null)
        throw new CliError("INVALID_INPUT", `--as-of: The chain has no block ${block}`);
      const snapshot = await chainSnapshot(network.reader, network.descriptor, block);
      const judged = time ?? snapshot.asOf.time;
      const types = wanted === undefined ? await snapshot.types() : [await existing(snapshot, wanted, type)];
      const found = await Promise.all(types.map((typeId) => readGrants(snapshot, { subject, typeId, at: judged })));
      const grants = found.flat();
      const head = `${did} at ${dateTime(judged)}, as of block ${snapshot.asOf.number}`;
      const held = [...new Set(grants.map(({ typeId }) => typeId))];
      const known = await Promise.all(held.map((id) => snapshot.type(id)));
      const uris = new Map(held.map((id, at) => [id, known[at]?.uri] as const));
      const asked = known.map((one) => (one && from !== undefined ? fetchPurpose(from, one) : undefined));
      const purposes = new Map((await Promise.all(asked)).map((purpose, at) => [held[at], purpose] as const));
      const lines = grants.map((grant) =>
        describe(grant, { uri: uris.get(grant.typeId), purpose: purposes.get(grant.typeId) }, network.descriptor.name),
      );
      call.out.answer(
        {
          did,
          at: dateTime(judged),
          asOf: snapshot.asOf.number,
          grants: grants.map(({ standing, ...grant }) => ({
            ...grant,
            typeUri: uris.get(grant.typeId) ?? null,
            ...(node !== undefined && { mayAsk: purposes.get(grant.typeId) ?? null }),
            ...standing,
            chain: standing.chain.map(shownGrant),
          })),
        },
        [head, ...(lines.length > 0 ? lines : ["  no grants"])].join("\n"),
      );
    });
};

/**
 * The id of a type that the network has as of the block: "no grants" of a misspelt type would be a wrong answer.
 * @throws CliError `NOT_FOUND`
 */
async function existing(snapshot: ChainSnapshot, typeId: Hash, text: string | undefined): Promise<Hash> {
  if ((await snapshot.type(typeId)) !== undefined) return typeId;
  const where = `as of block ${snapshot.asOf.number}`;
  throw new CliError("NOT_FOUND", `--type: There is no credential type ${text} ${where}: mapae type show lists all`);
}

function describe(
  { grantId, typeId, label, standing }: ReadGrant,
  { uri, purpose }: { readonly uri: string | undefined; readonly purpose: Purpose | undefined },
  network: string,
): string {
  const { holds, reason, link, chain } = standing;
  const where = link === undefined || link === grantId ? "" : ` at its link ${link}`;
  return linesOf([
    `  ${holds ? "holds" : `does not hold: ${reason}${where}`}`,
    ...(reason === undefined ? [] : [`    why    ${GRANT_FAULT_TEXTS[reason]}`]),
    `    grant  ${grantId}${label === null ? "" : ` (${label})`}`,
    `    type   ${uri ?? typeId}`,
    ...(purpose === undefined ? [] : purposeInWords(purpose).map((line) => `    asks   ${line}`)),
    ...chain.map((one, depth) => `    ${depth === 0 ? "from " : "above"}  ${describeLink(one, network)}`),
  ]);
}

function describeLink({ subject, notBefore, notAfter, withdrawnFrom }: GrantFacts, network: string): string {
  const withdrawn = withdrawnFrom === null ? "" : `, withdrawn from ${moment(withdrawnFrom)}`;
  return `${formatDid(network, subject)}, ${moment(notBefore)} to ${moment(notAfter)}${withdrawn}`;
}
