import { config } from "zod/mini";

/**
 * Keeps the library's schemas from generating code, which the page's content security policy forbids. Modules that use the
 * library import this one first, and package.json lists it as a module with side effects.
 */
config({ jitless: true });
