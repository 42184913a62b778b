/** Other assistants that show ghost text in Python files, by the identifiers of their extensions. */

const ASSISTANTS: Readonly<Record<string, string>> = {
  "alibaba-cloud.tongyi-lingma": "Lingma",
  "amazonwebservices.amazon-q-vscode": "Amazon Q",
  "aminer.codegeex": "CodeGeeX",
  "augment.vscode-augment": "Augment",
  "blackboxapp.blackbox": "Blackbox",
  "codeium.codeium": "Windsurf",
  "continue.continue": "Continue",
  "ggml-org.llama-vscode": "llama.vscode",
  "github.copilot": "GitHub Copilot",
  "github.copilot-chat": "GitHub Copilot",
  "google.geminicodeassist": "Gemini Code Assist",
  "huggingface.huggingface-vscode": "llm-vscode",
  "kilocode.kilo-code": "Kilo Code",
  "sourcegraph.cody-ai": "Cody",
  "supermaven.supermaven": "Supermaven",
  "tabbyml.vscode-tabby": "Tabby",
  "tabnine.tabnine-vscode": "Tabnine",
  "visualstudioexptteam.vscodeintellicode": "IntelliCode",
  "visualstudioexptteam.vscodeintellicode-completions": "IntelliCode",
};

/** Return the names of the assistants among extensions, each once and in order. */
export function assistantsAmong(identifiers: readonly string[]): string[] {
  const names = identifiers.flatMap((each) => ASSISTANTS[each.toLowerCase()] ?? []);
  return [...new Set(names)].sort();
}
