import { changed } from "../../helpers/memory-index.ts";
import { ALICE, gate, key, pathOf, START, startTestNode, type TestNode, type TestNodeOptions } from "./harness.ts";
import { requestText } from "./raw.ts";

/** What is answered when the history was read. */
export const OLDER = requestText(`${pathOf(ALICE)}?versionId=1`);

/** A node whose histories are read only when the test says so: it tells when one is asked for, and how many were. */
export async function startGated(t: Parameters<typeof startTestNode>[0], options: TestNodeOptions = {}) {
  const asked = gate();
  const late = gate();
  let count = 0;
  const node: TestNode = await startTestNode(t, {
    ...options,
    wrap: (index) =>
      changed(index, {
        async *events(kind, id) {
          count += 1;
          asked.open();
          await late.opened;
          yield* index.events(kind, id);
        },
      }),
  });
  node.writer.block(START, key(ALICE, 1));
  return { node, asked: asked.opened, open: late.open, asks: () => count };
}
