import { answered, type MinistryNode } from "../../../scripts/rehearsal/ministry-node.ts";
import { Rehearsal } from "../../../scripts/rehearsal/rehearsal.ts";
import { until } from "../../../scripts/rehearsal/until.ts";

/** The context of every chapter: a rehearsal whose agency has a list. */
export class Story extends Rehearsal {
  /** The steps, in the order in which they run. */
  readonly sentences: { readonly sentence: string; readonly happens: () => Promise<void> }[] = [];

  /** Adds a step with its description. */
  tell(sentence: string, happens: () => Promise<void>): void {
    this.sentences.push({ sentence, happens });
  }

  /** Lets the agency change statuses of its list, through the server of a member. */
  change(action: "revoke" | "suspend", indexes: string, at = "interior") {
    return this.by<{ transactions: { transaction: string }[] }>("agency", [...this.#change(action), indexes], at);
  }

  /** Lets the agency sign such a change for a relayer. */
  async sign(action: "revoke" | "suspend", indexes: string, requests: string): Promise<void> {
    await this.by("agency", [...this.#change(action), indexes, "--relay", requests]);
  }

  #change(action: string): string[] {
    return ["status", action, this.did("agency"), "0", "--index"];
  }

  /**
   * Waits until nodes tell an auditor that a status is revoked. The newest block may be replaced by one of another validator,
   * which contains the change later.
   */
  async untilRevoked(nodes: readonly MinistryNode[], index: number): Promise<void> {
    await until(`nodes say that ${index} is revoked`, async () => {
      const statuses = await Promise.all(nodes.map((node) => this.status(node, index)));
      return statuses.every((status) => status === "revoked");
    });
  }

  /** A node's answer to an auditor about one status of the agency's list. */
  async status(node: MinistryNode, index: number): Promise<string> {
    const path = `/audit/status/${this.address("agency")}/0/${index}`;
    return (await answered<{ status: string }>(node, path)).status;
  }
}
