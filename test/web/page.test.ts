import { after } from "node:test";
import { startStage } from "./helpers/stage.ts";
import { auditTests } from "./tasks/audit.ts";
import { diskTests } from "./tasks/disk.ts";
import { judgeTests, onboardingTests } from "./tasks/judge.ts";
import { labelTests } from "./tasks/labels.ts";
import { lieTests } from "./tasks/lies.ts";
import { lookTests } from "./tasks/look.ts";
import { playTests } from "./tasks/play.ts";
import { readTests } from "./tasks/read.ts";
import { scanTests } from "./tasks/scan.ts";

/** One network and one browser for all of them: each starts in seconds. */
const stage = await startStage({ after });

readTests(stage);
judgeTests(stage);
onboardingTests(stage);
auditTests(stage);
diskTests(stage);
labelTests(stage);
lieTests(stage);
lookTests(stage);
playTests(stage);
scanTests(stage);
