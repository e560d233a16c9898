import { answered, type MinistryNode } from "../../../scripts/rehearsal/ministry-node.ts";
import { Rehearsal } from "../../../scripts/rehearsal/rehearsal.ts";
import { until } from "../../../scripts/rehearsal/until.ts";

/** What every chapter of the story has: a rehearsal whose agency has a list. */
export class Story extends Rehearsal {
  /** Its sentences, in the order in which they happen. */
  readonly sentences: { readonly sentence: string; readonly happens: () => Promise<void> }[] = [];

  /** Adds a sentence to the story. */
  tell(sentence: string, happens: () => Promise<void>): void {
    this.sentences.push({ sentence, happens });
  }

  /** Has the agency change statuses of its list, by the server of a member. */
  change(action: "revoke" | "suspend", indexes: string, at = "interior") {
    return this.by<{ transactions: { transaction: string }[] }>("agency", [...this.#change(action), indexes], at);
  }

  /** Has the agency sign such a change for a relayer. */
  async sign(action: "revoke" | "suspend", indexes: string, requests: string): Promise<void> {
    await this.by("agency", [...this.#change(action), indexes, "--relay", requests]);
  }

  #change(action: string): string[] {
    return ["status", action, this.did("agency"), "0", "--index"];
  }

  /**
   * Waits until nodes tell an auditor that a status was revoked. The newest block may give way to one of another validator, which has
   * the change later.
   */
  async untilRevoked(nodes: readonly MinistryNode[], index: number): Promise<void> {
    await until(`nodes say that ${index} is revoked`, async () => {
      const statuses = await Promise.all(nodes.map((node) => this.status(node, index)));
      return statuses.every((status) => status === "revoked");
    });
  }

  /** What a node tells an auditor of one status of the agency's list. */
  async status(node: MinistryNode, index: number): Promise<string> {
    const path = `/audit/status/${this.address("agency")}/0/${index}`;
    return (await answered<{ status: string }>(node, path)).status;
  }
}
