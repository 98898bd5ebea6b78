//! The figures of the forwarding, told: keys for programs, a table and a picture for people.

use super::janus::Mode;
use super::machine::Machine;
use super::measure::{Found, Sample};
use super::server::Server;
use super::{Sizes, as_float};
use crate::report::{Bar, Chart, Report};

/// What the forwarding is meant to reach.
const TARGET_CPU: f64 = 8.0;
const TARGET_RATIO: f64 = 1.5;
const TARGET_JOINS: f64 = 250.0;
const TARGET_CUT_MS: f64 = 200.0;
/// How late a packet of sound may be at 200 and at 600, in ms.
const TARGET_LAG_MS: [(&str, f64); 2] = [("audio200", 5.0), ("audio600", 10.0)];
/// How many times less CPU than Janus at its better.
const TARGET_JANUS: [(&str, f64); 5] =
    [("audio50", 2.0), ("audio200", 2.0), ("rooms25x8", 2.0), ("video200", 1.3), ("video50", 1.3)];
/// Less than that delivered, and a figure is marked.
const DELIVERED_MIN: f64 = 0.99;

const MODES: [Server; 2] = [Server::Janus(Mode::OneLoop), Server::Janus(Mode::Threads)];

/// Everything as one report.
pub(super) fn report(machine: Machine, sizes: &Sizes, all: &[Found], load: (f64, f64)) -> Report {
    let mut report = Report::new("Sound and picture, forwarded");
    report.number("passes", as_float(sizes.passes));
    report.number("seconds", sizes.counted.as_secs_f64());
    report.text("sizes", &sizes_in_words(sizes));
    report.text("machine", &machine.words());
    report.number("load_average_before", load.0);
    report.number("load_average_after", load.1);
    let measured: Vec<&Found> = all.iter().filter(|one| !one.samples.is_empty()).collect();
    let samples = || measured.iter().flat_map(|one| &one.samples);
    let stolen = samples().map(|sample| sample.stolen).fold(0.0, f64::max);
    report.number("stolen_share_max", stolen);
    let version = samples().find_map(|sample| sample.version.clone());
    if let Some(version) = version {
        report.text("janus_version", &version);
    }
    // To those who tell how their line fares pictures are left out on purpose.
    let own = measured.iter().filter(|one| one.server == Server::Home);
    let least = own.flat_map(|one| &one.samples).map(|sample| sample.delivered);
    report.number("delivered_share", least.fold(1.0, f64::min));
    let heads = ["", "CPU s per million", "beside", "late, ms (p50, p99); came"];
    report.row(heads.map(str::to_owned));
    for one in all {
        put(&mut report, all, one);
    }
    better_janus(&mut report, all);
    floor(&mut report, all);
    joins_and_memory(&mut report, all);
    charts(&mut report, all);
    report
}

fn sizes_in_words(sizes: &Sizes) -> String {
    let cases = sizes.plan.iter().map(|(case, _)| {
        let words = case.words();
        format!("{}: {words}", case.key)
    });
    cases.collect::<Vec<_>>().join("; ")
}

fn of<'a>(all: &'a [Found], key: &str, server: Server) -> Option<&'a Found> {
    let mut fit = all.iter().filter(|one| one.case.key == key && one.server == server);
    fit.find(|one| !one.samples.is_empty())
}

/// Janus in the way in which it is better.
fn best_janus<'a>(all: &'a [Found], key: &str) -> Option<&'a Found> {
    let found = MODES.iter().filter_map(|mode| of(all, key, *mode));
    found.min_by(|a, b| a.middle(Sample::cpu).total_cmp(&b.middle(Sample::cpu)))
}

