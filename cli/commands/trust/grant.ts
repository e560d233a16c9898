import type { Command } from "commander";
import { chainSnapshot, type Hash, parseDid } from "../../../resolver/index.ts";
import { describeGoverned, type OrderOptions, orderOf, orderOptions } from "../../governance/order.ts";
import { type AddCommand, type Call, callOf } from "../../terminal/call.ts";
import { named } from "../../terminal/named.ts";
import { INTERFACES } from "../../transaction/interfaces.ts";
import { type Registries, withRegistries } from "../../transaction/registries.ts";
import { writtenLines } from "../../transaction/send.ts";
import { type TermOptions, termsOf, typeIdOf } from "../../trust/terms.ts";
import { addressOf } from "../../values/did.ts";
import { parseHash } from "../../values/hash.ts";

const terms = (command: Command) =>
  command
    .requiredOption("--to <did>", "the DID to accredit")
    .requiredOption("--label <text>", "its official name, up to 96 bytes")
    .option("--not-before <time>", "start, such as 2026-11-24T09:00:00Z (default: now); may be past")
    .option("--not-after <time>", "the end: the first second at which the grant no longer holds")
    .option(
      "--valid-for <duration>",
      "how long the grant holds, in place of --not-after, such as 365d (default: 1825d)",
    )
    .option("--may-grant", "allow the accredited DID to accredit others");

/** `mapae trust root` */
export const addTrustRoot: AddCommand = (parent, terminal) => {
  orderOptions(terms(parent.command("root").description("accredit a trust root, as governance")))
    .requiredOption("--type <uri or id>", "the credential type")
    .addHelpText(
      "after",
      `
As mapae type add: the council proposes it, the same command executes it after the delay. To make the two calls the same,
give --not-before and --not-after. The DID's owner then accepts it.

Example:
  $ mapae trust root --type https://types.example/official-id/v1 --to did:mapae:gov-…:0x… --label 행정안전부 --may-grant \\
      --not-before 2026-01-01 --not-after 2031-01-01`,
    )
    .action(async ({ type, to, ...options }: TermOptions & OrderOptions & { type: string; to: string }, command) => {
      const call = callOf(terminal, command);
      const typeId = named("--type", () => typeIdOf(type));
      const { did } = named("--to", () => parseDid(to));
      const [granted, order] = [termsOf(options), orderOf(options)];
      await withRegistries(call, async (registries) => {
        const subject = named("--to", () => addressOf(did, registries.network.descriptor));
        await warnOfNoType(call, registries, { typeId, type });
        const args = [typeId, subject, ...granted.from(registries.newest.time)];
        const governed = await registries.govern(registries.trust, "grantRoot", args, { order });
        const grantId = await grantIn(registries, governed.transaction);
        const made = grantId === null ? {} : { grantId };
        const what = grantId === null ? `root for ${to}` : `root for ${to}\n  grant        ${grantId}`;
        call.out.answer({ to, ...made, ...governed }, describeGoverned(what, governed));
      });
    });
};

/** A type may still wait for its own operation, so a type that is not there is no error. */
async function warnOfNoType(
  { out }: Call,
  { network: { reader, descriptor } }: Registries,
  { typeId, type }: { readonly typeId: Hash; readonly type: string },
): Promise<void> {
  const known = await (await chainSnapshot(reader, descriptor)).type(typeId);
  if (known === undefined)
    out.warn(`There is no credential type ${type} now: the operation fails unless the type was added before it`);
}

/** The id of the grant that a transaction created, from its receipt; `null` when it is not sent yet. */
async function grantIn({ provider, trust }: Registries, transaction: Hash | null | undefined): Promise<Hash | null> {
  const receipt = transaction ? await provider.getTransactionReceipt(transaction) : null;
  const topic = INTERFACES.trust.getEvent("Granted")?.topicHash;
  const granted = receipt?.logs.find((log) => log.address.toLowerCase() === trust.target && log.topics[0] === topic);
  return (granted?.topics[1] as Hash | undefined) ?? null;
}

/** `mapae trust grant` */
export const addTrustGrant: AddCommand = (parent, terminal) => {
  terms(parent.command("grant").description("accredit a DID below a grant that your DID holds"))
    .requiredOption("--parent <grant>", "the grant above: its id")
    .addHelpText(
      "after",
      `
It has no effect until the owner of the DID accepts it: mapae trust accept.

Example:
  $ mapae trust grant --parent 0x… --to did:mapae:gov-…:0x… --label "Issuing agency" --valid-for 365d`,
    )
    .action(async ({ parent: above, to, ...options }: TermOptions & { parent: string; to: string }, command) => {
      const call = callOf(terminal, command);
      const parentId = named("--parent", () => parseHash(above, "A grant's id"));
      const { did } = named("--to", () => parseDid(to));
      const granted = termsOf(options);
      await withRegistries(call, async (registries) => {
        const subject = named("--to", () => addressOf(did, registries.network.descriptor));
        const args = [parentId, subject, ...granted.from(registries.newest.time)];
        const written = await registries.write(registries.trust, "grant", args);
        const grantId = await grantIn(registries, written.transaction);
        const which = grantId === null ? "grant: its id is known once it is sent" : `grant ${grantId}`;
        const text = `${which}\n  to           ${to}\n${writtenLines(written)}`;
        call.out.answer({ ...(grantId !== null && { grantId }), to, ...written }, text);
      });
    });
};
