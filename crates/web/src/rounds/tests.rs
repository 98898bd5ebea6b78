//! Markup of the parts of a round, for circles of every size.

use sitwith_app::rounds::{OwnPart, RoundView, SewnBy};
use sitwith_core::round::{Picture, RoundStep, ThemeLabel};

use super::fixture::{fixture_picture, fixture_round};
use super::paging::PATCHES_MAX;
use super::quilt::{QuiltView, count_shares, lead_text, quilt_footnotes, render_quilt};

fn quilt_html(picture: &Picture, manner: QuiltView) -> String {
    let seen = fixture_round(RoundStep::Opened, None);
    render_quilt(&seen, picture, manner).into_string()
}

fn lead_and_footnotes(change: impl FnOnce(&mut RoundView, &mut Picture)) -> String {
    let (mut seen, mut picture) = (fixture_round(RoundStep::Opened, None), fixture_picture(40));
    change(&mut seen, &mut picture);
    let about = quilt_footnotes(&seen, &picture).into_string();
    format!("{} {about}", lead_text(&seen, &picture))
}

#[test]
fn every_answer_is_on_the_page_once_and_every_theme_has_a_heading() {
    for n in [1, 3, 12, 40, 100] {
        let picture = fixture_picture(n);
        let html = quilt_html(&picture, QuiltView::default());
        assert_eq!(html.matches("data-patch=").count(), n, "{n}");
        assert_eq!(html.matches("<h2").count(), picture.themes.len() + 1, "{n}");
        assert_eq!(html.matches("<section").count(), picture.themes.len() + 1);
    }
}

#[test]
fn a_long_quilt_is_paged_and_no_page_is_heavy() {
    let mut picture = fixture_picture(300);
    let long: std::sync::Arc<str> = "<&\"é🌱".repeat(200).into();
    for theme in &mut picture.themes {
        for patch in &mut theme.patches {
            patch.words = long.clone();
            patch.signed_by = Some("A name of forty letters, which is as long".into());
        }
    }
    let (mut from, mut pages, mut answers) = (0, 0, 0);
    loop {
        let html = quilt_html(&picture, QuiltView { list: false, from });
        assert!(html.len() < 90_000, "{}", html.len());
        let here = html.matches("data-patch=").count();
        assert!((1..=PATCHES_MAX).contains(&here));
        answers += here;
        pages += 1;
        let next = html.split("More answers").count() > 1;
        if !next {
            break;
        }
        let link = html.split("?from=").filter_map(|rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<usize>().ok()
        });
        from = link.max().unwrap_or(0);
    }
    assert!(pages > 10, "{pages}");
    assert_eq!(answers, 300);
}

#[test]
fn words_are_shown_as_they_were_written_and_cannot_become_markup() {
    let html = quilt_html(&fixture_picture(40), QuiltView::default());
    assert!(html.contains("&lt;b&gt;&quot;&amp;&quot;&lt;/b&gt;"));
    assert!(!html.contains("<b>"));
    assert!(html.contains(r#"<span dir="auto">אני לא לבד</span>"#));
    assert!(!html.contains("style="));
}

#[test]
fn a_machine_s_words_are_not_set_as_a_person_s() {
    let mut picture = fixture_picture(40);
    picture.themes[0].label = ThemeLabel::SharedWords(vec!["rest".into(), "care".into()]);
    picture.themes[1].label = ThemeLabel::Wordless;
    picture.themes[2].label = ThemeLabel::NamedByGuide("Being held".into());
    let html = quilt_html(&picture, QuiltView::default());
    assert!(html.contains(r#"<span class="machine">rest, care<small>words that they share"#));
    assert!(html.contains(r#"<span class="machine">These say a similar thing</span>"#));
    assert!(html.contains(r#"<span class="v" dir="auto">Being held</span>"#));
}

#[test]
fn the_page_says_what_the_machine_did_and_who_read_it_over() {
    let by_machine = lead_and_footnotes(|_, _| {});
    assert!(by_machine.contains("suggested by our own machine."), "{by_machine}");
    let read_over = lead_and_footnotes(|seen, _| seen.sewn_by = SewnBy::ReadOver);
    assert!(read_over.contains("suggested by our own machine and read over by <bdi>Marit</bdi>."));
    let without = lead_and_footnotes(|_, picture| {
        picture.sewn = false;
        picture.themes.clear();
    });
    assert!(without.contains("this home has no model"), "{without}");
    assert!(!without.contains("suggested"), "{without}");
    let foreign = lead_and_footnotes(|_, picture| picture.alone[0].is_other_language = true);
    assert!(foreign.contains("One answer is in a language that our machine does not read"));
}

#[test]
fn nobody_is_hurried_and_nothing_is_missing_when_nobody_wrote() {
    let none = lead_and_footnotes(|_, picture| *picture = Picture::default());
    assert_eq!(none.trim(), "Nobody offered words this time. That is a round, too.");
}

#[test]
fn a_long_quote_stands_whole_among_the_answers() {
    let mut picture = fixture_picture(12);
    let theme = &mut picture.themes[0];
    theme.patches[0].words = "a word and ".repeat(30).into();
    theme.label = ThemeLabel::Quote(theme.patches[0].id);
    let whole = theme.patches[0].words.to_string();
    let html = quilt_html(&picture, QuiltView::default());
    assert!(html.contains(&whole));
    assert_eq!(html.matches("data-patch=").count(), count_shares(&picture));
}

#[test]
fn a_fixture_has_no_more_than_it_says() {
    assert!(matches!(fixture_round(RoundStep::Posed, None).own_part, OwnPart::Shared(_)));
    for n in [0, 3, 12, 40, 300] {
        assert_eq!(count_shares(&fixture_picture(n)), n);
    }
}
