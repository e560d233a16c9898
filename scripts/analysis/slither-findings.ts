import { z } from "zod";

/** The part of Slither's report that is read here. `elements[0]` is the subject of the finding. */
export const slitherReport = z.object({
  success: z.literal(true),
  results: z.object({
    detectors: z
      .array(
        z.object({
          check: z.string(),
          impact: z.enum(["High", "Medium", "Low", "Informational", "Optimization"]),
          description: z.string(),
          elements: z.array(
            z.object({
              name: z.string(),
              type_specific_fields: z
                .object({ parent: z.object({ name: z.string() }).optional(), signature: z.string().optional() })
                .optional(),
            }),
          ),
        }),
      )
      .default([]),
  }),
});

/** Findings that are not faults, each with the reason. `element` is `Contract.member`, for functions with the signature. */
export const waivers = z.array(z.strictObject({ check: z.string(), element: z.string(), why: z.string().min(20) }));

type Report = z.infer<typeof slitherReport>;
type Finding = Report["results"]["detectors"][number];

/** The subject of a finding in the form of waivers: `DidRegistry.changed(address)` or `TrustRegistry._grants`. */
export function elementOf({ elements }: Finding): string {
  const [first] = elements;
  if (!first) return "";
  const { parent, signature } = first.type_specific_fields ?? {};
  return `${parent ? `${parent.name}.` : ""}${signature ?? first.name}`;
}

/**
 * High and medium findings without a waiver, and waivers without a finding: an old waiver would hide a new fault.
 *
 * @returns one complaint for each; none when there is nothing to complain about.
 */
export function complaints(report: Report, waived: z.infer<typeof waivers>): string[] {
  const serious = report.results.detectors.filter(({ impact }) => impact === "High" || impact === "Medium");
  const fits = (finding: Finding, { check, element }: { check: string; element: string }) =>
    finding.check === check && elementOf(finding) === element;
  return [
    ...serious
      .filter((finding) => !waived.some((waiver) => fits(finding, waiver)))
      .map(({ impact, check, description }) => `${impact} ${check}: ${description.trim()}`),
    ...waived
      .filter((waiver) => !serious.some((finding) => fits(finding, waiver)))
      .map(({ check, element }) => `waiver of ${check} on ${element}: Slither does not find it any more`),
  ];
}
