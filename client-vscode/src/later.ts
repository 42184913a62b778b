/** Runs a task once nothing has asked for one for a while. */

export class Later {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly quietMs: number) {}

  /** Run this task after the quiet time, in place of one that still waits for it. */
  run(task: () => void): void {
    this.cancel();
    this.timer = setTimeout(task, this.quietMs);
  }

  cancel(): void {
    clearTimeout(this.timer);
  }

  dispose(): void {
    this.cancel();
  }
}
