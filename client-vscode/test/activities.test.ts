import assert from "node:assert/strict";
import { test } from "node:test";
import { shortened } from "../src/activities";
import { t } from "../src/mine/texts";

test("a statement is shortened to what a status bar has room for", () => {
  assert.equal(shortened(t, "You seem to be writing new code in mean."), "writing new code in mean");
  const long = `You seem to be fixing the NameError in ${"a_very_long_name".repeat(5)}.`;
  assert.equal(shortened(t, long).length, 48);
  assert.match(shortened(t, long), /^fixing the NameError in .*…$/);
});
