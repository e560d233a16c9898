import type { MinistryNode } from "../../rehearsal/ministry-node.ts";
import { load } from "../serving/load.ts";

/** Number of connections to each node. */
const CONNECTIONS = 4;
/** Number of answers after which the reading may end. */
const ANSWERS = 200;

/** Requests a document from every node as fast as possible until `end`, which returns the answers per second of all nodes. */
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
