//! Members and guests, and what lets them in: sessions, invitations, sign-ins, mails, blocks.

use sitwith_core::id::{BlockId, GuestId, InvitationId, MailId, MemberId, SessionId, SignInId};
use sitwith_core::member::{Guest, Member, Role, Roles};
use sitwith_core::sit::presence::Sitter;
use sitwith_core::time::Span;
use sitwith_store::blocks::{self, BlockRow};
use sitwith_store::invitations::{self, Invitation};
use sitwith_store::mails::{self, MailRow};
use sitwith_store::sessions::{self, Session, SessionOwner};
use sitwith_store::sign_ins::{self, SignIn};
use sitwith_store::{Broken, Tx, guests, members};
use sitwith_testkit::existing;
use sitwith_testkit::people::{all_members, ana, ben, cleo, dora, kim};

use super::{NOW, ago, hash, sit};

/// A member who is erased when the home is made.
pub(super) fn uma() -> Member {
    let roles = Roles::default().with(Role::Guide).with(Role::Keeper);
    another("Uma", 6, roles)
}

/// Has every role.
pub(super) fn noor() -> Member {
    let roles = [Role::Listener, Role::Guide, Role::Keeper];
    let all = roles.into_iter().fold(Roles::default(), Roles::with);
    let name = "No\u{f6}r \u{1f33f} O'Neil".to_owned();
    let zone = Some("Europe/Berlin".to_owned());
    Member { name, zone, shows_usually: true, ..another("Noor", 7, all) }
}

fn another(name: &str, number: u8, roles: Roles) -> Member {
    Member {
        id: MemberId::new(ago(80), [number; 10]),
        name: name.to_owned(),
        email: format!("{name}+sits@Example.org"),
        roles,
        joined_at: ago(80),
        ..ana()
    }
}

pub(super) async fn members(tx: &mut Tx) -> Result<(), Broken> {
    for member in all_members().into_iter().chain([uma(), noor()]) {
        assert!(members::insert_member(tx, &member).await?);
    }
    Ok(())
}

pub(super) fn gil() -> Guest {
    let id = GuestId::new(ago(3), [21; 10]);
    Guest { id, name: "Gil".to_owned(), sit: sit(1), came_at: ago(3) }
}

pub(super) fn hana() -> Guest {
    let id = GuestId::new(ago(20), [22; 10]);
    Guest { id, name: "Hana \u{2618}".to_owned(), sit: sit(3), came_at: ago(20) }
}

pub(super) async fn guests(tx: &mut Tx) -> Result<(), Broken> {
    for guest in [gil(), hana()] {
        guests::insert_guest(tx, &guest).await?;
    }
    Ok(())
}

pub(super) async fn doors(tx: &mut Tx) -> Result<(), Broken> {
    let sessions = [
        (1, SessionOwner::Member(ben().id), existing::BEN_SESSION, "Firefox on Linux"),
        (2, SessionOwner::Guest(gil().id), existing::GIL_SESSION, "Safari on an iPhone"),
        (3, SessionOwner::Member(ben().id), "another", "Chrome on Windows"),
        (4, SessionOwner::Member(kim().id), "kims", ""),
        (5, SessionOwner::Guest(hana().id), "hanas", "Some browser"),
    ];
    for (number, whose, token, browser) in sessions {
        let session = Session {
            id: SessionId::new(ago(3), [number; 10]),
            owner: whose,
            made_at: ago(3),
            seen_at: ago(1),
            ends_at: ago(3) + Span::from_days(30),
            browser: browser.to_owned(),
        };
        sessions::insert_session(tx, &session, hash(token)).await?;
    }
    invitations(tx).await?;
    sign_ins(tx).await
}

fn invitation(number: u8, role: Role, by: &Member) -> Invitation {
    Invitation {
        id: InvitationId::new(ago(2), [number; 10]),
        role,
        words: format!("For {number}, from 'the choir'"),
        made_by: Some(by.id),
        made_at: ago(2),
        ends_at: ago(2) + Span::from_days(14),
        used_at: None,
        used_by: None,
        revoked_at: None,
    }
}

