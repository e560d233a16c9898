import { join } from "node:path";
import { writeWhole } from "../../files/files.ts";
import { type KnownMember, memberOf, readConsortium, readOperator } from "../../founding/consortium.ts";
import { writeGethKeys } from "../../founding/engine/geth-key.ts";
import { kitOf } from "../../founding/kit.ts";
import { validatorKey } from "../../founding/validator-key.ts";
import { type AddCommand, callOf, collect } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { named, namedIfGiven } from "../../terminal/named.ts";

/** With fewer validators QBFT tolerates no faulty one. */
const LEAST_FOR_A_FAULT = 4;

interface Options {
  readonly member: string;
  readonly out?: string;
  readonly public?: readonly string[];
  readonly operator?: string;
}

/** `mapae network init` */
export const addNetworkInit: AddCommand = (parent, terminal) => {
  parent
    .command("init <file>")
    .description("make what one member of a new consortium needs: its validator's key, genesis, configuration, units")
    .requiredOption("--member <id>", "the member whose files are made, on its own machine")
    .option("--out <folder>", "where the files go (default: the member's id)")
    .option("--public <file>", "another member's public.json; can be repeated", collect)
    .option("--operator <file>", "clique: what mapae signer new --operator <the member's name> --json printed")
    .addHelpText(
      "after",
      `
The file names the members; every member has the same one:
  { "label": "gov", "chainId": 82026001, "blockPeriod": 1, "members": [
    { "id": "interior", "name": "행정안전부", "host": "10.1.0.10", "url": "https://node.interior.example" }, … ] }

The first call makes the key of the member's validator, which stays in this folder (0600), and public.json, which goes to
the other members. Once the public.json of every other member is here, the same call with --public for each makes the rest.
Called again with the same files it writes the same bytes. Once a member joined, or has another key, the file names the validators of
block 0 too, so that genesis.json stays what it is: "genesisValidators": ["0x…", …], as README.md has them.

The chain runs on Besu's QBFT, unless the file says "consensus": "clique": then on geth 1.13.15, for rehearsals. Gas costs 1 wei
there: "funded": ["0x…"] names the accounts that have money. Its blocks are attested by each member's operator, whose public
half each member gives as --operator.

Example:
  $ mapae network init gov.json --member interior
  $ mapae network init gov.json --member interior --public safety.json --public tax.json --public welfare.json`,
    )
    .action(async (file: string, given: Options, command) => {
      const { out } = callOf(terminal, command);
      await readConsortium(file, []); // a fault of the file itself is not one of --public
      const consortium = await named("--public", () => readConsortium(file, given.public ?? []));
      const member = named("--member", () => memberOf(consortium, given.member));
      const folder = given.out ?? member.id;
      const { publicKey, made } = await validatorKey(join(folder, "validator.key"));
      if (member.validator !== undefined && member.validator !== publicKey) {
        const problem = `The key in ${folder} differs from the one that the other members have of ${member.id}`;
        throw new CliError("INVALID_INPUT", `${problem}: give the folder with the right one as --out`);
      }
      const isClique = consortium.consensus === "clique";
      if (isClique !== (given.operator !== undefined)) {
        const what = isClique
          ? "Blocks of a Clique chain are attested: give the operator's public half"
          : "Leave it out";
        throw new CliError("USAGE", `${what} (--operator <file>)`);
      }
      const operator = await namedIfGiven("--operator", given.operator, (path) => readOperator(path, member));
      const half = { id: member.id, validator: publicKey, ...(operator && { operator }) };
      await writeWhole(join(folder, "public.json"), `${JSON.stringify(half)}\n`);
      const secrets = isClique ? await writeGethKeys(folder) : [];
      if (made) out.note(`A new key is in ${folder}/validator.key: keep a copy of it in a safe`);
      if (consortium.members.length < LEAST_FOR_A_FAULT) {
        out.note(`With ${consortium.members.length} validators none may fail: ${LEAST_FOR_A_FAULT} can lose one`);
      }
      const members = consortium.members.map((one) => (one.id === member.id ? { ...one, ...half } : one));
      const missing = members
        .filter((one) => one.validator === undefined || (isClique && one.operator === undefined))
        .map(({ id }) => id);
      if (missing.length > 0) {
        const what = `Send ${folder}/public.json to the other members. That of ${missing.join(", ")} is missing`;
        return out.answer({ folder, missing }, `${what}: give each as --public`);
      }
      const known = members as readonly KnownMember[];
      const own = memberOf({ ...consortium, members: [...known] }, member.id) as KnownMember;
      const { files, genesisHash } = kitOf(consortium, known, own);
      for (const [name, text] of Object.entries(files)) await writeWhole(join(folder, name), text);
      const written = ["validator.key", "public.json", ...secrets, ...Object.keys(files)];
      out.answer(
        { folder, missing, genesisHash, files: written },
        `${folder}: ${written.length} files, README.md says where each goes\n  genesis  ${genesisHash}\n` +
          "  It has to be the same at every member: compare it before anything starts",
      );
    });
};
