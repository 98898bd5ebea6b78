//! Sits: title and text, schedule, access and plan.

use jiff::civil::{Date, DateTime, Time};
use sitwith_core::calendar::{CalendarRule, Repeats, RuleException};
use sitwith_core::id::{MemberId, SitId};
use sitwith_core::sit::plan::Plan;
use sitwith_core::sits::{Leader, OpenTo, Sit};
use sitwith_core::time::Instant;

use crate::{Broken, Row, Tx, args};

const INSERT: &str = "INSERT INTO sit (id, title, words, zone, day, wall_time, repeats, every_mins,
    ends_on, open_to, shown, led, begins_itself, link, plan, guide_id, made_ms, changed_ms,
    sequence, cohort_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
    $20)";
const UPDATE: &str = "UPDATE sit SET title = $2, words = $3, zone = $4, day = $5, wall_time = $6,
    repeats = $7, every_mins = $8, ends_on = $9, open_to = $10, shown = $11, led = $12,
    begins_itself = $13, plan = $14, changed_ms = $15, sequence = $16, ended_ms = $17,
    link = $18, cohort_id = $19 WHERE id = $1";
const FIND: &str = "SELECT sit.*, member.name AS guide_name
    FROM sit JOIN member ON member.id = sit.guide_id WHERE sit.id = $1";
const FIND_BY_LINK: &str = "SELECT sit.*, member.name AS guide_name
    FROM sit JOIN member ON member.id = sit.guide_id WHERE sit.link = $1";
const NOT_ENDED: &str = "SELECT sit.*, member.name AS guide_name
    FROM sit JOIN member ON member.id = sit.guide_id
    WHERE sit.ended_ms IS NULL ORDER BY sit.id";
const EXCEPTIONS: &str = "SELECT day, to_day, to_wall_time FROM sit_exception
    WHERE sit_id = $1 ORDER BY day";
const CLEAR_EXCEPTIONS: &str = "DELETE FROM sit_exception WHERE sit_id = $1";
const INSERT_EXCEPTION: &str = "INSERT INTO sit_exception (sit_id, day, to_day, to_wall_time)
    VALUES ($1, $2, $3, $4)";
const GUIDES: &str = "SELECT member.id, member.name, sit_guide.stands_in FROM sit_guide
    JOIN member ON member.id = sit_guide.member_id
    WHERE sit_guide.sit_id = $1 AND sit_guide.member_id <> $2
    AND member.guide_since_ms IS NOT NULL
    ORDER BY member.name, member.id";
const CLEAR_GUIDES: &str = "DELETE FROM sit_guide WHERE sit_id = $1";
const INSERT_GUIDE: &str = "INSERT INTO sit_guide (sit_id, member_id, stands_in)
    VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const FIRST_KEEPER: &str = "SELECT id FROM member WHERE keeper_since_ms IS NOT NULL AND id <> $1
    ORDER BY keeper_since_ms, id LIMIT 1";
const HAND_OVER: &str = "UPDATE sit SET guide_id = $2 WHERE guide_id = $1";
/// What a member takes with them: the sits they lead.
pub const EXPORT: &str = "SELECT title AS sit, words, 'made' AS part FROM sit WHERE guide_id = $1
    UNION ALL SELECT sit.title, CAST(NULL AS TEXT),
    CASE WHEN sit_guide.stands_in = 1 THEN 'stand-in' ELSE 'co-guide' END
    FROM sit_guide JOIN sit ON sit.id = sit_guide.sit_id
    WHERE sit_guide.member_id = $1 ORDER BY sit, part";

/// Every statement of this file.
pub const STATEMENTS: &[&str] = &[
    EXPORT,
    INSERT,
    UPDATE,
    FIND,
    FIND_BY_LINK,
    NOT_ENDED,
    EXCEPTIONS,
    CLEAR_EXCEPTIONS,
    INSERT_EXCEPTION,
    GUIDES,
    CLEAR_GUIDES,
    INSERT_GUIDE,
    FIRST_KEEPER,
    HAND_OVER,
];

