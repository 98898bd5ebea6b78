//! Time zones by IANA name, from the database built into the binary.

use jiff::tz::TimeZone;

/// True if there is a time zone of this name.
pub fn is_one(name: &str) -> bool {
    name != "Etc/Unknown" && TimeZone::get(name).is_ok()
}

/// Lists the names of all time zones of places, and UTC, sorted.
pub fn all() -> Vec<String> {
    let is_place = |name: &str| {
        name.split_once('/').is_some_and(|(area, _)| AREAS.contains(&area)) || name == "UTC"
    };
    let mut names: Vec<_> = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| is_place(name))
        .collect();
    names.sort();
    names
}

/// Areas whose zones are places; the others are old abbreviations.
const AREAS: [&str; 9] = [
    "Africa",
    "America",
    "Antarctica",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zones_people_live_in_are_there() {
        let all = all();
        for name in ["Europe/Berlin", "America/Toronto", "Pacific/Auckland", "UTC"] {
            assert!(is_one(name));
            assert!(all.iter().any(|zone| zone == name), "{name}");
        }
        assert!(!is_one("Europe/Atlantis"));
        assert!(all.iter().all(|name| is_one(name)));
    }
}
