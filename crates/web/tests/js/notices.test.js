// Notices about the socket: whoever finds no seat reads why.

import assert from "node:assert/strict";
import { test } from "node:test";
import { noticeFor } from "../../static/room/notices.js";

test("a full home and a full sealed sit have different notices, and an open socket has none", () => {
  assert.match(noticeFor("full", true)?.bold ?? "", /25 places of this sealed sit/);
  assert.match(noticeFor("full", false)?.bold ?? "", /no place just now/);
  for (const isSealed of [true, false]) {
    assert.equal(noticeFor("open", isSealed), null);
    assert.match(noticeFor("lost", isSealed)?.words ?? "", /Your seat is kept/);
  }
});
