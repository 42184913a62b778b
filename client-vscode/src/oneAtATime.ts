/** Keeps runs of a task from overlapping. */

/**
 * Return a function that runs the task, one run after the other.
 *
 * However often it is called during a run, there is one run after it, and all those calls get the
 * promise of that one.
 */
export function oneAtATime(task: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve();
  let waiting: Promise<void> | undefined;

  function run(): Promise<void> {
    waiting = undefined;
    return task();
  }

  return () => {
    if (waiting === undefined) {
      // The next run does not depend on how the last one ended.
      waiting = last.then(run, run);
      last = waiting;
    }
    return waiting;
  };
}
