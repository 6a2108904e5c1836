import type { Interaction } from "./interaction.ts";
import { agentOf, type Identity } from "./keyring.ts";
import { keyboardLogins, passwordLogins } from "./passwords.ts";
import type { Tried } from "./refusal.ts";
import type { Method } from "./setting_values.ts";
import type { SshSettings } from "./settings.ts";

/**
 * What to try next, in the form that ssh2's authHandler takes, for as long as there is something.
 * @param tried `methods` has what the host takes, as it said last
 */
export async function* attempts(
  settings: SshSettings,
  interaction: Interaction,
  tried: Tried,
  on: { onSigned(identity: Identity): void; onError(error: unknown): void },
): AsyncGenerator<unknown> {
  const { user: username } = settings;
  async function* keyLogins() {
    for await (const offer of tried.keyring.identities()) {
      let signed = false;
      const onSigned = () => (signed = true, on.onSigned(offer));
      yield { type: "agent", username, agent: agentOf(offer, onSigned) };
      // The host has taken the key and wants more: ssh2 1.17 does not tell us what, so it is asked again.
      if (signed) yield { type: "none", username };
    }
  }
  // Asks which methods there are, as ssh does; some hosts want nothing more.
  yield { type: "none", username };
  const logins: Partial<Record<Method, AsyncGenerator<unknown>>> = { publickey: keyLogins() };
  if (interaction.interactive) {
    logins["keyboard-interactive"] = keyboardLogins(settings, interaction, on.onError);
    logins.password = passwordLogins(settings, interaction);
  }
  // A host may ask for one way after another, so the choice is made anew each time.
  for (;;) {
    const method = settings.methods.find((name) => tried.methods.includes(name) && logins[name]);
    if (method === undefined) return;
    const { done, value } = await logins[method]!.next();
    if (done) {
      delete logins[method];
      continue;
    }
    if (method !== "publickey" && !tried.asked.includes(method)) tried.asked.push(method);
    yield value;
  }
}