/// The figures of one case on one server.
fn put(report: &mut Report, all: &[Found], one: &Found) {
    let name = format!("{} {}", one.case.key, one.server.name());
    if let Some(words) = &one.broke {
        let words = words.clone();
        report.row([name, "could not be measured".to_owned(), words, String::new()]);
        return;
    }
    let cpu = one.middle(Sample::cpu);
    let key = format!("{}{}", one.server.prefix(), one.case.key);
    let (least, most) = one.spread(Sample::cpu);
    report.number(&format!("{key}_cpu_s_per_million"), cpu);
    report.number(&format!("{key}_cpu_s_per_million_least"), least);
    report.number(&format!("{key}_cpu_s_per_million_most"), most);
    let packets = one.middle(Sample::packets_per_s);
    report.number(&format!("{key}_packets_per_s"), packets);
    if one.server == Server::Floor {
        report.row([name, format!("{cpu:.2}"), String::new(), String::new()]);
        return;
    }
    let (p50, p99) = (one.middle(|one| one.p50_ms), one.middle(|one| one.p99_ms));
    let delivered = one.middle(|one| one.delivered);
    report.number(&format!("{key}_p50_ms"), p50);
    report.number(&format!("{key}_p99_ms"), p99);
    report.number(&format!("{key}_delivered_share"), delivered);
    let beside = best_janus(all, one.case.key).filter(|_| one.server == Server::Home);
    let beside = beside.map_or(String::new(), |janus| {
        let times = janus.middle(Sample::cpu) / cpu;
        let target = TARGET_JANUS.iter().find(|(of, _)| *of == one.case.key);
        let target = target.map_or(String::new(), |(_, target)| format!(" (target {target})"));
        format!("{times:.2} times less than Janus{target}")
    });
    let target = TARGET_LAG_MS.iter().find(|(of, _)| *of == one.case.key);
    let target = target.filter(|_| one.server == Server::Home);
    let target = target.map_or(String::new(), |(_, ms)| format!(" (target {ms})"));
    let mark = match one.server {
        _ if delivered >= DELIVERED_MIN => "",
        Server::HomePaced => ", pictures were left out",
        _ => ": NOT ALL CAME",
    };
    report.row([
        name,
        format!("{cpu:.2}"),
        beside,
        format!("{p50:.2}, {p99:.2}{target}; {:.2} %{mark}", delivered * 100.0),
    ]);
}

fn better_janus(report: &mut Report, all: &[Found]) {
    let keys: Vec<&str> = all.iter().map(|one| one.case.key).collect();
    for key in keys {
        let Some(janus) = best_janus(all, key) else {
            continue;
        };
        let cpu = janus.middle(Sample::cpu);
        report.number(&format!("janus_{key}_cpu_s_per_million"), cpu);
        report.number(&format!("janus_{key}_p99_ms"), janus.middle(|one| one.p99_ms));
        if let Some(own) = of(all, key, Server::Home) {
            let times = cpu / own.middle(Sample::cpu);
            report.number(&format!("times_less_than_janus_{key}"), times);
        }
    }
}

fn floor(report: &mut Report, all: &[Found]) {
    for key in ["audio200", "video200", "rooms25x8"] {
        let found = of(all, key, Server::Floor).zip(of(all, key, Server::Home));
        let Some((floor, own)) = found else {
            continue;
        };
        let (floor, own) = (floor.middle(Sample::cpu), own.middle(Sample::cpu));
        let ratio = own / floor;
        // The one everybody compares with is that of sound.
        if key == "audio200" {
            report.number("floor_cpu_s_per_million", floor);
            report.number("ratio_to_floor", ratio);
        }
        report.number(&format!("ratio_to_floor_{key}"), ratio);
        report.row([
            format!("{key} beside the floor"),
            format!("{own:.2} beside {floor:.2}"),
            format!("{ratio:.2} times (target {TARGET_RATIO})"),
            String::new(),
        ]);
    }
}

fn joins_and_memory(report: &mut Report, all: &[Found]) {
    let own = |key| of(all, key, Server::Home);
    if let Some(one) = own("audio200") {
        let (joins, cpu_ms) =
            (one.middle(|one| one.joins_per_s), one.middle(|one| one.join_cpu_ms));
        report.number("joins_per_s", joins);
        report.number("join_cpu_ms", cpu_ms);
        report.row([
            "people who come".to_owned(),
            format!("{joins:.0} in a second"),
            format!("target {TARGET_JOINS:.0}"),
            format!("{cpu_ms:.2} CPU ms each"),
        ]);
    }
    let cuts = all.iter().filter(|one| one.server == Server::Home);
    let cuts = cuts.flat_map(|one| &one.samples).map(|one| one.cut_ms);
    if let Some(longest) = cuts.reduce(f64::max).filter(|ms| *ms > 0.0) {
        report.number("cut_ms_most", longest);
        report.row([
            "until what may no more comes no more".to_owned(),
            format!("{longest:.0} ms"),
            format!("target {TARGET_CUT_MS:.0} ms"),
            "the longest of all".to_owned(),
        ]);
    }
    for (key, name) in [("audio200", "sound"), ("video200", "picture")] {
        let taker = |server| of(all, key, server).map(|one| one.middle(|one| one.kb_per_taker));
        let Some(ours) = taker(Server::Home) else {
            continue;
        };
        report.number(&format!("{name}_kb_per_taker"), ours);
        let janus = MODES.iter().filter_map(|mode| taker(*mode)).reduce(f64::min);
        if let Some(kb) = janus {
            report.number(&format!("janus_{name}_kb_per_taker"), kb);
        }
        report.row([
            format!("memory of one who takes {name}"),
            format!("{ours:.0} KB"),
            janus.map_or(String::new(), |kb| format!("Janus {kb:.0} KB")),
            String::new(),
        ]);
    }
}

