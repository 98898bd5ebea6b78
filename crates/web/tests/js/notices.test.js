// What the room says of its line: whoever finds no place reads why.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ofLine } from "../../static/room/notices.js";

test("a full home and a full sealed sit are told apart, and a line that is well is not spoken of", () => {
  assert.match(ofLine("full", true)?.bold ?? "", /25 places of this sealed sit/);
  assert.match(ofLine("full", false)?.bold ?? "", /no place just now/);
  for (const isSealed of [true, false]) {
    assert.equal(ofLine("open", isSealed), null);
    assert.match(ofLine("lost", isSealed)?.words ?? "", /Your seat is kept/);
  }
});