/// Gives the sits of a departing member to the longest-standing other keeper, because other
/// members' notes refer to them.
pub async fn hand_over_sits(tx: &mut Tx, from: MemberId) -> Result<(), Broken> {
    if let Some(keeper) = tx.fetch_optional(FIRST_KEEPER, args![from]).await? {
        let keeper: MemberId = keeper.get("id")?;
        tx.execute(HAND_OVER, args![from, keeper]).await?;
    }
    Ok(())
}

/// Inserts a sit with its exceptions, co-guides and stand-in.
pub async fn insert_sit(tx: &mut Tx, sit: &Sit) -> Result<(), Broken> {
    let values = args![
        sit.id,
        &sit.title,
        &sit.words,
        &sit.rule.zone,
        sit.rule.day.to_string(),
        format_wall_time(sit.rule.wall_time),
        sit.rule.repeats.word(),
        every_mins(sit.rule.repeats),
        sit.rule.ends_on.map(|day| day.to_string()),
        sit.open_to.word(),
        sit.is_shown,
        sit.is_led,
        sit.begins_itself,
        &sit.link,
        sit.plan.to_json(),
        sit.guide,
        sit.made_at,
        sit.changed_at,
        sit.sequence,
        sit.cohort,
    ];
    tx.execute(INSERT, values).await?;
    write_exceptions(tx, sit).await?;
    write_guides(tx, sit).await
}

/// Updates everything about a sit that can change, except its guides (see [`set_guides`]).
pub async fn update_sit(tx: &mut Tx, sit: &Sit) -> Result<(), Broken> {
    let values = args![
        sit.id,
        &sit.title,
        &sit.words,
        &sit.rule.zone,
        sit.rule.day.to_string(),
        format_wall_time(sit.rule.wall_time),
        sit.rule.repeats.word(),
        every_mins(sit.rule.repeats),
        sit.rule.ends_on.map(|day| day.to_string()),
        sit.open_to.word(),
        sit.is_shown,
        sit.is_led,
        sit.begins_itself,
        sit.plan.to_json(),
        sit.changed_at,
        sit.sequence,
        sit.ended_at,
        &sit.link,
        sit.cohort,
    ];
    tx.execute(UPDATE, values).await?;
    tx.execute(CLEAR_EXCEPTIONS, args![sit.id]).await?;
    write_exceptions(tx, sit).await
}

/// Replaces the co-guides and the stand-in of a sit.
pub async fn set_guides(tx: &mut Tx, sit: &Sit) -> Result<(), Broken> {
    tx.execute(CLEAR_GUIDES, args![sit.id]).await?;
    write_guides(tx, sit).await
}

pub async fn find_sit(tx: &mut Tx, id: SitId) -> Result<Option<Sit>, Broken> {
    let row = tx.fetch_optional(FIND, args![id]).await?;
    read_whole_sit(tx, row).await
}

/// Returns the sit whose link contains this secret.
pub async fn find_by_link(tx: &mut Tx, link: &str) -> Result<Option<Sit>, Broken> {
    let row = tx.fetch_optional(FIND_BY_LINK, args![link]).await?;
    read_whole_sit(tx, row).await
}

/// Returns all sits that have not ended, oldest first.
pub async fn list_current_sits(tx: &mut Tx) -> Result<Vec<Sit>, Broken> {
    let mut sits = Vec::new();
    for row in tx.fetch_all(NOT_ENDED, args![]).await? {
        sits.extend(read_whole_sit(tx, Some(row)).await?);
    }
    Ok(sits)
}

async fn write_exceptions(tx: &mut Tx, sit: &Sit) -> Result<(), Broken> {
    for exception in &sit.rule.exceptions {
        let to_day = exception.moved_to.map(|to| to.date().to_string());
        let to_time = exception.moved_to.map(|to| format_wall_time(to.time()));
        let values = args![sit.id, exception.day.to_string(), to_day, to_time];
        tx.execute(INSERT_EXCEPTION, values).await?;
    }
    Ok(())
}

