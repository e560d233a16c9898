import { answerOf, errorOf, mapae, startNetwork, temporaryFolder } from "../harness.ts";

/** The type of the story. */
export const URI = "https://types.example/official-id/v1";
/** Accounts of the local chain by their roles. */
export const [COUNCIL, MINISTRY, ISSUER, DELEGATE, STRANGER] = [0, 1, 2, 3, 4] as const;
const KEY = JSON.stringify({
  kty: "EC",
  crv: "P-256",
  x: "aAALuC1ngMlgbt02pG9PuBl2-0vIgaPmczMbtPHrGiI",
  y: "ke1FpYLOtTB97YcmkFI_wAAZ71xFVS5lA8b523qj5Fk",
});

/**
 * A network for all tests of a file, with a ministry and an issuer that have keys.
 * @param after ends it after them.
 */
export async function startStory({ after }: { after(end: () => unknown): void }) {
  const folder = await temporaryFolder({ after });
  const network = await startNetwork(folder);
  after(() => network.chain.stop());
  for (const account of [MINISTRY, ISSUER]) {
    await answerOf(["did", "create", "--key", `assertion=${KEY}`], network.as(account));
  }
  return {
    folder,
    network,
    /** The answer to a command of an account. */
    as: <T>(account: number, ...args: string[]) => answerOf<T>(args, network.as(account)),
    /** The error of a refused command of an account. */
    refused: async (account: number, ...args: string[]) =>
      errorOf(await mapae([...args, "--json"], network.as(account))),
  };
}
