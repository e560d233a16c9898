import { test } from "node:test";
import { endsOf, temporaryFolder } from "../../scripts/rehearsal/ends.ts";
import { foundConsortium } from "../../scripts/rehearsal/founding.ts";
import { ministryNodes } from "../../scripts/rehearsal/ministry-node.ts";
import { accreditation } from "./chapters/accreditation.ts";
import { cut } from "./chapters/cut.ts";
import { deployment } from "./chapters/deployment.ts";
import { end } from "./chapters/end.ts";
import { issuing } from "./chapters/issuing.ts";
import { joining } from "./chapters/joining.ts";
import { lostDisk } from "./chapters/lost-disk.ts";
import { lostValidators } from "./chapters/lost-validators.ts";
import { lyingServer } from "./chapters/lying-server.ts";
import { validatorSet } from "./chapters/validator-set.ts";
import { Story } from "./helpers/story.ts";

test("the story of a consortium, from its founding through failures and changes", async (t) => {
  const atEnd = endsOf(t);
  const consortium = await foundConsortium(await temporaryFolder(atEnd), atEnd);
  const nodes = await ministryNodes(consortium, 3);
  for (const node of nodes) atEnd(node.kill);
  const story = new Story(consortium, nodes);
  for (const chapter of [deployment, accreditation, issuing, lostValidators, cut]) chapter(story);
  for (const chapter of [lostDisk, lyingServer, validatorSet, joining, end]) chapter(story, atEnd);

  // Each step continues on the chain and nodes of the previous one, so none runs after a failed step.
  for (const { sentence, happens } of story.sentences) {
    let isTrue = false;
    await t.test(sentence, async () => {
      await happens();
      isTrue = true;
    });
    if (!isTrue) return;
  }
});