/// Inserts the co-guides and the stand-in. Someone named as both becomes a co-guide.
async fn write_guides(tx: &mut Tx, sit: &Sit) -> Result<(), Broken> {
    let co_guides = sit.co_guides.iter().map(|leader| (leader.id, false));
    for (id, stands_in) in co_guides.chain(sit.stand_in.iter().map(|leader| (leader.id, true))) {
        tx.execute(INSERT_GUIDE, args![sit.id, id, stands_in]).await?;
    }
    Ok(())
}

async fn read_whole_sit(tx: &mut Tx, row: Option<Row>) -> Result<Option<Sit>, Broken> {
    let Some(row) = row else { return Ok(None) };
    let mut sit = read_sit(&row)?;
    for row in tx.fetch_all(EXCEPTIONS, args![sit.id]).await? {
        sit.rule.exceptions.push(read_exception(&row)?);
    }
    read_guides(tx, &mut sit).await?;
    Ok(Some(sit))
}

async fn read_guides(tx: &mut Tx, sit: &mut Sit) -> Result<(), Broken> {
    for row in tx.fetch_all(GUIDES, args![sit.id, sit.guide]).await? {
        let id: MemberId = row.get("id")?;
        let leader = Leader { id, name: row.get("name")? };
        if row.get("stands_in")? {
            sit.stand_in = Some(leader);
        } else {
            sit.co_guides.push(leader);
        }
    }
    Ok(())
}

fn read_sit(row: &Row) -> Result<Sit, Broken> {
    let every_mins: Option<u32> = row.get("every_mins")?;
    let repeats = row.parse_column("repeats", |word| match word {
        "once" => Some(Repeats::Once),
        "weekly" => Some(Repeats::Weekly),
        "often" => Some(Repeats::EveryMinutes { every_mins: every_mins? }),
        _ => None,
    })?;
    let ends_on: Option<String> = row.get("ends_on")?;
    let rule = CalendarRule {
        zone: row.get("zone")?,
        day: row.parse_column("day", |text| text.parse().ok())?,
        wall_time: row.parse_column("wall_time", |text| text.parse().ok())?,
        repeats,
        ends_on: ends_on.and_then(|text| text.parse().ok()),
        exceptions: Vec::new(),
    };
    Ok(Sit {
        id: row.get("id")?,
        title: row.get("title")?,
        words: row.get("words")?,
        rule,
        open_to: row.parse_column("open_to", OpenTo::from_word)?,
        is_shown: row.get("shown")?,
        is_led: row.get("led")?,
        begins_itself: row.get("begins_itself")?,
        link: row.get("link")?,
        plan: row.parse_column("plan", |text| Plan::from_json(text).ok())?,
        guide: row.get("guide_id")?,
        guide_name: row.get("guide_name")?,
        made_at: row.get("made_ms")?,
        changed_at: row.get("changed_ms")?,
        sequence: row.get("sequence")?,
        ended_at: row.get::<Option<Instant>>("ended_ms")?,
        co_guides: Vec::new(),
        stand_in: None,
        cohort: row.get("cohort_id")?,
    })
}

fn read_exception(row: &Row) -> Result<RuleException, Broken> {
    let to_day: Option<String> = row.get("to_day")?;
    let to_time: Option<String> = row.get("to_wall_time")?;
    let to = to_day.zip(to_time).and_then(|(day, time)| {
        let (day, time) = (day.parse::<Date>().ok()?, time.parse::<Time>().ok()?);
        Some(DateTime::from_parts(day, time))
    });
    Ok(RuleException { day: row.parse_column("day", |text| text.parse().ok())?, moved_to: to })
}

const fn every_mins(repeats: Repeats) -> Option<u32> {
    match repeats {
        Repeats::EveryMinutes { every_mins } => Some(every_mins),
        Repeats::Once | Repeats::Weekly => None,
    }
}

fn format_wall_time(time: Time) -> String {
    let form = if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    time.strftime(form).to_string()
}
