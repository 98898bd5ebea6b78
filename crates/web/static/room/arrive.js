// Replies to the check-in as soon as a word is chosen. The choice is sent only with "Come in", and
// is then stored only in the person's own notes.

const ANSWERS = new Map([
  ["heavy", "Heavy is welcome here. You do not have to carry it alone tonight."],
  ["stirred up", "Then we begin slowly. Let your feet find the floor. Anger may come in, too."],
  ["numb", "Not feeling much is also a way of being here."],
  ["tired", "You can lie down for all of it."],
  ["all right", "Good to have you with us."],
  ["light", "Glad you brought that in."],
]);

const answer = document.getElementById("answer");
for (const choice of document.querySelectorAll("input[name=how]")) {
  choice.addEventListener("change", () => {
    const { value } = /** @type {HTMLInputElement} */ (choice);
    if (answer) answer.textContent = ANSWERS.get(value) ?? "";
  });
}
