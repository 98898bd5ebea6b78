//! Asked before words are shared that seem to contain the name of somebody present, or a way to
//! reach somebody: the masked and the original version are shown, and the writer chooses. Nothing
//! is stored until then.

use maud::{Markup, html};
use sitwith_app::rounds::RoundView;

use super::ask::Sheet;
use super::round_text;

/// Renders both versions, each with its button.
pub(super) fn mask_choice_page(seen: &RoundView, sheet: &Sheet, masked: &str) -> Markup {
    html! {
        div class="ask stack wide" {
            (round_text::question_heading(&seen.facts, false))
            div class="say" role="status" tabindex="-1" id="r-look" autofocus {
                p {
                    b { "Before others see it: shall we leave something out?" }
                    " There seems to be a name of somebody here in it, or a way to reach somebody. \
                     Our machine is often wrong about this. You decide."
                }
            }
            div class="both" {
                (version_form(seen, sheet, masked, "Left out", "Offer it like this", "b-1"))
                (version_form(
                    seen,
                    sheet,
                    &sheet.words,
                    "As you wrote it",
                    "Leave it as it is, and offer it",
                    "b-2",
                ))
            }
            form method="post" action={ "/rounds/" (seen.facts.id) "/share" } {
                (hidden_sheet(sheet, &sheet.words))
                input type="hidden" name="do" value="again";
                button class="b b-3 flush" { "Back to the sheet, to change it myself" }
            }
        }
    }
}

fn version_form(
    seen: &RoundView,
    sheet: &Sheet,
    words: &str,
    title: &str,
    button: &str,
    kind: &str,
) -> Markup {
    html! {
        form class="stack near" method="post" action={ "/rounds/" (seen.facts.id) "/share" } {
            h2 class="t2" { (title) }
            blockquote class="patch sewn paper own d-plain" dir="auto" { (words) }
            (hidden_sheet(sheet, words))
            input type="hidden" name="looked" value="yes";
            p { button class={ "b " (kind) } { (button) } }
        }
    }
}

/// Renders the sheet as hidden fields, with these words.
fn hidden_sheet(sheet: &Sheet, words: &str) -> Markup {
    html! {
        // A hidden input would lose line ends.
        textarea name="words" hidden aria-label="Your words" readonly { "\n" (words) }
        input type="hidden" name="key" value=(sheet.key);
        input type="hidden" name="as" value=(if sheet.signed { "signed" } else { "unsigned" });
        @if sheet.aloud { input type="hidden" name="aloud" value="yes"; }
        @if sheet.beyond { input type="hidden" name="beyond" value="yes"; }
    }
}
