// Notices about the socket: whoever finds no seat reads why.

import assert from "node:assert/strict";
import { test } from "node:test";
import { noticeFor } from "../../static/room/notices.js";

test("a full home and a full sealed sit are told apart, and a line that is well is not spoken of", () => {
  assert.match(noticeFor("full", true)?.bold ?? "", /25 places of this sealed sit/);
  assert.match(noticeFor("full", false)?.bold ?? "", /no place just now/);
  for (const isSealed of [true, false]) {
    assert.equal(noticeFor("open", isSealed), null);
    assert.match(noticeFor("lost", isSealed)?.words ?? "", /Your seat is kept/);
  }
});
