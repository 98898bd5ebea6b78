//! The keeper's pages: the first run, settings, a test mail, help lines, people.

pub mod blocks;
pub mod invitations;
pub mod members;
pub(crate) mod notice;
pub mod settings;
pub mod setup;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use maud::{Markup, html};
use sitwith_app::keeper::{HOME_NAME_CHARS_MAX, SettingNo, SettingsInput};
use sitwith_app::settings::Settings;

use crate::fail::PageError;
use crate::forms::{Faults, new_field, render_select, render_zone_select};
use crate::route::routes;

routes! {
    // The home is set up: no link opens it again.
    get "/setup/{token}", Everyone: 410 => setup::show_setup;
    post "/setup/{token}", Everyone: 410 => setup::set_up;
    get "/keeper", Keepers: 200 => settings::show_settings;
    post "/keeper", Keepers: 303 => settings::save_settings;
    post "/keeper/test-letter", Keepers: 200 => settings::send_test_mail;
    post "/keeper/help-lines", Keepers: 303 => settings::save_help_lines;
    get "/keeper/invitations", Keepers: 200 => invitations::show_invitations;
    post "/keeper/invitations", Keepers: 200 => invitations::make_invitation;
    post "/keeper/invitations/{id}/revoke", Keepers: 303 => invitations::revoke_invitation;
    get "/keeper/members", Keepers: 200 => members::show_members;
    post "/keeper/members/{id}/roles", Keepers: 303 => members::set_roles;
    get "/keeper/members/{id}/goodbye", Keepers: 200 => members::confirm_remove_member;
    post "/keeper/members/{id}/goodbye", Keepers: 303 => members::remove_member;
    get "/keeper/notice", Keepers: 200 => notice::show_notice_form;
    post "/keeper/notice", Keepers: 422 => notice::save_notice;
    get "/keeper/blocks", Keepers: 200 => blocks::show_blocks;
    post "/keeper/blocks/{id}/lift", Keepers: 303 => blocks::lift_block;
}

/// A form's fields by name.
pub(crate) type FormFields = BTreeMap<String, String>;

fn field_text(typed: &FormFields, name: &str) -> String {
    typed.get(name).cloned().unwrap_or_default()
}

/// Reads the settings from the form.
fn settings_from_form(typed: &FormFields) -> SettingsInput {
    SettingsInput {
        name: field_text(typed, "home_name"),
        zone: field_text(typed, "zone"),
        address: field_text(typed, "address"),
        mail_from: field_text(typed, "mail_from"),
        smtp_host: field_text(typed, "smtp_host"),
        smtp_port: field_text(typed, "smtp_port"),
        smtp_security: field_text(typed, "smtp_security"),
        smtp_login: field_text(typed, "smtp_login"),
        smtp_password: field_text(typed, "smtp_password"),
    }
}

/// Returns the present settings as form values. The password is never shown again.
fn settings_as_typed(settings: &Settings) -> SettingsInput {
    let smtp = settings.smtp.as_ref();
    SettingsInput {
        name: settings.name.clone(),
        zone: settings.zone.clone(),
        address: settings.address.clone(),
        mail_from: settings.mail_from.clone(),
        smtp_host: smtp.map(|smtp| smtp.host.clone()).unwrap_or_default(),
        smtp_port: smtp.map_or_else(|| "587".to_owned(), |smtp| smtp.port.to_string()),
        smtp_security: smtp.map_or_else(|| "starttls".to_owned(), |smtp| smtp.security.clone()),
        smtp_login: smtp.and_then(|smtp| smtp.login.clone()).unwrap_or_default(),
        smtp_password: String::new(),
    }
}

const HOME_NAME: &str = "Name of the home";
const ZONE: &str = "Time zone";
const ADDRESS: &str = "Public address";
const MAIL_FROM: &str = "Sender address";
const SMTP_HOST: &str = "SMTP server";
const SMTP_PORT: &str = "Port";
const SMTP_SECURITY: &str = "Encryption";
const SMTP_LOGIN: &str = "User name";
const SMTP_PASSWORD: &str = "Password";