/// One for each role: open, taken, taken back, and made by somebody who has left.
async fn invitations(tx: &mut Tx) -> Result<(), Broken> {
    let (kim, uma) = (kim(), uma());
    let open = invitation(1, Role::Member, &kim);
    invitations::insert_invitation(tx, &open, hash(existing::INVITATION_TOKEN)).await?;
    let taken = invitation(2, Role::Listener, &kim);
    invitations::insert_invitation(tx, &taken, hash("taken")).await?;
    assert!(invitations::accept_invitation(tx, taken.id, dora().id, ago(1)).await?);
    let revoked = invitation(3, Role::Guide, &kim);
    invitations::insert_invitation(tx, &revoked, hash("revoked")).await?;
    assert!(invitations::revoke_invitation(tx, revoked.id, ago(1)).await?);
    let left = invitation(4, Role::Keeper, &uma);
    invitations::insert_invitation(tx, &left, hash("left")).await?;
    assert!(invitations::accept_invitation(tx, left.id, uma.id, ago(1)).await?);
    Ok(())
}

/// A member's, a newcomer's with an invitation, one of an address nobody has, and a used one.
async fn sign_ins(tx: &mut Tx) -> Result<(), Broken> {
    let code = format!("{}:{}", existing::SIGN_IN_BROWSER, existing::SIGN_IN_DIGITS);
    let cleos = SignIn {
        id: SignInId::new(NOW, [1; 10]),
        email_key: cleo().email,
        member: Some(cleo().id),
        invitation: None,
        name: None,
        email: None,
        link_hash: hash(existing::SIGN_IN_LINK),
        code_hash: hash(&code),
        browser_hash: hash(existing::SIGN_IN_BROWSER),
        to_path: "/you".to_owned(),
        asked_at: NOW - Span::from_mins(2),
        tries: 0,
        used_at: None,
    };
    let other = |number: u8| SignIn {
        id: SignInId::new(NOW, [number; 10]),
        link_hash: [number; 32],
        code_hash: [number; 32],
        browser_hash: [number; 32],
        to_path: "/".to_owned(),
        ..cleos.clone()
    };
    let newcomer = SignIn {
        email_key: "li@example.org".to_owned(),
        member: None,
        invitation: Some(invitation(1, Role::Member, &kim()).id),
        name: Some("Li".to_owned()),
        email: Some("Li@Example.org".to_owned()),
        ..other(2)
    };
    let nobody = SignIn { email_key: "no@example.org".to_owned(), member: None, ..other(3) };
    let used = other(4);
    for asked in [&cleos, &newcomer, &nobody, &used] {
        sign_ins::insert_sign_in(tx, asked).await?;
    }
    sign_ins::count_attempt(tx, nobody.id).await?;
    assert!(sign_ins::mark_used(tx, used.id, NOW).await?);
    Ok(())
}

/// Waiting, tried and put off, sent, given up, and one that was never to be sent.
pub(super) async fn mails(tx: &mut Tx) -> Result<(), Broken> {
    let link = existing::SIGN_IN_LINK;
    let mail = |number: u8| MailRow {
        id: MailId::new(NOW, [number; 10]),
        to_address: "cleo@example.org".to_owned(),
        subject: "Coming in to The Old Room: six digits and a link".to_owned(),
        words: format!("Hello,\n\nhttps://sit.example.org/sign-in/{link}\n"),
        asked_at: NOW - Span::from_mins(2),
        next_at: NOW - Span::from_mins(2),
        ends_at: NOW + Span::from_mins(8),
        tries: 0,
    };
    for number in 1..=4 {
        mails::queue_mail(tx, &mail(number)).await?;
    }
    for number in 2..=4 {
        assert!(mails::claim_mail(tx, &mail(number), NOW).await?);
    }
    mails::postpone_mail(tx, mail(2).id, NOW + Span::from_mins(1)).await?;
    mails::mark_sent(tx, mail(3).id, NOW).await?;
    mails::give_up_mail(tx, mail(4).id, NOW).await?;
    mails::insert_empty_mail(tx, &mail(5)).await
}

pub(super) async fn blocks(tx: &mut Tx) -> Result<(), Broken> {
    let block = |number: u8, who: Sitter, by: &Member, note: &str| BlockRow {
        id: BlockId::new(ago(2), [number; 10]),
        sit: sit(1),
        who,
        by: by.id,
        note: note.to_owned(),
        at: ago(2),
    };
    let member = block(1, Sitter::Member(dora().id), &ana(), "Shouted, 100 %.\nTwice.");
    let guest = block(2, Sitter::Guest(hana().id), &uma(), "");
    assert!(blocks::insert_block(tx, &member).await?);
    assert!(blocks::insert_block(tx, &guest).await?);
    Ok(())
}
