/** A first program to mend: a file of its own, for only files are helped with. */

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Uri, l10n, window } from "vscode";

const NAME = "first_fix.py";
const PROGRAM = `\
def mean(numbers):
    total = 0
    for number in numbers
        total += number
    return total / len(numbers)


print(mean([2, 4, 9]))
`;

/** Open a new program with a small mistake, in the system's folder for temporary files. */
export async function openExample(): Promise<void> {
  const file = join(await mkdtemp(join(tmpdir(), "foretrace-example-")), NAME);
  const told = l10n.t(
    "Something is missing below. Foretrace says what, above the line. Alt+Enter puts it there.",
  );
  await writeFile(file, `# ${told}\n\n\n${PROGRAM}`);
  await window.showTextDocument(Uri.file(file), { preview: false });
}
