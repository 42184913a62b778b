/** Settings as VS Code has them: read, and written where they stand already. */

import { ConfigurationTarget, workspace } from "vscode";
import { SECTION, type Settings, readSettings } from "./settings";

export function settings(): Settings {
  return readSettings(workspace.getConfiguration(SECTION));
}

/** Write a setting: for the workspace where that sets it already, and otherwise for the person. */
export async function set<Key extends keyof Settings>(
  key: Key,
  value: Settings[Key],
): Promise<void> {
  const section = workspace.getConfiguration(SECTION);
  const isTheWorkspaces = section.inspect(key)?.workspaceValue !== undefined;
  const target = isTheWorkspaces ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  await section.update(key, value, target);
}
