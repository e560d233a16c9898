import base from "../../../hardhat.config.ts";
import { ARTIFACTS } from "./artifacts.ts";

/** Hardhat for the tests of a mutant: the usual configuration, with the contracts of {@link ARTIFACTS}. */
export default { ...base, paths: { ...base.paths, artifacts: ARTIFACTS } };
