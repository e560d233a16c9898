import type { EventLog } from "ethers";
import { dateTime, formatDid, type GrantFacts, shownGrant } from "../../../resolver/index.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { addressOf, parseTime, type Registries, withRegistries } from "../../transaction/contract-call.ts";
import { moment } from "../../transaction/did-call.ts";
import { type ReadGrant, readGrants } from "../../trust/read-grants.ts";
import { typeIdOf } from "../../trust/type-id.ts";

interface Options {
  readonly type?: string;
  readonly at?: string;
  readonly asOf?: string;
}

/** `mapae trust show` */
export const addTrustShow: AddCommand = (parent, terminal) => {
  parent
    .command("show <did>")
    .description("show what a DID is accredited for, each with its chain to the root")
    .option("--type <uri or id>", "only this credential type")
    .option("--at <time>", "the moment to judge, such as 2026-11-01T00:00:00Z (default: that of the newest block)")
    .option("--as-of <block>", "use only what was known at this block (default: the newest)")
    .addHelpText("after", "\nExample:\n  $ mapae trust show did:mapae:local:0x… --at 2026-11-01T00:00:00Z")
    .action(async (did: string, { type, at, asOf }: Options, command) => {
      const call = callOf(terminal, command);
      await withRegistries(call, async (registries) => {
        const subject = addressOf(registries, did);
        const block = await registries.network.reader.header(asOf === undefined ? "latest" : parseBlock(asOf));
        if (block === null) throw new CliError("INVALID_INPUT", `The chain has no block ${asOf}`);
        const judged = at === undefined ? block.time : parseTime(at);
        const types = type === undefined ? await allTypes(registries) : [typeIdOf(type)];
        const grants: ReadGrant[] = [];
        for (const typeId of types) {
          const { found } = await readGrants(registries, { subject, typeId, asOf: block.number, at: judged });
          grants.push(...found);
        }
        const network = registries.network.descriptor.name;
        const head = `${did} at ${dateTime(judged)}, as of block ${block.number}`;
        const lines = grants.map((grant) => describe(grant, network));
        call.out.answer(
          {
            did,
            at: dateTime(judged),
            asOf: block.number,
            grants: grants.map(({ standing, ...grant }) => ({
              ...grant,
              ...standing,
              chain: standing.chain.map(shownGrant),
            })),
          },
          [head, ...(lines.length > 0 ? lines : ["  no grants"])].join("\n"),
        );
      });
    });
};

async function allTypes({ trust, deployment }: Registries) {
  const added = (await trust.queryFilter(trust.getEvent("TypeAdded")(), deployment.fromBlock)) as EventLog[];
  return added.map(({ args }) => args.getValue("typeId"));
}

function parseBlock(text: string): number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw new CliError("INVALID_INPUT", `A block is a number, got ${JSON.stringify(text.slice(0, 40))}`);
}

function describe({ grantId, typeId, label, standing }: ReadGrant, network: string): string {
  const { holds, reason, link, chain } = standing;
  const where = link === undefined || link === grantId ? "" : ` at its link ${link}`;
  return [
    `  ${holds ? "holds" : `does not hold: ${reason}${where}`}`,
    `    grant  ${grantId}${label === null ? "" : ` (${label})`}`,
    `    type   ${typeId}`,
    ...chain.map((one, depth) => `    ${depth === 0 ? "from " : "above"}  ${describeLink(one, network)}`),
  ].join("\n");
}

function describeLink({ subject, notBefore, notAfter, withdrawnFrom }: GrantFacts, network: string): string {
  const withdrawn = withdrawnFrom === null ? "" : `, withdrawn from ${moment(withdrawnFrom)}`;
  return `${formatDid(network, subject)}, ${moment(notBefore)} to ${moment(notAfter)}${withdrawn}`;
}
