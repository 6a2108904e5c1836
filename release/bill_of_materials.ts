import type { Part } from "./parts.ts";

/** What is inside, as CycloneDX 1.5 writes it; without a time and a random number, so that it is reproducible. */
export function billOfMaterials(version: string, parts: readonly Part[]): object {
  const reference = (name: string, version: string) => `pkg:npm/${name.replace("@", "%40")}@${version}`;
  const component = (type: string, name: string, version: string, licence: string) => ({
    type,
    "bom-ref": reference(name, version),
    name,
    version,
    purl: reference(name, version),
    licenses: [{ expression: licence }],
  });
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { component: component("application", "claude-ops", version, "MIT") },
    components: parts.map(({ name, version, licence }) => component("library", name, version, licence)),
  };
}
