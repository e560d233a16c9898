import type { MinistryNode } from "../../rehearsal/ministry-node.ts";
import { load } from "../serving/load.ts";

/** Connections to each node, each asking for the next answer once one is there. */
const CONNECTIONS = 4;
/** Answers after which it is looked whether to go on. */
const ANSWERS = 200;

/** Asks every node for a document as often as it answers, until it is ended; gives the answers a second of all. */
export function readDocuments(nodes: readonly MinistryNode[], did: string): { end(): Promise<number> } {
  let isOpen = true;
  let answers = 0;
  const started = performance.now();
  const paths = Array.from({ length: ANSWERS }, () => `/1.0/identifiers/${did}`);
  const reading = nodes.map(async ({ url }) => {
    while (isOpen) {
      await load(url, paths, CONNECTIONS);
      answers += ANSWERS;
    }
  });
  return {
    async end() {
      isOpen = false;
      await Promise.all(reading);
      return (1_000 * answers) / (performance.now() - started);
    },
  };
}
