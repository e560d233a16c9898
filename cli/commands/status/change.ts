import { randomBytes } from "node:crypto";
import { concat, hexlify, keccak256 } from "ethers";
import { readBytes } from "../../files/files.ts";
import { batchesOf, type StatusAction } from "../../status/batches.ts";
import { readIndexes } from "../../status/indexes.ts";
import { readList } from "../../status/list.ts";
import { type AddCommand, type Call, callOf } from "../../terminal/call.ts";
import { namedIfGiven } from "../../terminal/named.ts";
import { withRegistries } from "../../transaction/registries.ts";
import { type Written, writtenLines } from "../../transaction/send.ts";

/** Longest document of a reason, in bytes. */
const MAX_DOCUMENT_BYTES = 16_777_216;

interface Options {
  readonly index?: string;
  readonly file?: string;
  readonly reason?: string;
}

const ACTIONS: Readonly<Record<StatusAction, string>> = {
  revoke: "revoke credentials, forever",
  suspend: "suspend credentials, until they are reinstated",
  reinstate: "lift the suspension of credentials; the issuer must be accredited now",
};

/** `mapae status revoke`, `suspend` and `reinstate` */
export const addStatusChanges: AddCommand = (parent, terminal) => {
  for (const [action, description] of Object.entries(ACTIONS) as [StatusAction, string][]) {
    parent
      .command(`${action} <issuer> <number>`)
      .description(description)
      .option("--index <indexes>", "indexes of credentials, such as 5,7,100-200")
      .option("--file <file>", "file with the indexes: on lines, or a JSON array")
      .option("--reason <document>", "file that states the reason; only its salted hash is written to the chain")
      .addHelpText(
        "after",
        `
The issuer's owner signs, or a delegate of type status; a delegate of type suspend may only suspend. Many changes are put
into few transactions; an interrupted call can be repeated, and sends only what is missing. The salt of a reason is printed
before anything is sent: keep it with the document.

Example:
  $ mapae status ${action} did:mapae:gov-…:0x… 0 --index 5,7,100-200`,
      )
      .action(async (issuer: string, number: string, options: Options, command) => {
        await change(callOf(terminal, command), { action, issuer, number, options });
      });
  }
};

interface Change {
  readonly action: StatusAction;
  readonly issuer: string;
  readonly number: string;
  readonly options: Options;
}

async function change(call: Call, { action, issuer, number, options }: Change): Promise<void> {
  const wanted = await readIndexes(options);
  const { reason, salt } = await makeReason(options.reason);
  await withRegistries(call, async (registries) => {
    const list = await readList(registries, issuer, number);
    const indexes = wanted.within(list.size);
    const batches = batchesOf(action, indexes, await list.snapshot.chunks(list));
    if (options.reason !== undefined && batches.length > 0) {
      // Before anything is sent: what is mined although this command fails can't be proven without the salt.
      call.out.warn(`The salt of the reason is ${salt}: keep it with the document`);
    }
    const transactions: Written[] = [];
    for (const [position, batch] of batches.entries()) {
      if (batches.length > 1)
        call.out.note(`Transaction ${position + 1} of ${batches.length}: ${batch.length} chunks …`);
      transactions.push(await registries.write(registries.status, "update", [list.list, batch, reason]));
    }
    const done = transactions.map(writtenLines);
    const count = indexes.length === 1 ? "1 credential" : `${indexes.length} credentials`;
    const what = `${action}: ${count} of list ${number} of ${issuer}`;
    const nothing = batches.length === 0 ? ["  nothing to send: all have this status already"] : [];
    const kept = batches.length > 0 && options.reason !== undefined ? [`  salt         ${salt}`] : [];
    const answer = { action, list: list.list, indexes: indexes.length, reason, salt, transactions };
    call.out.answer(answer, [what, ...done, ...nothing, ...kept].join("\n"));
  });
}

/** The hash of the document and 32 random bytes: a short document could be guessed from its bare hash. */
async function makeReason(path: string | undefined): Promise<{ reason: string; salt: string }> {
  const salt = hexlify(randomBytes(32));
  const document = await namedIfGiven("--reason", path, (one) =>
    readBytes({ path: one, what: "document of the reason", maxBytes: MAX_DOCUMENT_BYTES }),
  );
  return { reason: keccak256(document === undefined ? salt : concat([salt, document])), salt };
}
