/** The proxy that VS Code is told to use, for pip. */

/** What is needed of `vscode.WorkspaceConfiguration`, of the section `http`. */
interface Section {
  get(key: "proxy" | "noProxy" | "proxySupport"): unknown;
}

/**
 * Return the environment variables that have pip go the way of VS Code.
 *
 * As in VS Code itself, what is set outranks what the environment says. Programs disagree on upper
 * and lower case, and some read only one of them.
 */
export function proxyVariables(http: Section): Record<string, string> {
  if (http.get("proxySupport") === "off") {
    return {};
  }
  const proxy = http.get("proxy");
  const noProxy = http.get("noProxy");
  const hosts = Array.isArray(noProxy) ? noProxy.filter((each) => typeof each === "string") : [];
  const variables = {
    ...(typeof proxy === "string" && proxy.trim() !== ""
      ? { HTTP_PROXY: proxy.trim(), HTTPS_PROXY: proxy.trim() }
      : {}),
    ...(hosts.length > 0 ? { NO_PROXY: hosts.join(",") } : {}),
  };
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => [
      [name, value],
      [name.toLowerCase(), value],
    ]),
  );
}
