import type { Named } from "../cards/card.ts";
import type { Vault } from "../vault/vault.ts";

/** One use of a card. It is recorded only here. */
export interface Use {
  readonly id: string;
  /** Unix seconds, with milliseconds: two uses in one second keep their order. */
  readonly at: number;
  readonly did: string;
  /** The name of the verifier; its DID if it is not accredited. */
  readonly verifier: string;
  readonly purpose: Named | null;
  readonly card: Named;
  /** Paths of the disclosed claims; none when the request was declined. */
  readonly claims: readonly (readonly string[])[];
  readonly outcome: "shown" | "declined";
}

const PREFIX = "use/";

/** The newest first. */
export async function historyOf(vault: Vault): Promise<readonly Use[]> {
  return (await vault.all<Use>(PREFIX)).toSorted((a, b) => b.at - a.at);
}

export async function remember(vault: Vault, use: Omit<Use, "id" | "at">): Promise<void> {
  const id = crypto.randomUUID();
  await vault.write(`${PREFIX}${id}`, { ...use, id, at: Date.now() / 1_000 });
}

export async function eraseHistory(vault: Vault): Promise<void> {
  for (const { id } of await historyOf(vault)) await vault.remove(`${PREFIX}${id}`);
}

/** The whole history as a file for the holder. */
export function exported(history: readonly Use[]): Blob {
  return new Blob([`${JSON.stringify({ exported: new Date().toISOString(), uses: history }, null, 2)}\n`], {
    type: "application/json",
  });
}