/// Maps refused settings to messages beside their fields.
fn settings_faults(nos: &[SettingNo]) -> Faults {
    let mut faults = Faults::none();
    for no in nos {
        let (name, label, words) = match no {
            SettingNo::Name => {
                ("home_name", HOME_NAME, "A name is needed; sixty characters at most.")
            }
            SettingNo::Zone => ("zone", ZONE, "Choose one from the list."),
            SettingNo::Address => (
                "address",
                ADDRESS,
                "This needs https:// and a name, like https://sit.example.org.",
            ),
            SettingNo::MailFrom => {
                ("mail_from", MAIL_FROM, "This needs an @, like home@example.org.")
            }
            SettingNo::SmtpHost => {
                ("smtp_host", SMTP_HOST, "A name like mail.example.org is needed.")
            }
            SettingNo::SmtpPort => {
                ("smtp_port", SMTP_PORT, "A number is needed; mostly 587 or 465.")
            }
            SettingNo::SmtpSecurity => ("smtp_security", SMTP_SECURITY, "Choose one of the three."),
            SettingNo::SmtpLogin => {
                ("smtp_login", SMTP_LOGIN, "This is longer than servers accept.")
            }
            SettingNo::TooManyHelpLines => ("line-0-country", "The lines", "Twelve lines at most."),
            SettingNo::HelpLine(place) => {
                let name = format!("line-{place}-country");
                let label = format!("Line {}", place + 1);
                faults.add(&name, &label, "A country and a number are needed, and few words.");
                continue;
            }
        };
        faults.add(name, label, words);
    }
    faults
}

fn home_fields(typed: &SettingsInput, faults: &Faults) -> Markup {
    html! {
        (new_field("home_name", HOME_NAME)
            .hint("As people say it: The Tuesday Room.")
            .max(HOME_NAME_CHARS_MAX)
            .value(&typed.name)
            .render(faults))
        (render_zone_select(ZONE, "Where the home is. People see their own times, too.", None,
            &typed.zone, faults))
        (new_field("address", ADDRESS)
            .hint("As people type it. It stands in emails and links.")
            .kind("url")
            .inputmode("url")
            .value(&typed.address)
            .render(faults))
    }
}

fn mail_fields(typed: &SettingsInput, has_password: bool, faults: &Faults) -> Markup {
    let lines = [
        ("tls", "TLS (port 465)"),
        ("starttls", "STARTTLS (port 587)"),
        ("none", "None: only for a server on this machine"),
    ];
    let password_hint = if has_password {
        "One is set and is not shown. Leave this empty to keep it."
    } else {
        "It is kept in the home's database and never shown again."
    };
    html! {
        (new_field("mail_from", MAIL_FROM)
            .hint("The address people see as the sender.")
            .kind("email")
            .value(&typed.mail_from)
            .render(faults))
        (new_field("smtp_host", SMTP_HOST)
            .hint("Your email provider tells you. Leave it empty, and emails stay in the outbox, \
                   a folder on the machine.")
            .value(&typed.smtp_host)
            .render(faults))
        (new_field("smtp_port", SMTP_PORT)
            .inputmode("numeric")
            .value(&typed.smtp_port)
            .render(faults))
        (render_select("smtp_security", SMTP_SECURITY, None, &lines, &typed.smtp_security, faults))
        (new_field("smtp_login", SMTP_LOGIN)
            .hint("Leave it empty if the server asks for none.")
            .autocomplete("off")
            .value(&typed.smtp_login)
            .render(faults))
        (new_field("smtp_password", SMTP_PASSWORD)
            .hint(password_hint)
            .kind("password")
            .autocomplete("new-password")
            .render(faults))
    }
}

/// Renders the navigation between the keeper's pages.
fn keeper_nav(here: &str) -> Markup {
    let pages = [
        ("/keeper", "Settings"),
        ("/keeper/members", "People"),
        ("/keeper/invitations", "Invitations"),
        ("/keeper/notice", "Notice"),
        ("/keeper/blocks", "Taken out"),
    ];
    html! {
        nav class="row" aria-label="The home" {
            @for (path, words) in pages {
                a class="b b-3" href=(path) aria-current=[(path == here).then_some("page")] {
                    (words)
                }
            }
        }
    }
}

fn setup_link_gone() -> PageError {
    PageError::refusal(
        StatusCode::GONE,
        "This link has been used, or a newer one was made.",
        "The program prints a fresh one each time it starts, until the home is set up.",
    )
}
