/** What we use of npm's own libraries that bring no types. */

/** Seen on 4.0.2. */
declare module "@npmcli/agent" {
  import type { Agent } from "node:http";
  export interface AgentOptions {
    keepAlive?: boolean;
    ca?: string[] | undefined;
    cert?: string | undefined;
    key?: string | undefined;
    rejectUnauthorized?: boolean;
    proxy?: string | undefined;
    noProxy?: string | undefined;
  }
  /** The agent for one URL, through a proxy where the options or the environment name one. */
  export function getAgent(url: string, options: AgentOptions): Agent;
}

/** Seen on 10.14.0. */
declare module "@npmcli/config" {
  type Layer = "default" | "builtin" | "global" | "user" | "env" | "cli";
  export default class Config {
    constructor(options: {
      definitions: Record<string, unknown>;
      shorthands: Record<string, unknown>;
      flatten: () => void;
      npmPath: string;
      env: Record<string, string | undefined>;
      argv: string[];
      cwd: string;
      warn: boolean;
    });
    /** The layers' values; each inherits from the one below it by its prototype, `cli` is on top. */
    readonly data: Map<Layer, { data: Record<string, unknown> }>;
    readonly sources: Map<string, Layer>;
    loadDefaults(): void;
    loadEnv(): void;
    loadBuiltinConfig(): Promise<void>;
    loadUserConfig(): Promise<void>;
    loadGlobalConfig(): Promise<void>;
  }
}

declare module "@npmcli/config/lib/definitions/index.js" {
  const definitions: { definitions: Record<string, { default: unknown }> };
  export default definitions;
}

/** Seen on 19.1.1. */
declare module "npm-registry-fetch/lib/auth.js" {
  export interface Credentials {
    token: string | null;
    auth: string | null;
    cert: string | null;
    key: string | null;
  }
  /** The credentials that npm would send to this address, and only those. */
  export default function getAuth(url: string, options: Record<string, string>): Credentials;
}
