//! Time zones by IANA name, from the database built into the binary.

use jiff::tz::TimeZone;

/// True if there is a time zone of this name.
pub fn is_zone(name: &str) -> bool {
    name != "Etc/Unknown" && TimeZone::get(name).is_ok()
}

/// Lists the names of all time zones of places, and UTC, sorted.
pub fn list_zones() -> Vec<String> {
    let is_place = |name: &str| {
        name.split_once('/').is_some_and(|(area, _)| PLACE_AREAS.contains(&area)) || name == "UTC"
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
const PLACE_AREAS: [&str; 9] = [
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
        let all = list_zones();
        for name in ["Europe/Berlin", "America/Toronto", "Pacific/Auckland", "UTC"] {
            assert!(is_zone(name));
            assert!(all.iter().any(|zone| zone == name), "{name}");
        }
        assert!(!is_zone("Europe/Atlantis"));
        assert!(all.iter().all(|name| is_zone(name)));
    }
}