fn charts(report: &mut Report, all: &[Found]) {
    let titles = [
        ("audio200", "sound"),
        ("video200", "pictures of 1 Mbit/s"),
        ("rooms25x8", "small rooms, sound and pictures"),
        ("all25", "all to all"),
    ];
    for (key, title) in titles {
        let fit = all.iter().filter(|one| one.case.key == key && !one.samples.is_empty());
        let mut bars: Vec<Bar> = fit
            .map(|one| {
                let cpu = one.middle(Sample::cpu);
                let late = match one.server {
                    Server::Floor => String::new(),
                    _ => format!(", p99 {:.1} ms", one.middle(|one| one.p99_ms)),
                };
                Bar {
                    name: one.server.name().to_owned(),
                    value: cpu,
                    label: format!("{cpu:.1} s{late}"),
                    is_ours: matches!(one.server, Server::Home | Server::HomePaced),
                }
            })
            .collect();
        bars.sort_by(|a, b| a.value.total_cmp(&b.value));
        let Some(case) = all.iter().find(|one| one.case.key == key) else {
            continue;
        };
        report.chart(Chart {
            title: format!("CPU of a million packets: {title} ({})", case.case.words()),
            target: Some(TARGET_CPU),
            bars,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::time::Duration;

    use serde_json::Value;

    use super::*;
    use crate::media::case::Case;

    fn found(case: Case, server: Server, cpu_s: f64) -> Found {
        let mut found = Found::new(case, server);
        let is_janus = matches!(server, Server::Janus(_));
        found.samples.push(Sample {
            got: 1_000_000,
            cpu_s,
            secs: 5.0,
            delivered: if server == Server::Home { 0.98 } else { 1.0 },
            p99_ms: cpu_s / 2.0,
            version: is_janus.then(|| "1.2.3".to_owned()),
            ..Sample::default()
        });
        found
    }

    fn told(all: &[Found]) -> (Value, String) {
        let machine = Machine {
            here: IpAddr::V4(Ipv4Addr::LOCALHOST),
            has_address: true,
            has_cores: true,
            is_urgent: true,
        };
        let sizes = Sizes {
            passes: 1,
            warm: Duration::ZERO,
            counted: Duration::from_secs(5),
            again: 0,
            plan: all.iter().map(|one| (one.case, vec![one.server])).collect(),
        };
        let report = report(machine, &sizes, all, (0.5, 0.6));
        (serde_json::from_str(&report.json()).unwrap(), report.table())
    }

    fn everything() -> Vec<Found> {
        let cases = [
            Case::sound("audio200", 200),
            Case::picture("video200", 200),
            Case::rooms("rooms25x8", 25),
        ];
        let servers =
            [(Server::Home, 9.0), (MODES[0], 20.0), (MODES[1], 30.0), (Server::Floor, 6.0)];
        let all = cases
            .into_iter()
            .flat_map(|case| servers.map(|(server, cpu_s)| found(case, server, cpu_s)));
        all.collect()
    }

    #[test]
    fn the_figures_that_programs_read_are_all_there() {
        let (json, table) = told(&everything());
        let number = |key: &str| json.get(key).and_then(Value::as_f64);
        for case in ["audio200", "video200", "rooms25x8"] {
            assert_eq!(number(&format!("{case}_cpu_s_per_million")), Some(9.0));
            // The better of the two ways of Janus.
            let janus = format!("janus_{case}_cpu_s_per_million");
            assert_eq!(number(&janus), Some(20.0));
        }
        assert_eq!(number("audio200_p99_ms"), Some(4.5));
        assert_eq!(number("video200_p99_ms"), Some(4.5));
        assert_eq!(number("floor_cpu_s_per_million"), Some(6.0));
        assert_eq!(number("ratio_to_floor"), Some(1.5));
        assert_eq!(number("delivered_share"), Some(0.98));
        assert_eq!(json["janus_version"], "1.2.3");
        assert!(json.as_object().unwrap().values().all(|value| !value.is_null()));
        assert!(table.contains("NOT ALL CAME"), "{table}");
    }

    #[test]
    fn without_janus_its_figures_are_left_out_and_the_rest_is_told() {
        let mut all = everything();
        all.retain(|one| !matches!(one.server, Server::Janus(_)));
        let (json, _) = told(&all);
        let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
        assert!(keys.iter().all(|key| !key.contains("janus")), "{keys:?}");
        assert!(json.get("ratio_to_floor").is_some());
    }
}
