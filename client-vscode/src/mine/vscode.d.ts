/** What VS Code gives to the page of a webview, once. */
declare function acquireVsCodeApi<Kept>(): {
  postMessage(message: unknown): void;
  getState(): Kept | undefined;
  setState(state: Kept): void;
};
