import base from "../../../hardhat.config.ts";
import { ARTIFACTS } from "./artifacts.ts";

/** Hardhat for the tests of a mutant: as ever, but the contracts are those of {@link ARTIFACTS}. */
export default { ...base, paths: { ...base.paths, artifacts: ARTIFACTS } };
