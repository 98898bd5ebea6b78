//! The text of the sign-in mail.

use super::SIGN_IN_LASTS;
use crate::mail::MailDraft;
use crate::settings::Settings;

/// Writes the sign-in mail with its link and digits.
pub(super) fn draft_sign_in_mail(
    settings: &Settings,
    email: &str,
    link: &str,
    digits: &str,
) -> MailDraft {
    let (name, address) = (&settings.name, &settings.address);
    let (first, last) = digits.split_at_checked(3).unwrap_or((digits, ""));
    MailDraft {
        to: email.to_owned(),
        subject: format!("Coming in to {name}: six digits and a link"),
        body: format!(
            "Hello,\n\n\
             somebody, we think it was you, asked to come in to {name}.\n\n\
             Your six digits:\n\n    {first} {last}\n\n\
             Type them where you asked. Or, in that same browser, open this link and press one \
             button:\n\n{address}/sign-in/{link}\n\n\
             Both work once, for ten minutes. Give them to nobody: whoever looks after this \
             home will never ask for them.\n\n\
             If it was not you, you need not do anything. Without these digits nobody comes \
             in.\n"
        ),
        lasts: SIGN_IN_LASTS,
    }
}
