/** Waits until something holds, however long that takes on a loaded machine; the time limit of the test ends it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/**
 * Repeats an assertion until it holds, for what a page shows a moment later.
 *
 * @param ms - After which its last failure is thrown.
 */
export async function eventually(assertion: () => Promise<unknown>, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
